//! Texts about payments and what came after them.

use mpos_terminal::words as till;
use payment::api::{Happened, LaterKind, PaymentView, Source, What};

/// Said where the proxy does not answer.
pub(crate) const OFFLINE: &str =
    "Offline: this till only. What other tills did, and what came in since, is not here.";

/// The card's mask, or that it was erased.
pub(crate) fn card(view: &PaymentView) -> String {
    if view.erased && view.terms.card.last4.is_empty() {
        let scheme = view.terms.card.scheme.as_deref().unwrap_or("Card");
        return format!("{scheme}, number erased");
    }
    till::card(&view.terms.card)
}

/// What a button does to the money, and what is asked for there.
pub(crate) fn verb(kind: LaterKind, is_reserved: bool) -> &'static str {
    match kind {
        LaterKind::Capture => "Collect",
        LaterKind::Return if is_reserved => "Release",
        LaterKind::Return => "Refund",
        LaterKind::Void => "Void",
    }
}

/// `returned`, and what is not to be done again: `refund`.
pub(crate) fn asked(kind: LaterKind, is_reserved: bool) -> (&'static str, &'static str) {
    match kind {
        LaterKind::Capture => ("collected", "collect"),
        LaterKind::Return if is_reserved => ("released", "release"),
        LaterKind::Return => ("returned", "refund"),
        LaterKind::Void => ("voided", "void"),
    }
}

/// Who brought a step about.
pub(crate) fn source(source: Source) -> &'static str {
    match source {
        Source::Page => "Till",
        Source::Proxy => "Server",
        Source::Gateway => "Gateway",
        Source::Callback => "Callback",
        Source::Staff => "Staff",
    }
}

/// A step, in words.
pub(crate) fn step(step: &Happened) -> String {
    let what = match step.what {
        What::Taken => "Card read, payment sent",
        What::Sought => "No answer came to the till; asked whether it exists",
        What::Accepted => "Taken",
        What::AnswerLost => "The answer was lost; asked whether it exists",
        What::Processing => "In work",
        What::Unknown => "Does not know the result",
        What::AwaitCard => "The bank answered, the card checks",
        What::CardApproved => "The card agreed",
        What::CardDeclined => "The card refused",
        What::CardLost => "The card was lost before it decided",
        What::AdviceTaken => "Took the card's decision",
        What::KeepOrGiveBack => "Approved without the card's word; staff decide",
        What::Kept => "Kept",
        What::GivingBack => "Being returned",
        What::Approved => "Approved",
        What::Declined => "Declined",
        What::Filtered => "Not accepted by the gateway's rules",
        What::Error => "Ended with an error",
        What::NotCharged => "Not charged",
        What::GivenBack => "Returned; nothing stays charged",
        What::NeedsPerson => "Needs a person",
        What::Capture => "Collect",
        What::Return => "Return",
        What::Void => "Void",
        What::CalledBack => "Called back",
        What::Printed => "Receipt printed",
        What::Erased => "Personal data erased",
    };
    match &step.detail {
        Some(detail) => format!("{what}: {detail}"),
        None => what.to_owned(),
    }
}
