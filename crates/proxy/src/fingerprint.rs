//! Telling the same payment and the same card reading again without keeping card data.

use hmac::{Hmac, KeyInit, Mac};
use payment::{api::StartPayment, secret::EncryptedData};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// The key of a database's fingerprints. Without it a fingerprint cannot be compared with card data from elsewhere.
#[derive(Clone)]
pub struct CardKey(Zeroizing<[u8; 32]>);

impl CardKey {
    /// Takes 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[expect(clippy::expect_used, reason = "RFC 2104 defines HMAC for keys of every length")]
    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hmac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("any length");
        for part in parts {
            hmac.update(part);
        }
        hmac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// HMAC-SHA256 of what a page posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of the whole payment: the same body again is the same payment.
    pub body: [u8; 32],
    /// Of the card reading alone: one reading pays once.
    pub card: [u8; 32],
}

impl Fingerprints {
    /// The fingerprints of `payment`.
    ///
    /// # Errors
    /// [`serde_json::Error`] if the payment cannot be written as JSON, which no payment that was read from JSON does.
    pub fn of(payment: &StartPayment, key: &CardKey) -> Result<Self, serde_json::Error> {
        let body = Zeroizing::new(serde_json::to_vec(payment)?);
        Ok(Self { body: key.digest(&[b"body", &body]), card: Self::card(&payment.encrypted_data, key) })
    }

    fn card(data: &EncryptedData, key: &CardKey) -> [u8; 32] {
        // Hex digits of either case are the same reading.
        let hex = Zeroizing::new(data.expose().to_ascii_uppercase());
        key.digest(&[b"card", hex.as_bytes()])
    }
}
