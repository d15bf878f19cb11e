//! What happened to a payment, step by step, and the list of payments.

use super::PaymentView;
use crate::json::{record, words};
use serde::Serialize;

/// Who brought a step about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The till's page, or the card in its reader.
    Page,
    /// The proxy by itself.
    Proxy,
    /// The gateway's answer.
    Gateway,
    /// The gateway's callback, which is believed in nothing.
    Callback,
    /// A person.
    Staff,
}

words!(Source {
    Page = "page",
    Proxy = "proxy",
    Gateway = "gateway",
    Callback = "callback",
    Staff = "staff",
});

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The card was read and the payment taken from the till.
    Taken,
    /// The till gave up on a payment that it had begun to send; the gateway is asked whether it exists.
    Sought,
    /// The gateway took it.
    Accepted,
    /// The answer was lost; the gateway is asked whether it exists.
    AnswerLost,
    /// The gateway works on it.
    Processing,
    /// The gateway does not know.
    Unknown,
    /// The bank has answered; the card checks the answer.
    AwaitCard,
    /// The card agreed.
    CardApproved,
    /// The card refused.
    CardDeclined,
    /// The card can no longer decide.
    CardLost,
    /// The gateway took the card's decision.
    AdviceTaken,
    /// Approved without the card's word; staff are asked.
    KeepOrGiveBack,
    /// Staff kept it.
    Kept,
    /// The machine or staff give the whole of it back.
    GivingBack,
    /// Final: approved.
    Approved,
    /// Final: declined.
    Declined,
    /// Final: not accepted by the gateway's rules.
    Filtered,
    /// Final: ended by the gateway with an error.
    Error,
    /// Final: nothing was charged.
    NotCharged,
    /// Final: given back.
    GivenBack,
    /// Only a person can settle it.
    NeedsPerson,
    /// A capture moved on.
    Capture,
    /// A return moved on.
    Return,
    /// A void moved on.
    Void,
    /// The gateway called back.
    CalledBack,
    /// A receipt was printed.
    Printed,
    /// Personal data was erased.
    Erased,
}

words!(What {
    Taken = "taken",
    Sought = "sought",
    Accepted = "accepted",
    AnswerLost = "answer_lost",
    Processing = "processing",
    Unknown = "unknown",
    AwaitCard = "await_card",
    CardApproved = "card_approved",
    CardDeclined = "card_declined",
    CardLost = "card_lost",
    AdviceTaken = "advice_taken",
    KeepOrGiveBack = "keep_or_give_back",
    Kept = "kept",
    GivingBack = "giving_back",
    Approved = "approved",
    Declined = "declined",
    Filtered = "filtered",
    Error = "error",
    NotCharged = "not_charged",
    GivenBack = "given_back",
    NeedsPerson = "needs_person",
    Capture = "capture",
    Return = "return",
    Void = "void",
    CalledBack = "called_back",
    Printed = "printed",
    Erased = "erased",
});

/// One step of a payment. Holds no card data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Who brought it about.
    pub source: Source,
    /// What happened.
    pub what: What,
    /// A stage, code, amount or reason, in few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

record!(Happened { at, source, what, detail });

/// `GET /history`: a page of the payments, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// What is not known yet or needs a person, the latest first; on the first page only.
    pub open: Vec<PaymentView>,
    /// The others.
    pub payments: Vec<PaymentView>,
    /// What the next page's `before` is; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

record!(History { open, payments, next });
