//! What the gateway says to a request to close the day.

use crate::api::Reason;
use crate::json::record;
use crate::money::Amount;
use serde::Serialize;

/// How many, and over how much in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Over how much.
    pub amount: Amount,
}

record!(Sum { count, amount });

/// A day in the gateway's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayTotals {
    /// Approved sales.
    pub sale: Sum,
    /// Approved reversals.
    pub reversal: Sum,
}

record!(DayTotals { sale, reversal });

/// The gateway's answer to a request that it took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether bank and gateway say that they did it, by the words that are set up for that.
    pub agreed: bool,
    /// The gate is blocked: the day is being closed.
    pub blocked: bool,
    /// `status` as written; its words are not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The bank's code (field 39).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The bank's number of the closing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The gateway's date of the closing, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The gateway's serial number of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// The gateway's totals, if all four could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<DayTotals>,
}

record!(Answer { agreed, blocked, status, code, number, date, serial_number, totals });

/// How a request to close the day ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The gateway took it.
    Answered(Box<Answer>),
    /// The gateway knows this id: it was taken before.
    Duplicate,
    /// The gateway refused the request.
    Refused(Reason),
    /// No connection could be begun, so no byte was sent.
    NoConnection,
    /// Anything else: no answer, half an answer, a server error, `type=error`.
    Lost,
}
