//! What a reader keeps secret, and what it makes up.

use dukpt::{BaseKey, InitialKey, Ksn, TransactionKey};

/// The base derivation key of the published examples: everybody's test key.
pub const BASE_KEY: [u8; 16] = 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210_u128.to_be_bytes();

/// The published examples' key serial number, its counter at zero.
const SERIAL_NUMBER: u64 = 0xFFFF_9876_5432_10E0;

/// The keys of one reader, each used once.
pub(crate) struct Keys {
    initial: InitialKey,
    next: Option<Ksn>,
    random: u64,
}

impl Keys {
    /// Seed 0 is the reader of the published examples; another seed is another reader, so that two runs never send the
    /// same data.
    pub(crate) fn new(seed: u64) -> Self {
        let id = SERIAL_NUMBER ^ (seed & 0xFFFF_FFFF) << 16;
        let [a, b, c, d, e, f, g, h] = id.to_be_bytes();
        let ksn = Ksn::new([a, b, c, d, e, f, g, h, 0, 0]);
        Self { initial: BaseKey::new(BASE_KEY).initial(ksn), next: ksn.next(), random: seed }
    }

    /// The serial number of the key that comes next; `None` when the keys are used up.
    pub(crate) fn ksn(&self) -> Option<Ksn> {
        self.next
    }

    /// Uses up the next key.
    pub(crate) fn take(&mut self) -> Option<(Ksn, TransactionKey)> {
        let ksn = self.next?;
        self.next = ksn.next();
        Some((ksn, self.initial.transaction(ksn)))
    }

    /// The next number nobody can foresee (splitmix64), good enough for a simulator.
    pub(crate) fn unpredictable(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}
