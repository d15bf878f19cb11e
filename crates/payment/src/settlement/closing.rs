//! Closing the day at the gateway: one id, stored before it is sent, repeated only as itself, never guessed.

mod steps;

pub use steps::{ClosingEvent, ClosingStep};

use super::{Answer, DayTotals, Movement};
use crate::api::Reason;
use crate::attempt::AttemptId;
use crate::json::{FromJson, Value, field, readable};
use serde::Serialize;
use std::fmt;

/// The id of a closing, the gateway's `day_close_request_id`: 8 to 32 letters and digits, never used twice.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClosingId(String);

/// A text that is not the id of a closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a closing has 8 to 32 letters and digits")]
pub struct NotAClosingId;

impl ClosingId {
    /// The id of bytes from a cryptographic random generator.
    #[must_use]
    pub fn from_random(random: [u8; AttemptId::LEN]) -> Self {
        Self(AttemptId::from_random(random).to_string())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ClosingId {
    type Err = NotAClosingId;

    fn from_str(text: &str) -> Result<Self, NotAClosingId> {
        let fits = (8..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAClosingId) }
    }
}

impl FromJson for ClosingId {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

readable!(ClosingId);

impl fmt::Debug for ClosingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ClosingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The waits of a closing, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosingRules {
    /// Between two questions while the gate is blocked.
    pub poll_ms: u64,
    /// How long a gate that was blocked, and of which nothing more is heard, is taken to be.
    pub gate_wait_ms: u64,
    /// How long a gate is believed to be blocked that says so again and again.
    pub gate_limit_ms: u64,
    /// After the first, second, … try without an answer; the last one is repeated.
    pub again_ms: [u64; 5],
    /// How long is asked after a lost answer. Then only a person can tell.
    pub give_up_ms: u64,
}

impl Default for ClosingRules {
    fn default() -> Self {
        Self {
            poll_ms: 5_000,
            gate_wait_ms: 60_000,
            gate_limit_ms: 30 * 60_000,
            again_ms: [5_000, 10_000, 30_000, 120_000, 600_000],
            give_up_ms: 24 * 60 * 60_000,
        }
    }
}

/// One closing of a day, as the proxy keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// Its id at the gateway.
    pub id: ClosingId,
    /// Where the day begins, in Unix milliseconds.
    pub from: u64,
    /// Where it ends.
    pub until: u64,
    /// What the till's orders add up to.
    pub ours: DayTotals,
    /// What was not final and was closed over; it counts in the day after.
    pub open: Vec<Movement>,
    /// Who closed it; nobody where it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: ClosingState,
    /// When the gateway was last asked; 0 before.
    pub asked_at: u64,
    /// How often it was sent.
    pub sent: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake_at: Option<u64>,
    /// A request is on its way; forgotten by a restart, as the request is.
    #[serde(skip)]
    asking: bool,
}

impl FromJson for Closing {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            id: field(value, "id")?,
            from: field(value, "from")?,
            until: field(value, "until")?,
            ours: field(value, "ours")?,
            open: field(value, "open")?,
            operator: field(value, "operator")?,
            state: ClosingState::from_json(value)?,
            asked_at: field(value, "asked_at")?,
            sent: field(value, "sent")?,
            wake_at: field(value, "wake_at")?,
            asking: false,
        })
    }
}

readable!(Closing);

/// Where a closing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ClosingState {
    /// Nothing was sent.
    Stored,
    /// The first request is on its way; a restart means that its answer is lost.
    Sending,
    /// The gateway took it and the gate is blocked.
    Blocked {
        /// When that was first heard.
        since: u64,
        /// What it said.
        answer: Answer,
        /// It says no more: a repeated id is refused.
        silent: bool,
    },
    /// The day is closed. Without an answer the gateway had taken the id before, and its totals are not known.
    Closed {
        /// What it said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Answer>,
    },
    /// The day is closed, and the totals differ.
    Differs {
        /// What it said.
        answer: Answer,
    },
    /// Nothing was settled by this request.
    Refused {
        /// What the gateway said, if it was reached.
        reason: Reason,
    },
    /// Not known: the answer was lost, or says neither yes nor no.
    Unknown {
        /// Since when.
        since: u64,
        /// What it said, where that is not understood.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Answer>,
        /// What it said to a repeated request, which tells nothing of the first.
        reason: Reason,
    },
}

impl FromJson for ClosingState {
    fn from_json(value: &Value) -> Option<Self> {
        Some(match value.get("state")?.as_str()? {
            "stored" => Self::Stored,
            "sending" => Self::Sending,
            "blocked" => Self::Blocked {
                since: field(value, "since")?,
                answer: field(value, "answer")?,
                silent: field(value, "silent")?,
            },
            "closed" => Self::Closed { answer: field(value, "answer")? },
            "differs" => Self::Differs { answer: field(value, "answer")? },
            "refused" => Self::Refused { reason: field(value, "reason")? },
            "unknown" => Self::Unknown {
                since: field(value, "since")?,
                answer: field(value, "answer")?,
                reason: field(value, "reason")?,
            },
            _ => return None,
        })
    }
}
