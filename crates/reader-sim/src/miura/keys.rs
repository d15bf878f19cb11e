use dukpt::Variant;
use tlv::{object, tag};

use crate::keys::Keys;

/// Card data and PIN have a counter each. A real reader has a base key for each as well.
pub(super) struct MiuraKeys {
    card: Keys,
    pin: Keys,
}

impl MiuraKeys {
    /// See [`Keys::new`].
    pub(super) fn new(seed: u64) -> Self {
        Self { card: Keys::new(seed), pin: Keys::new(seed) }
    }

    /// Encrypts under the next key: DFAE02 and DFAE03. `None` when the keys are used up.
    pub(super) fn encrypt(&mut self, clear: &[u8]) -> Option<Vec<u8>> {
        let (ksn, key) = self.card.take()?;
        let encrypted = key.working(Variant::DekRequest).encrypt(clear);
        Some([object(tag::SRED_DATA, &encrypted), object(tag::SRED_KSN, &ksn.bytes())].concat())
    }

    /// Whether there is no next key for card data.
    pub(super) fn is_exhausted(&self) -> bool {
        self.card.ksn().is_none()
    }

    /// Encrypts a PIN block under the next key: DFAE04 and DFAE05. `None` when the keys are used up.
    pub(super) fn encrypt_pin(&mut self, block: [u8; 8]) -> Option<Vec<u8>> {
        let (ksn, key) = self.pin.take()?;
        let encrypted = key.working(Variant::Pin).encrypt(&block);
        Some([object(tag::PIN_BLOCK, &encrypted), object(tag::PIN_KSN, &ksn.bytes())].concat())
    }

    /// See [`Keys::unpredictable`].
    pub(super) fn unpredictable(&mut self) -> u64 {
        self.card.unpredictable()
    }
}
