//! What a receipt says of the money.

use crate::line::{Line, Size};
use payment::api::{
    Copy, GiveBackReason, Kind, Later, LaterKind, LaterState, Outcome, PaymentState, PaymentView, Reason,
};

/// The amount and what became of it.
pub(crate) struct Money {
    pub(crate) lines: Vec<Line>,
    /// It is approved, and signed where the card asks for it.
    pub(crate) approved: bool,
}

const NOT_KNOWN: [&str; 2] = ["RESULT NOT KNOWN YET", "NOT A RECEIPT"];

/// Of the payment itself.
pub(crate) fn of_payment(payment: &PaymentView) -> Money {
    let asked = payment.terms.amount;
    let refused = |title: &str, reason: &Reason| {
        let nothing = match payment.terms.kind {
            Kind::Sale => "NOT CHARGED",
            Kind::Preauth => "NOTHING RESERVED",
        };
        let mut lines = vec![amount(asked.to_string()), Line::tall(title), Line::tall(nothing)];
        lines.extend(words(reason).map(Line::centred));
        Money { lines, approved: false }
    };
    let PaymentState::Final { outcome } = &payment.state else {
        let mut lines = vec![amount(asked.to_string())];
        lines.extend(NOT_KNOWN.map(Line::tall));
        lines.push(Line::centred("Do not charge this sale again."));
        return Money { lines, approved: false };
    };
    match outcome {
        Outcome::Approved { amount: approved } => {
            let mut lines = vec![];
            if *approved != asked {
                lines.push(Line::pair("Asked for", asked.to_string()));
            }
            lines.push(amount(approved.to_string()));
            lines.push(Line::tall(match payment.terms.kind {
                Kind::Sale => "APPROVED",
                Kind::Preauth => "APPROVED: RESERVED",
            }));
            if payment.terms.kind == Kind::Preauth {
                lines.push(Line::centred("Reserved, not charged yet."));
            }
            Money { lines, approved: true }
        }
        Outcome::Declined(reason) => refused("DECLINED", reason),
        Outcome::Filtered(reason) => refused("NOT ACCEPTED", reason),
        Outcome::Error(reason) => refused("NOT COMPLETED", reason),
        Outcome::NotCharged { reason, .. } => refused("NOT SENT", reason),
        Outcome::GivenBack { why } => {
            let title = match why {
                GiveBackReason::CardRefused => "DECLINED BY CARD",
                _ => "RETURNED",
            };
            let lines = vec![
                amount(asked.to_string()),
                Line::tall(title),
                Line::centred("What was charged was returned. Nothing stays charged."),
            ];
            Money { lines, approved: false }
        }
    }
}

/// Of what was done later.
pub(crate) fn of_later(payment: &PaymentView, later: &Later, copy: Copy) -> Money {
    let approved = match &payment.state {
        PaymentState::Final { outcome: Outcome::Approved { amount } } => *amount,
        _ => payment.terms.amount,
    };
    let mut lines = vec![Line::pair(
        if payment.terms.kind == Kind::Preauth { "Reserved" } else { "Charged" },
        approved.to_string(),
    )];
    lines.push(amount(match later.kind {
        LaterKind::Return => format!("-{}", later.amount),
        LaterKind::Capture | LaterKind::Void => later.amount.to_string(),
    }));
    match &later.state {
        LaterState::Done => lines.push(Line::tall(done(payment, later.kind))),
        LaterState::Refused { reason } => {
            lines.push(Line::tall(format!("NOT {}", done(payment, later.kind))));
            lines.extend(words(reason).map(Line::centred));
        }
        LaterState::Sending
        | LaterState::Processing
        | LaterState::Unknown
        | LaterState::NeedsPerson { .. } => {
            lines.extend(NOT_KNOWN.map(Line::tall));
        }
    }
    // The shop's own business.
    let reason = later.reason.iter().filter(|_| copy == Copy::Merchant);
    lines.extend(reason.map(|reason| Line::pair("Reason", reason.clone())));
    Money { lines, approved: false }
}

/// What the receipt is of.
pub(crate) fn title(payment: &PaymentView, later: Option<&Later>) -> &'static str {
    match (later.map(|later| later.kind), payment.terms.kind) {
        (None, Kind::Sale) => "SALE",
        (None, Kind::Preauth) => "RESERVATION",
        (Some(LaterKind::Capture), _) => "CAPTURE",
        (Some(LaterKind::Return), Kind::Preauth) if !is_collected(payment) => "RELEASE",
        (Some(LaterKind::Return), _) => "RETURN",
        (Some(LaterKind::Void), _) => "VOID",
    }
}

fn done(payment: &PaymentView, kind: LaterKind) -> &'static str {
    match kind {
        LaterKind::Capture => "COLLECTED",
        LaterKind::Return if payment.terms.kind == Kind::Preauth && !is_collected(payment) => "RELEASED",
        LaterKind::Return => "RETURNED",
        LaterKind::Void => "VOIDED",
    }
}

/// Whether anything of a reservation was charged.
fn is_collected(payment: &PaymentView) -> bool {
    payment.later.iter().any(|later| later.kind == LaterKind::Capture && later.state == LaterState::Done)
}

fn amount(amount: String) -> Line {
    Line::Pair("AMOUNT".to_owned(), amount, Size::Tall)
}

fn words(reason: &Reason) -> Option<String> {
    let code = reason.code.as_ref().map(|code| format!("Code {code}"));
    let said = [code, reason.message.clone()].into_iter().flatten().collect::<Vec<_>>().join("  ");
    (!said.is_empty()).then_some(said)
}
