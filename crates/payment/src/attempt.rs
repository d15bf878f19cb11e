//! The one id of one attempt to take a payment.

use crate::json::{FromJson, Value, readable};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// The attempt id: 20 characters of base32, which are the gateway's `client_orderid` to the letter.
///
/// 100 random bits, drawn before Pay can be pressed. The same string names the attempt in the page's journal, in the
/// proxy's store and at the gateway, so that no step can charge under a second name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AttemptId(String);

/// RFC 4648 base32, which has neither 0 and 1 nor lower case: it is read out over telephones.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl AttemptId {
    /// The number of characters.
    pub const LEN: usize = 20;

    /// The id of 20 bytes from a cryptographic random generator, five bits of each.
    #[must_use]
    pub fn from_random(random: [u8; Self::LEN]) -> Self {
        let letter = |byte: u8| ALPHABET.get(usize::from(byte & 31)).map_or('A', |&b| char::from(b));
        Self(random.into_iter().map(letter).collect())
    }

    /// The 100 bits, five a character, the first one's highest.
    pub(crate) fn bits(&self) -> u128 {
        let five = |letter: u8| if letter < b'A' { letter - b'2' + 26 } else { letter - b'A' };
        self.0.bytes().fold(0, |bits, letter| bits << 5 | u128::from(five(letter)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not an attempt id; the caller made it up or cut it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attempt id has 20 characters of A-Z and 2-7")]
pub struct NotAnAttemptId;

impl FromStr for AttemptId {
    type Err = NotAnAttemptId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for AttemptId {
    type Error = NotAnAttemptId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.len() == Self::LEN && text.bytes().all(|b| ALPHABET.contains(&b));
        if fits { Ok(Self(text)) } else { Err(NotAnAttemptId) }
    }
}

impl FromJson for AttemptId {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

readable!(AttemptId);

impl fmt::Debug for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn refuses_what_is_not_an_id() {
        for text in ["", "AAAA", "AAAAAAAAAAAAAAAAAAA1", "aaaaaaaaaaaaaaaaaaaa", "AAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(text.parse::<AttemptId>(), Err(NotAnAttemptId));
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_drawn_id_parses(random in any::<[u8; 20]>()) {
            let id = AttemptId::from_random(random);
            prop_assert_eq!(id.as_str().parse(), Ok(id.clone()));
        }
    }
}
