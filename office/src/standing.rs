//! How a payment stands, with what was done later: one word, one shape, one look.

use crate::order_words as words;
use language::say;
use mpos_terminal::words::{self as till, Look, Shape, Words};
use payment::api::{Kind, Later, LaterKind, LaterState, Outcome, PaymentState, PaymentView};
use payment::money::Amount;
use payment::till::Attempt;

/// A payment as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) at: u64,
    /// With a minus where it went back.
    pub(crate) amount: String,
    pub(crate) title: &'static str,
    pub(crate) card: String,
    pub(crate) shape: Shape,
    /// Not known yet, or a person is needed.
    pub(crate) is_open: bool,
}

impl Item {
    pub(crate) fn of(view: &PaymentView) -> Self {
        let words = words_of(view);
        let back = returned(view).filter(|_| words.shape == Shape::Returned);
        Self {
            id: view.terms.attempt.to_string(),
            at: view.accepted_at,
            amount: match back {
                Some(back) => format!("-{}", till::amount(back)),
                None => till::amount(approved(view).unwrap_or(view.terms.amount)),
            },
            title: match &view.needs_person {
                Some(_) => say::needs_person(),
                None => short(&words),
            },
            card: words::card(view),
            shape: words.shape,
            is_open: words.look == Look::NotKnown || view.needs_person.is_some(),
        }
    }

    /// Of an attempt in the till's journal.
    pub(crate) fn of_attempt(attempt: &Attempt) -> Self {
        if let Some(view) = attempt.followed().and_then(|followed| followed.view.as_ref()) {
            // The journal has nothing of what came later.
            return Self::of(&PaymentView::from(view.clone()));
        }
        let words = till::sent(attempt);
        Self {
            id: attempt.draft.attempt.to_string(),
            at: attempt.draft.paid_at,
            amount: till::amount(attempt.draft.amount),
            title: short(&words),
            card: attempt.followed().map(|followed| till::card(&followed.terms.card)).unwrap_or_default(),
            shape: words.shape,
            is_open: words.look == Look::NotKnown,
        }
    }
}

/// The title for a row, where a heading above says that nothing is known.
fn short(words: &Words) -> &'static str {
    if words.look == Look::NotKnown { say::asking() } else { words.title }
}

/// What is said of a payment: of the last thing that was done with it, if that counts, else of itself.
pub(crate) fn words_of(view: &PaymentView) -> Words {
    let counts = |later: &&Later| !matches!(later.state, LaterState::Refused { .. });
    match view.later.iter().rev().find(counts) {
        Some(later) => later_words(view, later),
        None => till::sent(&Attempt::adopt(view.till.clone(), view.accepted_at).0),
    }
}

/// What is said of something that was done later.
pub(crate) fn later_words(view: &PaymentView, later: &Later) -> Words {
    let (amount, card) = (till::amount(later.amount), words::card(view));
    let released = later.kind == LaterKind::Return && is_reserved(view);
    let words = |look, shape, title, money: String, next: &str| Words {
        look,
        shape,
        title,
        money,
        next: next.to_owned(),
        again: false,
    };
    match &later.state {
        LaterState::Done => match later.kind {
            LaterKind::Capture => {
                words(Look::Paid, Shape::Approved, say::collected(), say::was_charged(&amount, &card), "")
            }
            LaterKind::Return if released => {
                let money = say::reserve_lifted().to_owned();
                words(Look::Neutral, Shape::Returned, say::released(), money, "")
            }
            LaterKind::Return => words(
                Look::Neutral,
                Shape::Returned,
                if is_all(view, later) { say::returned() } else { say::returned_in_part() },
                say::goes_back(&amount, &card),
                say::days_depend_on_bank(),
            ),
            LaterKind::Void => {
                words(Look::Neutral, Shape::Cancelled, say::voided(), say::not_settled().to_owned(), "")
            }
        },
        LaterState::Refused { reason } => {
            let (title, money) = match later.kind {
                LaterKind::Capture => (say::not_collected(), say::nothing_charged_by_request()),
                LaterKind::Return if released => (say::not_released(), say::reserve_stays()),
                LaterKind::Return => (say::not_returned(), say::nothing_returned()),
                LaterKind::Void => (say::not_voided(), say::sale_stays_charged()),
            };
            let said = [reason.code.as_deref(), reason.message.as_deref()];
            let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
            words(Look::NotPaid, Shape::Declined, title, money.to_owned(), &say::manager_fact(&said))
        }
        LaterState::Sending
        | LaterState::Processing
        | LaterState::Unknown
        | LaterState::NeedsPerson { .. } => {
            let money = words::not_known(later.kind, released, &amount);
            let next = match &later.state {
                LaterState::NeedsPerson { why } => words::needs_person(later.kind, released, why),
                _ => words::not_again(later.kind, released).to_owned(),
            };
            words(Look::NotKnown, Shape::NotKnown, say::not_known(), money, &next)
        }
    }
}

/// What was charged or reserved.
pub(crate) fn approved(view: &PaymentView) -> Option<Amount> {
    match &view.state {
        PaymentState::Final { outcome: Outcome::Approved { amount } } => Some(*amount),
        _ => None,
    }
}

/// What went back for certain.
pub(crate) fn returned(view: &PaymentView) -> Option<Amount> {
    if let PaymentState::Final { outcome: Outcome::GivenBack { .. } } = &view.state {
        return Some(view.terms.amount);
    }
    let is_back = |later: &&Later| later.kind == LaterKind::Return && later.state == LaterState::Done;
    let minor = view.later.iter().filter(is_back).map(|later| later.amount.minor).sum();
    (minor > 0).then(|| Amount::new(minor, view.terms.amount.currency))
}

/// Reserved, and nothing of it was collected.
pub(crate) fn is_reserved(view: &PaymentView) -> bool {
    let is_collected = |later: &Later| later.kind == LaterKind::Capture && later.state == LaterState::Done;
    view.terms.kind == Kind::Preauth && !view.later.iter().any(is_collected)
}

fn is_all(view: &PaymentView, later: &Later) -> bool {
    let back = returned(view).map_or(later.amount.minor, |back| back.minor);
    approved(view).is_none_or(|approved| back >= approved.minor)
}
