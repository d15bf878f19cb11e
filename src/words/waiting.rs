//! Prompts, and results that are not known yet.

use super::{Look, NOT_KNOWN, Shape, Words, amount, card};
use payment::till::{Attempt, State, Unsure};
use reader::{Interfaces, Prompt};

const WE_ASK: &str = "We keep asking. Cashier: do not charge this sale again; serve the next customer.";

/// What the customer is asked for: heading, and what to do.
#[must_use]
pub fn prompt(prompt: Option<Prompt>) -> (&'static str, &'static str) {
    match prompt {
        None => ("Waking the reader", "It is asked for a card."),
        Some(
            Prompt::PresentCard(Interfaces { chip: false, contactless: false, .. }) | Prompt::SwipeInstead,
        ) => ("Swipe the card", "Customer: remove the card, then swipe."),
        Some(Prompt::PresentCard(_)) => ("Tap, insert or swipe", "Customer: use the reader."),
        Some(Prompt::InsertCard) => ("Insert the card", "Customer: insert it, chip first."),
        Some(Prompt::SwipeAgain) => ("Swipe again", "Customer: swipe the card once more."),
        Some(Prompt::TapAgain) => ("Tap again", "Customer: hold it still until the beep."),
        Some(Prompt::SeePhone) => ("Look at your phone", "Customer: confirm on the phone, then tap again."),
        Some(Prompt::ChooseApplication) => ("Choose on the reader", "Customer: choose on the reader."),
        Some(Prompt::EnterPin { .. } | Prompt::PinOk) => {
            ("Enter PIN", "Customer: on the reader. Cashier: look away.")
        }
        Some(Prompt::WrongPin { .. }) => ("Wrong PIN", "Customer: enter the PIN once more, on the reader."),
        Some(Prompt::LastPinTry) => {
            ("Last PIN try", "Customer: on the reader. After a wrong last try the card is blocked.")
        }
        Some(Prompt::RemoveCard) => ("Remove the card", "Customer: take the card out."),
    }
}

/// What the screen of a sent payment says whose result is not known. `sent_at` is local time.
#[must_use]
pub fn unresolved(attempt: &Attempt, sent_at: &str) -> Words {
    let asked = amount(attempt.draft.amount);
    let followed = attempt.followed();
    let which = followed.map_or_else(|| "the card".to_owned(), |f| card(&f.terms.card));
    let view = followed.and_then(|f| f.view.as_ref());
    let order = view.and_then(|view| view.order_id.as_deref()).unwrap_or(attempt.draft.attempt.as_str());
    let unsure = match &attempt.state {
        State::Unresolved(_, unsure) => unsure,
        _ => &Unsure::Slow,
    };
    let (title, money, next) = match unsure {
        Unsure::NoAnswer { .. } | Unsure::Searching => (
            NOT_KNOWN,
            format!("{asked} was sent to the bank at {sent_at}. We do not know yet if {which} was charged."),
            WE_ASK.to_owned(),
        ),
        Unsure::Slow => (
            NOT_KNOWN,
            format!("{asked} is with the bank. We do not know yet if {which} was charged."),
            WE_ASK.to_owned(),
        ),
        Unsure::Unknown => (
            NOT_KNOWN,
            format!("The bank has not confirmed {asked} on {which}. It may or may not be charged."),
            format!("We keep asking. Manager: call support with order {order} if it stays after 30 minutes."),
        ),
        Unsure::OnlineCheck => (
            NOT_KNOWN,
            format!(
                "The gateway asks for an online check that a card reader cannot do. We do not know yet if {which} was charged."
            ),
            "Support: switch 3-D Secure off for this endpoint. Cashier: do not charge this sale again."
                .to_owned(),
        ),
        Unsure::KeepOrGiveBack => (
            "Keep or give back",
            format!("The bank approved {asked}, but {which} was taken out before it agreed."),
            "Cashier: keep it if the customer has the goods, otherwise give it back.".to_owned(),
        ),
        Unsure::GivingBack => (
            "Being returned",
            format!("{asked} is being returned to {which}; that is not final yet."),
            "We keep asking. Cashier: do not hand over the goods.".to_owned(),
        ),
        Unsure::NeedsPerson => (
            NOT_KNOWN,
            format!("{asked} was sent. We cannot find out by ourselves if {which} was charged."),
            format!("Manager: call support with order {order}. Cashier: do not charge this sale again."),
        ),
    };
    Words { look: Look::NotKnown, shape: Shape::NotKnown, title, money, next, again: false }
}
