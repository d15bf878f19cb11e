//! What a receipt says of the money.

use crate::line::{Line, Size};
use language::Receipt as Say;
use payment::api::{
    Copy, GiveBackReason, Kind, Later, LaterKind, LaterState, Outcome, PaymentState, PaymentView, Reason,
};
use payment::money::Amount;

/// The amount and what became of it.
pub(crate) struct Money {
    pub(crate) lines: Vec<Line>,
    /// It is approved, and signed where the card asks for it.
    pub(crate) approved: bool,
}

/// Of the payment itself.
pub(crate) fn of_payment(payment: &PaymentView, say: &Say) -> Money {
    let asked = payment.terms.amount;
    let refused = |title: &str, reason: &Reason| {
        let nothing = match payment.terms.kind {
            Kind::Sale => say.not_charged(),
            Kind::Preauth => say.nothing_reserved(),
        };
        let mut lines = vec![amount(figures(asked, say), say), Line::tall(title), Line::tall(nothing)];
        lines.extend(words(reason, say).map(Line::centred));
        Money { lines, approved: false }
    };
    let PaymentState::Final { outcome } = &payment.state else {
        let mut lines = vec![amount(figures(asked, say), say)];
        lines.extend(not_known(say));
        lines.push(Line::centred(say.do_not_charge_again()));
        return Money { lines, approved: false };
    };
    match outcome {
        Outcome::Approved { amount: approved } => {
            let mut lines = vec![];
            if *approved != asked {
                lines.push(Line::pair(say.asked_for(), figures(asked, say)));
            }
            lines.push(amount(figures(*approved, say), say));
            match payment.terms.kind {
                Kind::Sale => lines.push(Line::tall(say.approved())),
                Kind::Preauth => lines
                    .extend([Line::tall(say.approved_reserved()), Line::centred(say.reserved_not_charged())]),
            }
            Money { lines, approved: true }
        }
        Outcome::Declined(reason) => refused(say.declined(), reason),
        Outcome::Filtered(reason) => refused(say.not_accepted(), reason),
        Outcome::Error(reason) => refused(say.not_completed(), reason),
        Outcome::NotCharged { reason, .. } => refused(say.not_sent(), reason),
        Outcome::GivenBack { why } => {
            let title = match why {
                GiveBackReason::CardRefused => say.declined_by_card(),
                _ => say.returned(),
            };
            let lines = vec![
                amount(figures(asked, say), say),
                Line::tall(title),
                Line::centred(say.nothing_stays_charged()),
            ];
            Money { lines, approved: false }
        }
    }
}

/// Of what was done later.
pub(crate) fn of_later(payment: &PaymentView, later: &Later, copy: Copy, say: &Say) -> Money {
    let approved = match &payment.state {
        PaymentState::Final { outcome: Outcome::Approved { amount } } => *amount,
        _ => payment.terms.amount,
    };
    let was = if payment.terms.kind == Kind::Preauth { say.reserved() } else { say.charged() };
    let minus = if later.kind == LaterKind::Return { "-" } else { "" };
    let moved = format!("{minus}{}", figures(later.amount, say));
    let mut lines = vec![Line::pair(was, figures(approved, say)), amount(moved, say)];
    let (done, not_done) = ends(payment, later.kind, say);
    match &later.state {
        LaterState::Done => lines.push(Line::tall(done)),
        LaterState::Refused { reason } => {
            lines.push(Line::tall(not_done));
            lines.extend(words(reason, say).map(Line::centred));
        }
        LaterState::Sending
        | LaterState::Processing
        | LaterState::Unknown
        | LaterState::NeedsPerson { .. } => {
            lines.extend(not_known(say));
        }
    }
    // The shop's own business.
    let reason = later.reason.iter().filter(|_| copy == Copy::Merchant);
    lines.extend(reason.map(|reason| Line::pair(say.reason(), reason.clone())));
    Money { lines, approved: false }
}

/// What the receipt is of.
pub(crate) fn title(payment: &PaymentView, later: Option<&Later>, say: &Say) -> &'static str {
    match (later.map(|later| later.kind), payment.terms.kind) {
        (None, Kind::Sale) => say.of_sale(),
        (None, Kind::Preauth) => say.of_reservation(),
        (Some(LaterKind::Capture), _) => say.of_capture(),
        (Some(LaterKind::Return), _) if is_release(payment) => say.of_release(),
        (Some(LaterKind::Return), _) => say.of_return(),
        (Some(LaterKind::Void), _) => say.of_void(),
    }
}

/// How it ends where it is done, and where it is refused.
fn ends(payment: &PaymentView, kind: LaterKind, say: &Say) -> (&'static str, &'static str) {
    match kind {
        LaterKind::Capture => (say.collected(), say.not_collected()),
        LaterKind::Return if is_release(payment) => (say.released(), say.not_released()),
        LaterKind::Return => (say.returned(), say.not_returned()),
        LaterKind::Void => (say.voided(), say.not_voided()),
    }
}

/// Whether a return lifts a reservation of which nothing was charged.
fn is_release(payment: &PaymentView) -> bool {
    let is_collected = |later: &Later| later.kind == LaterKind::Capture && later.state == LaterState::Done;
    payment.terms.kind == Kind::Preauth && !payment.later.iter().any(is_collected)
}

fn not_known(say: &Say) -> [Line; 2] {
    [say.not_known(), say.not_a_receipt()].map(Line::tall)
}

fn amount(amount: String, say: &Say) -> Line {
    Line::Pair(say.amount().to_owned(), amount, Size::Tall)
}

/// An amount with the currency behind it.
fn figures(amount: Amount, say: &Say) -> String {
    say.language().amount(&amount.to_major(), amount.currency.code())
}

fn words(reason: &Reason, say: &Say) -> Option<String> {
    let code = reason.code.as_ref().map(|code| say.code(code));
    let said = [code, reason.message.clone()].into_iter().flatten().collect::<Vec<_>>().join("  ");
    (!said.is_empty()).then_some(said)
}
