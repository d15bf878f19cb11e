//! Card data on its way through: encrypted, never shown, overwritten when dropped.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// What the reader encrypted for the gateway, as upper-case hex. We cannot read it and must not keep it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EncryptedData(#[serde(with = "hex_text")] Zeroizing<String>);

impl EncryptedData {
    /// Takes the hex that a driver or a request carried.
    #[must_use]
    pub fn new(hex: String) -> Self {
        Self(Zeroizing::new(hex))
    }

    /// The hex itself, for the one request that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EncryptedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

mod hex_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use zeroize::Zeroizing;

    /// More than any reader family sends: an E4 template is about 600 bytes, a MagTek report under 1 kB.
    const MAX_HEX: usize = 16 * 1024;

    pub(super) fn serialize<S: Serializer>(hex: &Zeroizing<String>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(hex)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
        let hex = Zeroizing::new(String::deserialize(from)?);
        let even = hex.len().is_multiple_of(2) && !hex.is_empty() && hex.len() <= MAX_HEX;
        if even && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(hex)
        } else {
            Err(D::Error::custom("encrypted data is hex, 1 byte to 8 kB"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn never_prints_itself() {
        let secret = EncryptedData::new("E404DFAE5A00".into());
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }

    #[test]
    fn refuses_what_is_not_hex() {
        for text in ["\"\"", "\"E\"", "\"XY\"", "1"] {
            assert!(serde_json::from_str::<EncryptedData>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<EncryptedData>("\"e4\"").is_ok());
    }
}
