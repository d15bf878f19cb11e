use core::fmt;

/// The counter is the low 21 bits of the key serial number.
const COUNTER_BITS: u32 = 21;
const COUNTER_MASK: u32 = (1 << COUNTER_BITS) - 1;

/// A counter with more one bits than this is never used (X9.24-1:2009 A.4), which bounds the derivations per key.
const MAX_ONES: u32 = 10;

/// Key serial number: 59 bits that name the initial key, 21 bits that count transactions.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ksn([u8; 10]);

impl Ksn {
    /// The number as the reader sends it.
    pub const fn new(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// The ten bytes.
    pub const fn bytes(self) -> [u8; 10] {
        self.0
    }

    /// The transaction counter.
    pub const fn counter(self) -> u32 {
        let [.., a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c]) & COUNTER_MASK
    }

    /// The next serial number that may be used; `None` when the key is used up.
    pub fn next(self) -> Option<Self> {
        let mut counter = self.counter() + 1;
        while counter.count_ones() > MAX_ONES {
            counter += 1 << counter.trailing_zeros();
        }
        (counter <= COUNTER_MASK).then(|| self.with_counter(counter))
    }

    pub(crate) fn with_counter(self, counter: u32) -> Self {
        let [head @ .., a, _, _] = self.0;
        let [_, high, b, c] = counter.to_be_bytes();
        let mut bytes = [0; 10];
        for (to, from) in bytes.iter_mut().zip(head.into_iter().chain([a & 0xE0 | high, b, c])) {
            *to = from;
        }
        Self(bytes)
    }

    /// The first eight bytes: what the initial key is derived from.
    pub(crate) fn left(self) -> [u8; 8] {
        let [left @ .., _, _] = self.0;
        left
    }

    /// The last eight bytes: the register of the derivation.
    pub(crate) fn right(self) -> [u8; 8] {
        let [_, _, right @ ..] = self.0;
        right
    }
}

impl fmt::Display for Ksn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Ksn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
