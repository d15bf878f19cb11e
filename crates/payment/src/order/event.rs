//! What happens to an order, and what it has done about it.

use crate::api::{IssuerAnswer, NotCharged, Reason};
use crate::money::Amount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the world did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The submission's end.
    Submitted(Submission),
    /// The end of a question.
    Status(Answer),
    /// The page brought the card's decision; the driver holds its data in memory.
    CardDecided {
        /// Whether the card agreed.
        approved: bool,
    },
    /// The card can no longer decide, and what it had said, if that is known.
    CardLost {
        /// The decision that the page had journaled.
        card_said: Option<bool>,
    },
    /// The advice's end: whether the gateway took it.
    AdviceAnswered {
        /// The gateway accepted it.
        taken: bool,
    },
    /// Staff keep an approval that the card never confirmed.
    Keep,
    /// Staff return the payment in full, from the screen that asks or shows the result.
    GiveBack,
    /// The end of sending a later transaction.
    LaterSent {
        /// Which of [`Order::later`](super::Order::later).
        nth: usize,
        /// How it ended.
        end: Submission,
    },
    /// A callback or a cashier asks for the truth now.
    AskNow,
    /// Time passed.
    Tick,
    /// The proxy started again: whatever was on its way is lost.
    Restarted,
}

/// How a request that moves money ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The gateway took it.
    Accepted {
        /// The gateway's order id.
        order_id: String,
        /// The serial number of this request.
        serial_number: Option<String>,
    },
    /// The gateway refused the request: nothing happened.
    Refused(NotCharged, Reason),
    /// The gateway knows this `client_orderid` already: the order exists.
    Duplicate,
    /// No connection could be begun, so no byte was sent.
    NoConnection,
    /// Anything else: no answer, half an answer, a server error, `type=error`.
    Lost,
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The gateway reports a transaction.
    Report(Box<Report>),
    /// The gateway has no such order.
    NotFound,
    /// No usable answer.
    Lost,
}

/// A status answer in domain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The `client_orderid` that it names.
    pub attempt: String,
    /// The gateway's order id.
    pub order_id: String,
    /// The transaction that it speaks of, when it says so.
    pub transaction: Option<Transaction>,
    /// The status.
    pub status: Status,
    /// The amount, when it is named and readable in the order's currency.
    pub amount: Option<Amount>,
    /// The serial number of the transaction's request.
    pub serial_number: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// The stage asks for the card's decision (`*_emv_validating`).
    pub awaits_card: bool,
    /// The bank's answer for the card.
    pub issuer: Option<IssuerAnswer>,
    /// The gateway wants a redirect that no reader can do.
    pub online_check: bool,
    /// Code and text of a refusal.
    pub reason: Reason,
    /// Receipt fields by the gateway's names.
    pub receipt: BTreeMap<String, String>,
    /// What the gate can do in part, when it says so.
    pub gate: Option<Gate>,
}

/// Whether the gate takes and returns parts (`gate-partial-capture`, `gate-partial-reversal`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Less than was reserved can be captured.
    pub partial_capture: bool,
    /// Less than was charged can be returned.
    pub partial_return: bool,
}

/// The transaction that a report speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// A sale.
    Sale,
    /// A preauthorisation.
    Preauth,
    /// What a preauthorisation has reserved is taken.
    Capture,
    /// A return of a sale or capture, or the cancel of a preauthorisation.
    Return,
    /// A sale or capture is taken out of clearing.
    Void,
    /// A chargeback and whatever else the gateway knows.
    Other,
}

/// The gateway's status. Only the first four are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Filtered.
    Filtered,
    /// Error.
    Error,
    /// Processing.
    Processing,
    /// `unknown`, or any word that we don't know.
    Unknown,
}

/// What the driver has to do, in this order, after the order is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Submit the sale or preauthorisation. Yielded once in an attempt's life.
    Submit,
    /// Ask for the status: by the gateway's order id if it is known, else by `client_orderid`.
    Ask,
    /// Send the advice that is held in memory; answer [`Event::AdviceAnswered`] with `false` when it is gone.
    SendAdvice,
    /// Send a later transaction. Yielded again only when no byte of it was sent.
    SendLater {
        /// Which of [`Order::later`](super::Order::later).
        nth: usize,
    },
    /// Overwrite the card data held in memory.
    ForgetCardData,
    /// Something happened that staff must hear of.
    Alarm(&'static str),
}
