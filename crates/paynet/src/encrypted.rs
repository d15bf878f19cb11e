//! The reader's blob on its way through.

use std::fmt;

use zeroize::Zeroizing;

/// BER-TLV from the reader as upper-case hex: the value of `encrypted-data`. Card data is encrypted inside, and
/// the whole is still treated as a secret: prints as `[redacted]`, overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedData(Zeroizing<String>);

impl EncryptedData {
    /// Takes hex of either case.
    ///
    /// # Errors
    /// [`EncryptedDataError`] for an empty text or one that is not hex.
    pub fn from_hex(text: &str) -> Result<Self, EncryptedDataError> {
        let is_hex =
            !text.is_empty() && text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hex { Ok(Self(Zeroizing::new(text.to_ascii_uppercase()))) } else { Err(EncryptedDataError) }
    }

    pub(crate) fn as_hex(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EncryptedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The page sent something that is not hex. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("page: encrypted data is empty or not hex")]
pub struct EncryptedDataError;
