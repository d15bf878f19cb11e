//! One name for a payment in the page, the proxy's log, the gateway's log and support's hands.
//!
//! The names and their form are those of [W3C Trace Context, level 1](https://www.w3.org/TR/trace-context-1/). Nobody
//! stores a trace id: whoever knows the attempt computes it.

use crate::attempt::AttemptId;
use crate::json::{FromJson, Value, readable};
use serde::{Serialize, Serializer};
use std::num::NonZero;
use std::{fmt, str::FromStr};

/// The trace of one payment, everything that is asked and answered about it.
///
/// 32 lower hex digits: `6d706f7`, which stands for this product and keeps it from being zero, and the 100 bits of the
/// attempt id, five a character, in 25. Attempts and traces are one to one, and the random part is on the right, where the
/// standard wants it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(NonZero<u128>);

/// The seven digits that each trace of a payment begins with.
const OURS: NonZero<u128> = NonZero::new(0x06d7_06f7 << 100).expect("is not zero");

impl TraceId {
    /// The trace of this attempt.
    #[must_use]
    pub fn of(attempt: &AttemptId) -> Self {
        Self(OURS | attempt.bits())
    }
}

/// One step of a trace: a call, as whoever makes it names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(NonZero<u64>);

impl SpanId {
    /// The id of eight random bytes. The one number that is no id is taken for another.
    #[must_use]
    pub fn from_random(random: [u8; 8]) -> Self {
        Self(NonZero::new(u64::from_be_bytes(random)).unwrap_or(NonZero::<u64>::MAX))
    }
}

/// The header `traceparent`: the trace that a call belongs to, and the step that makes it.
///
/// Reads every version and writes 00. Of the flags, version 00 knows the first only; the others are not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceParent {
    /// The trace.
    pub trace: TraceId,
    /// Whoever calls.
    pub parent: SpanId,
    /// The caller may have written it down.
    pub sampled: bool,
}

impl TraceParent {
    /// The header's name.
    pub const HEADER: &str = "traceparent";
    /// How long it is in version 00, in characters; later versions may add something.
    const LEN: usize = 55;

    /// The header's value, in version 00.
    #[must_use]
    pub fn header(self) -> String {
        let mut text = "00-".to_owned();
        push_digits(&mut text, &self.trace.0.get().to_be_bytes());
        text.push('-');
        push_digits(&mut text, &self.parent.0.get().to_be_bytes());
        text.push_str(if self.sampled { "-01" } else { "-00" });
        text
    }
}

/// Writes bytes in lower hex. The page would download what formats a number of 128 bits.
fn push_digits(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }));
        }
    }
}

/// A text that is no trace id, span id or `traceparent`: it is ignored, and nothing else is wrong with the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of W3C Trace Context")]
pub struct NotTraced;

impl FromStr for TraceParent {
    type Err = NotTraced;

    fn from_str(text: &str) -> Result<Self, NotTraced> {
        let (known, more) = text.split_at_checked(Self::LEN).ok_or(NotTraced)?;
        let mut parts = known.split('-');
        let mut next = || parts.next().ok_or(NotTraced);
        let (version, trace, parent, flags) = (next()?, next()?.parse()?, next()?.parse()?, next()?);
        let fits = match version {
            "00" => more.is_empty(),
            "ff" => false,
            _ => more.is_empty() || more.starts_with('-'),
        };
        let (_, flags) = (number(version, 2)?, number(flags, 2)?);
        // No fifth part: the four have 52 digits, and three dashes.
        if fits { Ok(Self { trace, parent, sampled: flags & 1 == 1 }) } else { Err(NotTraced) }
    }
}

/// The number of so many lower hex digits.
fn number(text: &str, digits: usize) -> Result<u128, NotTraced> {
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() == digits && text.bytes().all(is_digit) {
        u128::from_str_radix(text, 16).map_err(|_| NotTraced)
    } else {
        Err(NotTraced)
    }
}

