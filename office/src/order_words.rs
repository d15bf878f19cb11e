//! Texts about payments and what came after them.

use language::say;
use mpos_terminal::words as till;
use payment::api::{Happened, LaterKind, PaymentView, Source, What};

/// The card's mask, or that it was erased.
pub(crate) fn card(view: &PaymentView) -> String {
    if view.erased && view.terms.card.last4.is_empty() {
        return say::number_erased(view.terms.card.scheme.as_deref().unwrap_or_else(|| say::card()));
    }
    till::card(&view.terms.card)
}

/// What a button does to the money.
pub(crate) fn verb(kind: LaterKind, is_reserved: bool) -> &'static str {
    match kind {
        LaterKind::Capture => say::collect(),
        LaterKind::Return if is_reserved => say::release(),
        LaterKind::Return => say::refund(),
        LaterKind::Void => say::void(),
    }
}

/// The same with how much of it.
pub(crate) fn verb_amount(kind: LaterKind, is_reserved: bool, amount: &str) -> String {
    match kind {
        LaterKind::Capture => say::collect_amount(amount),
        LaterKind::Return if is_reserved => say::release_amount(amount),
        LaterKind::Return => say::refund_amount(amount),
        LaterKind::Void => say::void_amount(amount),
    }
}

/// That it is not known whether it is done.
pub(crate) fn not_known(kind: LaterKind, is_reserved: bool, amount: &str) -> String {
    match kind {
        LaterKind::Capture => say::not_known_collected(amount),
        LaterKind::Return if is_reserved => say::not_known_released(amount),
        LaterKind::Return => say::not_known_returned(amount),
        LaterKind::Void => say::not_known_voided(amount),
    }
}

/// What is not to be done again meanwhile.
pub(crate) fn not_again(kind: LaterKind, is_reserved: bool) -> &'static str {
    match kind {
        LaterKind::Capture => say::keep_asking_collect(),
        LaterKind::Return if is_reserved => say::keep_asking_release(),
        LaterKind::Return => say::keep_asking_refund(),
        LaterKind::Void => say::keep_asking_void(),
    }
}

/// The same where a person is needed, and why.
pub(crate) fn needs_person(kind: LaterKind, is_reserved: bool, why: &str) -> String {
    match kind {
        LaterKind::Capture => say::fact_collect(why),
        LaterKind::Return if is_reserved => say::fact_release(why),
        LaterKind::Return => say::fact_refund(why),
        LaterKind::Void => say::fact_void(why),
    }
}

/// Who brought a step about.
pub(crate) fn source(source: Source) -> &'static str {
    match source {
        Source::Page => say::till(),
        Source::Proxy => say::by_server(),
        Source::Gateway => say::gateway(),
        Source::Callback => say::by_callback(),
        Source::Staff => say::by_staff(),
    }
}

/// A step, in words.
pub(crate) fn step(step: &Happened) -> String {
    let what = match step.what {
        What::Taken => say::step_taken(),
        What::Sought => say::step_sought(),
        What::Accepted => say::step_accepted(),
        What::AnswerLost => say::step_answer_lost(),
        What::Processing => say::step_processing(),
        What::Unknown => say::step_unknown(),
        What::AwaitCard => say::step_await_card(),
        What::CardApproved => say::step_card_approved(),
        What::CardDeclined => say::step_card_declined(),
        What::CardLost => say::step_card_lost(),
        What::AdviceTaken => say::step_advice_taken(),
        What::KeepOrGiveBack => say::step_keep_or_give_back(),
        What::Kept => say::step_kept(),
        What::GivingBack => say::being_returned(),
        What::Approved => say::approved(),
        What::Declined => say::declined(),
        What::Filtered => say::step_filtered(),
        What::Error => say::step_error(),
        What::NotCharged => say::result_not_charged(),
        What::GivenBack => say::step_given_back(),
        What::NeedsPerson => say::needs_person(),
        What::Capture => say::collect(),
        What::Return => say::step_return(),
        What::Void => say::void(),
        What::CalledBack => say::step_called_back(),
        What::Printed => say::step_printed(),
        What::Erased => say::step_erased(),
    };
    match &step.detail {
        Some(detail) => say::step_detail(what, detail),
        None => what.to_owned(),
    }
}
