//! What may be done with a payment after it was approved, and what was.

use super::Reason;
use crate::attempt::AttemptId;
use crate::json::{FromJson, Value, field, record, variant, words};
use crate::money::Amount;
use serde::Serialize;

/// What a later transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterKind {
    /// Takes what a preauthorisation has reserved.
    Capture,
    /// Gives money back; of a preauthorisation that is not captured, the cancel.
    Return,
    /// Takes a sale or capture out of clearing, where the gate supports it.
    Void,
}

words!(LaterKind { Capture = "capture", Return = "return", Void = "void" });

/// One transaction after the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Later {
    /// What it does.
    pub kind: LaterKind,
    /// How much.
    pub amount: Amount,
    /// How it stands.
    pub state: LaterState,
    /// When it was asked for, in Unix milliseconds.
    pub at: u64,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Why, in the words of staff; none where the till gave back by its rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

record!(Later { kind, amount, state, at, operator, reason });

/// How a later transaction stands. Done and refused are final, and said only once the gateway has said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LaterState {
    /// Being handed to the gateway.
    Sending,
    /// The gateway works on it.
    Processing,
    /// The gateway's answer was lost, or it does not know itself; the proxy asks.
    Unknown,
    /// The money moved. Final.
    Done,
    /// No money moved. Final.
    Refused {
        /// What the bank or the gateway said.
        reason: Reason,
    },
    /// Still open, and the proxy cannot tell by itself.
    NeedsPerson {
        /// The fact that is missing.
        why: String,
    },
}

impl FromJson for LaterState {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, contents) = variant(value)?;
        Some(match name {
            "sending" => Self::Sending,
            "processing" => Self::Processing,
            "unknown" => Self::Unknown,
            "done" => Self::Done,
            "refused" => Self::Refused { reason: field(contents, "reason")? },
            "needs_person" => Self::NeedsPerson { why: field(contents, "why")? },
            _ => return None,
        })
    }
}

/// What may be asked for now: nothing while another transaction is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What is reserved and may be captured, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<Amount>,
    /// What may be returned; of a preauthorisation that is not captured, what a cancel releases, which is always the
    /// whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub give_back: Option<Amount>,
    /// Whether a part of it may be captured; where nothing is to be captured, whether a part may be returned.
    pub partial: bool,
    /// Whether it may be voided.
    pub void: bool,
}

record!(Left { capture, give_back } default { partial, void });

/// `POST /payments/{id}/capture`, `/return` and `/void`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskLater {
    /// The request's own id: the same body under the same id is one transaction, however often it is posted.
    pub request: AttemptId,
    /// How much; all that is left without it. A void is always of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Why, up to [`AskLater::LONGEST_REASON`] characters; goes to the gateway, which wants one for returns and voids.
    pub reason: String,
}

impl AskLater {
    /// The longest reason, in characters: the gateway's `comment`.
    pub const LONGEST_REASON: usize = 50;
}

record!(AskLater { request, amount, reason });