impl FromStr for TraceId {
    type Err = NotTraced;

    fn from_str(text: &str) -> Result<Self, NotTraced> {
        NonZero::new(number(text, 32)?).map(Self).ok_or(NotTraced)
    }
}

impl FromStr for SpanId {
    type Err = NotTraced;

    fn from_str(text: &str) -> Result<Self, NotTraced> {
        let number = u64::try_from(number(text, 16)?).map_err(|_| NotTraced)?;
        NonZero::new(number).map(Self).ok_or(NotTraced)
    }
}

/// Prints, reads and writes as its digits.
macro_rules! digits {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::new();
                push_digits(&mut text, &self.0.get().to_be_bytes());
                f.write_str(&text)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromJson for $type {
            fn from_json(value: &Value) -> Option<Self> {
                value.as_str()?.parse().ok()
            }
        }
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        readable!($type);
    };
}

digits!(TraceId);
digits!(SpanId);

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// The example of the standard.
    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_is_computed_from_the_attempt() {
        let trace = |id: &str| TraceId::of(&id.parse().unwrap()).to_string();
        assert_eq!(trace("AAAAAAAAAAAAAAAAAAAA"), "6d706f70000000000000000000000000");
        assert_eq!(trace("AAAAAAAAAAAAAAAAAAAB"), "6d706f70000000000000000000000001");
        assert_eq!(trace("77777777777777777777"), "6d706f7fffffffffffffffffffffffff");
        // The bits of RFC 4648: `MZXW6YTB` is "fooba".
        assert_eq!(trace("MZXW6YTBMZXW6YTBAAAA"), "6d706f7666f6f6261666f6f626100000");
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        let read: TraceParent = EXAMPLE.parse().unwrap();
        assert_eq!(read.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!((read.parent.to_string().as_str(), read.sampled), ("00f067aa0ba902b7", true));
        assert_eq!(read.header(), EXAMPLE);
        let not_sampled: TraceParent = EXAMPLE.replace("b7-01", "b7-00").parse().unwrap();
        assert_eq!((not_sampled.sampled, not_sampled.header().ends_with("-00")), (false, true));
        // A later version may say more, and other flags may be set.
        for later in [
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0f",
        ] {
            assert_eq!(later.parse(), Ok(read), "{later}");
        }
    }

    #[test]
    fn what_the_standard_calls_invalid_is_refused() {
        for text in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
            "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-é",
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(NotTraced), "{text}");
        }
    }

    #[test]
    fn a_span_is_never_zero() {
        assert_eq!(SpanId::from_random([0; 8]).to_string(), "ffffffffffffffff");
        assert_eq!(SpanId::from_random([0, 0, 0, 0, 0, 0, 1, 2]).to_string(), "0000000000000102");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = AttemptId> {
        any::<[u8; AttemptId::LEN]>().prop_map(AttemptId::from_random)
    }

    proptest! {
        #[test]
        fn attempts_and_traces_are_one_to_one(a in id(), b in id()) {
            let text = TraceId::of(&a).to_string();
            prop_assert!(text.len() == 32 && text.starts_with("6d706f7"));
            prop_assert_eq!(text.parse(), Ok(TraceId::of(&a)));
            prop_assert_eq!(TraceId::of(&a) == TraceId::of(&b), a == b);
        }

        #[test]
        fn what_is_written_is_read(a in id(), random in any::<[u8; 8]>(), sampled in any::<bool>()) {
            let parent = TraceParent { trace: TraceId::of(&a), parent: SpanId::from_random(random), sampled };
            prop_assert_eq!(parent.header().parse(), Ok(parent));
        }

        #[test]
        fn what_is_read_is_written_again(text in "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}") {
            if let Ok(read) = text.parse::<TraceParent>() {
                prop_assert_eq!(&read.header()[2..53], &text[2..53]);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,70}") {
            let _ = text.parse::<TraceParent>();
        }
    }
}
