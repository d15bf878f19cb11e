//! Telling a barcode scanner, which types like a keyboard, from fingers.

use super::Entry;

/// A scanner's keys follow each other in less, in milliseconds.
const GAP_MS: u64 = 30;
/// Fingers that roll over a few keys are no scanner.
const SHORTEST: usize = 4;

/// Keys that follow each other faster than fingers do.
#[derive(Debug, Default)]
pub struct Burst {
    text: String,
    last: u64,
    /// What was keyed before it began.
    before: Option<Entry>,
}

/// What a key is part of.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// Of an amount, as far as anybody can tell.
    ByHand,
    /// Of a code: all of it so far, and the entry as it was before the scanner took up its first keys.
    Scanned(String, Option<Entry>),
}

impl Burst {
    /// A key that writes a character, at a time in milliseconds, with the entry as it is before the key.
    pub fn key(&mut self, letter: char, at: u64, entry: Option<&Entry>) -> Typed {
        if !self.goes_on(at) {
            self.text.clear();
            self.before = entry.cloned();
        }
        self.last = at;
        self.text.push(letter);
        match self.is_scan() {
            true => Typed::Scanned(self.text.clone(), self.before.clone()),
            false => Typed::ByHand,
        }
    }

    /// Whether a key at this time, as the Enter that ends a code, comes from the scanner.
    #[must_use]
    pub fn goes_on(&self, at: u64) -> bool {
        at.saturating_sub(self.last) < GAP_MS && !self.text.is_empty()
    }

    fn is_scan(&self) -> bool {
        self.text.len() >= SHORTEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Key;
    use payment::money::{Amount, Currency};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_burst_is_a_code_and_gives_back_what_was_keyed() {
        let mut entry = Entry::new(Amount::new(100_000, Currency::from_code("EUR").unwrap()));
        entry.press(Key::Digit(7)).unwrap();
        let keyed = entry.clone();
        let mut burst = Burst::default();
        assert_eq!(burst.key('7', 0, None), Typed::ByHand);
        for (at, digit) in [(1_000, '4'), (1_005, '0'), (1_034, '0')] {
            assert_eq!(burst.key(digit, at, Some(&entry)), Typed::ByHand);
            entry.press(Key::Digit(4)).unwrap();
        }
        assert_eq!(burst.key('A', 1_063, Some(&entry)), Typed::Scanned("400A".into(), Some(keyed.clone())));
        assert_eq!(burst.key('1', 1_070, Some(&entry)), Typed::Scanned("400A1".into(), Some(keyed)));
        assert!(burst.goes_on(1_080) && !burst.goes_on(1_100));
    }

    #[test]
    fn fingers_are_slower() {
        let mut burst = Burst::default();
        for at in 1..100 {
            assert_eq!(burst.key('1', at * GAP_MS, None), Typed::ByHand);
        }
    }
}
