//! Prompts, and results that are not known yet.

use super::{Look, Shape, Words, amount, card};
use language::say;
use payment::till::{Attempt, State, Unsure};
use reader::{Interfaces, Prompt};

/// What the customer is asked for: heading, and what to do.
#[must_use]
pub fn prompt(prompt: Option<Prompt>) -> (&'static str, &'static str) {
    match prompt {
        None => (say::waking_reader(), say::waking_reader_what()),
        Some(
            Prompt::PresentCard(Interfaces { chip: false, contactless: false, .. }) | Prompt::SwipeInstead,
        ) => (say::swipe_card(), say::swipe_card_what()),
        Some(Prompt::PresentCard(_)) => (say::present_card(), say::present_card_what()),
        Some(Prompt::InsertCard) => (say::insert_card(), say::insert_card_what()),
        Some(Prompt::SwipeAgain) => (say::swipe_again(), say::swipe_again_what()),
        Some(Prompt::TapAgain) => (say::tap_again(), say::tap_again_what()),
        Some(Prompt::SeePhone) => (say::see_phone(), say::see_phone_what()),
        Some(Prompt::ChooseApplication) => (say::choose_on_reader(), say::choose_on_reader_what()),
        Some(Prompt::EnterPin { .. } | Prompt::PinOk) => (say::enter_pin(), say::enter_pin_what()),
        Some(Prompt::WrongPin { .. }) => (say::wrong_pin(), say::wrong_pin_what()),
        Some(Prompt::LastPinTry) => (say::last_pin_try(), say::last_pin_try_what()),
        Some(Prompt::RemoveCard) => (say::remove_card(), say::remove_card_what()),
    }
}

/// What the screen of a sent payment says whose result is not known. `sent_at` is local time.
#[must_use]
pub fn unresolved(attempt: &Attempt, sent_at: &str) -> Words {
    let asked = amount(attempt.draft.amount);
    let followed = attempt.followed();
    let which = followed.map_or_else(|| say::the_card().to_owned(), |f| card(&f.terms.card));
    let view = followed.and_then(|f| f.view.as_ref());
    let order = view.and_then(|view| view.order_id.as_deref()).unwrap_or(attempt.draft.attempt.as_str());
    let unsure = match &attempt.state {
        State::Unresolved(_, unsure) => unsure,
        _ => &Unsure::Slow,
    };
    let (title, money, next) = match unsure {
        Unsure::NoAnswer { .. } | Unsure::Searching => {
            (say::not_known(), say::sent_at(&asked, sent_at, &which), say::we_keep_asking().to_owned())
        }
        Unsure::Slow => {
            (say::not_known(), say::with_the_bank(&asked, &which), say::we_keep_asking().to_owned())
        }
        Unsure::Unknown => {
            (say::not_known(), say::not_confirmed(&asked, &which), say::we_keep_asking_support(order))
        }
        Unsure::OnlineCheck => {
            (say::not_known(), say::online_check(&which), say::switch_3d_secure_off().to_owned())
        }
        Unsure::KeepOrGiveBack => (
            say::keep_or_give_back(),
            say::taken_out_before_agreed(&asked, &which),
            say::keep_if_goods().to_owned(),
        ),
        Unsure::GivingBack => (
            say::being_returned(),
            say::is_being_returned(&asked, &which),
            say::do_not_hand_over().to_owned(),
        ),
        Unsure::NeedsPerson => {
            (say::not_known(), say::cannot_find_out(&asked, &which), say::support_with_order(order))
        }
    };
    Words { look: Look::NotKnown, shape: Shape::NotKnown, title, money, next, again: false }
}
