//! What was asked and answered about a payment, call by call. No type here can hold card data, a key or a PIN.

use crate::attempt::AttemptId;
use crate::json::{FromJson, Value, readable, record, words};
use crate::trace::{SpanId, TraceId};
use serde::Serialize;
use std::fmt;

/// Who makes a call, or answers one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The till's page.
    Page,
    /// The proxy.
    Proxy,
    /// The gateway.
    Gateway,
}

words!(Party { Page = "page", Proxy = "proxy", Gateway = "gateway" });

/// One word of a protocol, as `start`, `status-response` or `over-limit`: small letters and dashes, 32 at most. Nothing
/// secret is written so: it has no digits.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Word(String);

impl Word {
    /// This word in small letters; `None` where it is something else than a word.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=32).contains(&text.len());
        (fits && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromJson for Word {
    fn from_json(value: &Value) -> Option<Self> {
        Self::new(value.as_str()?)
    }
}

readable!(Word);

/// A call, or several that were alike in all that is written here of their answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedCall {
    /// When it was begun, in Unix milliseconds; of several, the first.
    pub at: u64,
    /// When the last of several was begun.
    pub last_at: u64,
    /// How many they are, from 1.
    pub times: u32,
    /// How long the answer took, in milliseconds; of several, the longest.
    pub ms: u32,
    /// Who asked.
    pub from: Party,
    /// Who was asked.
    pub to: Party,
    /// What was asked: the call's name.
    pub call: Word,
    /// The step of whoever answered, or of the proxy where it asked; of several, the last.
    pub span: SpanId,
    /// The step of whoever asked the proxy, if it named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SpanId>,
    /// The bytes of the question's body; of several, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u32>,
    /// The bytes of the answer's body, where it had an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
    /// The answer.
    #[serde(flatten)]
    pub answer: CallAnswer,
}

/// What was answered to a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CallAnswer {
    /// The HTTP status; absent where no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    /// The gateway's `type`, the code of the proxy's problem, or why no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Word>,
    /// The gateway's `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Word>,
    /// The gateway's `error-code`, if it is so short a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
}

record!(CallAnswer { http, said, status, code });

impl FromJson for TracedCall {
    fn from_json(value: &Value) -> Option<Self> {
        use crate::json::field;
        Some(Self {
            at: field(value, "at")?,
            last_at: field(value, "last_at")?,
            times: field(value, "times")?,
            ms: field(value, "ms")?,
            from: field(value, "from")?,
            to: field(value, "to")?,
            call: field(value, "call")?,
            span: field(value, "span")?,
            parent: field(value, "parent")?,
            sent: field(value, "sent")?,
            received: field(value, "received")?,
            answer: CallAnswer::from_json(value)?,
        })
    }
}

readable!(TracedCall);

/// `GET /payments/{id}/trace`: the calls of a payment, as far as the proxy remembers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The payment.
    pub attempt: AttemptId,
    /// Its name in every log.
    pub trace: TraceId,
    /// The proxy's version.
    pub version: String,
    /// The proxy's clock, in Unix milliseconds.
    pub now: u64,
    /// When the proxy was started, in Unix milliseconds: it remembers nothing from before.
    pub since: u64,
    /// The calls, in the order in which they were begun.
    pub calls: Vec<TracedCall>,
    /// So many lines from the middle are left out.
    pub left_out: u32,
}

record!(Trace { attempt, trace, version, now, since, calls, left_out });

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_word_holds_nothing_secret() {
        for text in [
            "",
            "4761739001010119",
            "E408DFAE5A04",
            "4761 7390",
            "a_b",
            "DOE/JOHN",
            "é",
            "a-word-of-more-than-32-characters-x",
        ] {
            assert_eq!(Word::new(text), None, "{text}");
        }
        assert_eq!(
            Word::new("Status-Response").map(|word| word.to_string()).as_deref(),
            Some("status-response")
        );
    }

    #[test]
    fn a_trace_reads_what_it_writes() {
        let attempt: AttemptId = "AAAAAAAAAAAAAAAAAAAB".parse().unwrap();
        let call = TracedCall {
            at: 1,
            last_at: 2,
            times: 3,
            ms: 4,
            from: Party::Proxy,
            to: Party::Gateway,
            call: Word::new("status").unwrap(),
            span: SpanId::from_random([1; 8]),
            parent: Some(SpanId::from_random([2; 8])),
            sent: Some(5),
            received: None,
            answer: CallAnswer {
                http: Some(200),
                said: Word::new("status-response"),
                status: None,
                code: Some(101),
            },
        };
        let bare = TracedCall { parent: None, sent: None, answer: CallAnswer::default(), ..call.clone() };
        let trace = Trace {
            trace: TraceId::of(&attempt),
            attempt,
            version: "1".into(),
            now: 9,
            since: 0,
            calls: vec![call, bare],
            left_out: 7,
        };
        let text = serde_json::to_string(&trace).unwrap();
        assert_eq!(crate::json::read::<Trace>(&text), Some(trace), "{text}");
        let planted = text.replace("\"status-response\"", "\"4761739001010119\"");
        assert_ne!(planted, text);
        assert_eq!(crate::json::read::<Trace>(&planted), None);
    }
}
