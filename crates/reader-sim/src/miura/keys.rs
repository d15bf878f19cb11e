//! What the reader keeps secret, and what it makes up.

use dukpt::{BaseKey, InitialKey, Ksn, Variant};
use tlv::{object, tag};

/// The base derivation key of the published examples: everybody's test key.
pub const BASE_KEY: [u8; 16] = 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210_u128.to_be_bytes();

/// The published examples' key serial number, its counter at zero.
const SERIAL_NUMBER: u64 = 0xFFFF_9876_5432_10E0;

/// Card data and PIN have a counter each. A real reader has a base key for each as well.
pub(super) struct Keys {
    initial: InitialKey,
    ksn: Ksn,
    pin_ksn: Ksn,
    random: u64,
}

impl Keys {
    /// Seed 0 is the reader of the published examples; another seed is another reader, so that two runs never send the
    /// same data.
    pub(super) fn new(seed: u64) -> Self {
        let id = SERIAL_NUMBER ^ (seed & 0xFFFF_FFFF) << 16;
        let [a, b, c, d, e, f, g, h] = id.to_be_bytes();
        let ksn = Ksn::new([a, b, c, d, e, f, g, h, 0, 0]);
        Self { initial: BaseKey::new(BASE_KEY).initial(ksn), ksn, pin_ksn: ksn, random: seed }
    }

    /// Encrypts under the next key: DFAE02 and DFAE03. `None` when the keys are used up.
    pub(super) fn encrypt(&mut self, clear: &[u8]) -> Option<Vec<u8>> {
        self.ksn = self.ksn.next()?;
        let encrypted = self.initial.transaction(self.ksn).working(Variant::DekRequest).encrypt(clear);
        Some([object(tag::SRED_DATA, &encrypted), object(tag::SRED_KSN, &self.ksn.bytes())].concat())
    }

    /// Whether there is a next key for card data.
    pub(super) fn is_exhausted(&self) -> bool {
        self.ksn.next().is_none()
    }

    /// Encrypts a PIN block under the next key: DFAE04 and DFAE05. `None` when the keys are used up.
    pub(super) fn encrypt_pin(&mut self, block: [u8; 8]) -> Option<Vec<u8>> {
        self.pin_ksn = self.pin_ksn.next()?;
        let encrypted = self.initial.transaction(self.pin_ksn).working(Variant::Pin).encrypt(&block);
        Some([object(tag::PIN_BLOCK, &encrypted), object(tag::PIN_KSN, &self.pin_ksn.bytes())].concat())
    }

    /// The next number nobody can foresee (splitmix64), good enough for a simulator.
    pub(super) fn unpredictable(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}
