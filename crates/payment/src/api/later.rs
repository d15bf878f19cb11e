//! What is done with a payment after the sale.

use crate::json::{FromJson, field, readable, record, words};
use crate::money::Amount;
use serde::Serialize;
use serde_json::Value;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterKind {
    /// Collects what a preauthorisation has reserved, or a part of it.
    Capture,
    /// Gives money back, or lifts a reservation.
    Return,
    /// Takes a sale out of the settlement.
    Void,
}

words!(LaterKind { Capture = "capture", Return = "return", Void = "void" });

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LaterState {
    /// Being handed to the gateway.
    Sending,
    /// The gateway works on it.
    Processing,
    /// Sent, and not known.
    Unknown,
    /// Final.
    Done,
    /// Final: it did not happen.
    Refused {
        /// The gateway's or bank's words.
        reason: String,
    },
    /// Only a person can settle it.
    NeedsPerson {
        /// The fact that is missing.
        why: String,
    },
}

impl FromJson for LaterState {
    fn from_json(value: &Value) -> Option<Self> {
        Some(match value.get("state")?.as_str()? {
            "sending" => Self::Sending,
            "processing" => Self::Processing,
            "unknown" => Self::Unknown,
            "done" => Self::Done,
            "refused" => Self::Refused { reason: field(value, "reason")? },
            "needs_person" => Self::NeedsPerson { why: field(value, "why")? },
            _ => return None,
        })
    }
}

readable!(LaterState);

/// A later transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Later {
    /// What is done.
    pub kind: LaterKind,
    /// With how much.
    pub amount: Amount,
    /// How far it is.
    pub state: LaterState,
    /// When it was asked for, in Unix milliseconds.
    pub at: u64,
    /// Who asked for it, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Why, in the words of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

record!(Later { kind, amount, state, at, operator, reason });

/// What may still be done with a payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// So much may still be collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Amount>,
    /// So much may still be given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub give_back: Option<Amount>,
    /// A part of it, too.
    #[serde(default)]
    pub partial: bool,
    /// It may be taken out of the settlement.
    #[serde(default)]
    pub void: bool,
}

record!(Left { capture, give_back } default { partial, void });
