//! A person's PIN at the till. It opens the till and nothing else; a card's PIN never comes near this code.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// A staff PIN: 4 to 12 digits, overwritten when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

/// A text that is no PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has 4 to 12 digits")]
pub struct NotAPin;

impl Pin {
    /// The fewest digits that any setting may ask for.
    pub const SHORTEST: usize = 4;
    /// The most digits.
    pub const LONGEST: usize = 12;

    /// Takes the digits.
    ///
    /// # Errors
    /// [`NotAPin`]
    pub fn new(digits: String) -> Result<Self, NotAPin> {
        let digits = Zeroizing::new(digits);
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&digits.len());
        if fits && digits.bytes().all(|b| b.is_ascii_digit()) { Ok(Self(digits)) } else { Err(NotAPin) }
    }

    /// The digits, to be hashed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How many digits it has.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.0.len()
    }

    /// Whether it is among the first that anybody tries: the same step from each digit to the next (0000, 1234, 9876,
    /// 2468, 7890), or a shorter one repeated (1212, 123123).
    #[must_use]
    pub fn is_trivial(&self) -> bool {
        let digits = self.0.as_bytes();
        let steps = digits.windows(2).filter_map(|pair| match pair {
            [a, b] => Some((b + 10 - a) % 10),
            _ => None,
        });
        let mut other = steps.clone().skip(1).zip(steps).filter(|(a, b)| a != b);
        let repeats = |length: usize| digits.iter().zip(digits.iter().skip(length)).all(|(a, b)| a == b);
        other.next().is_none() || (1..=digits.len() / 2).any(|n| digits.len().is_multiple_of(n) && repeats(n))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn pin(digits: &str) -> Pin {
        Pin::new(digits.to_owned()).unwrap()
    }

    #[test]
    fn is_digits_and_neither_short_nor_long() {
        for text in ["", "123", "1234567890123", "12a4", "12 4", "１２３４", "-1234"] {
            assert_eq!(Pin::new(text.to_owned()), Err(NotAPin), "{text}");
            assert!(serde_json::from_str::<Pin>(&format!("\"{text}\"")).is_err(), "{text}");
        }
        assert_eq!((pin("2580").digits(), pin("258013469702").digits()), (4, 12));
    }

    #[test]
    fn what_everybody_tries_first_is_trivial() {
        for text in
            ["0000", "1234", "4321", "9876", "2468", "7890", "0123", "1212", "123123", "55555555", "135791"]
        {
            assert!(pin(text).is_trivial(), "{text}");
        }
        for text in ["2580", "1235", "8143", "271828", "1213", "12312", "100000"] {
            assert!(!pin(text).is_trivial(), "{text}");
        }
    }

    #[test]
    fn never_prints_itself() {
        assert_eq!(format!("{:?}", pin("2580")), "[redacted]");
    }
}
