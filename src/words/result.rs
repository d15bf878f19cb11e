//! Final results.

use super::{Look, Shape, Words, amount, card, unresolved};
use payment::api::{GiveBackReason, Kind, NotCharged, Outcome, Reason};
use payment::till::{Attempt, End, Followed, NotSent, State};
use reader::CardProblem;

const ANOTHER_CARD: &str = "Customer: use another card.";

/// What the screen of an attempt says that is finished; of one that is not, what the unresolved screen says.
#[must_use]
pub fn result(attempt: &Attempt) -> Words {
    match &attempt.state {
        State::Finished(_, End::NotSent(why)) => not_sent(attempt, why),
        _ => sent(attempt),
    }
}

/// The same of an attempt that was sent. Knows nothing of readers, whose drivers would come along.
#[must_use]
pub fn sent(attempt: &Attempt) -> Words {
    match &attempt.state {
        State::Finished(followed, end) => match end {
            End::NotSent(_) => Words {
                money: format!("Nothing was sent. {}", not_charged(attempt)),
                look: Look::Neutral,
                ..not_paid(attempt, Shape::Cancelled, "Not sent", "")
            },
            End::Refused(problem) => Words {
                money: format!("Nothing was sent to the bank. {}", not_charged(attempt)),
                ..not_paid(attempt, Shape::Error, "Not accepted", &problem.cashier)
            },
            End::Result(outcome) => of_outcome(attempt, followed.as_deref(), outcome),
        },
        _ => unresolved(attempt, ""),
    }
}

/// One sentence for a parked payment whose result came in.
#[must_use]
pub fn resolved(attempt: &Attempt) -> String {
    let which = attempt.followed().map(|f| card(&f.terms.card)).unwrap_or_default();
    format!("{} {which}: {}", amount(attempt.draft.amount), result(attempt).title)
}

/// The money line of everything that is final and not approved.
fn not_charged(attempt: &Attempt) -> &'static str {
    match attempt.draft.kind {
        Kind::Sale => "The card was not charged.",
        Kind::Preauth => "Nothing was reserved.",
    }
}

fn not_paid(attempt: &Attempt, shape: Shape, title: &'static str, next: &str) -> Words {
    let money = not_charged(attempt).to_owned();
    Words { look: Look::NotPaid, shape, title, money, next: next.to_owned(), again: false }
}

fn of_outcome(attempt: &Attempt, followed: Option<&Followed>, outcome: &Outcome) -> Words {
    let which = followed.map(|f| card(&f.terms.card)).unwrap_or_default();
    let order = followed.and_then(|f| f.view.as_ref()?.order_id.clone()).unwrap_or_default();
    match outcome {
        Outcome::Approved { amount: approved } => approval(attempt, &which, amount(*approved)),
        Outcome::Declined(reason) => declined(attempt, reason),
        Outcome::Filtered(_) => not_paid(
            attempt,
            Shape::Filtered,
            "Not accepted",
            "Customer: use another card. Manager: see the rule in the order.",
        ),
        Outcome::Error(_) => Words {
            money: format!("The gateway ended the payment. {}", not_charged(attempt)),
            ..not_paid(
                attempt,
                Shape::Error,
                "Not completed",
                &format!("Manager: call support with order {order} before a new sale."),
            )
        },
        Outcome::NotCharged { why, .. } => not_charged_because(attempt, *why, &order),
        Outcome::GivenBack { why } => given_back(*why, &which),
    }
}

fn approval(attempt: &Attempt, which: &str, approved: String) -> Words {
    let (title, money, next) = match attempt.draft.kind {
        Kind::Sale => {
            ("Approved", format!("{approved} was charged to {which}."), "Cashier: hand over the goods.")
        }
        Kind::Preauth => (
            "Approved: reserved",
            format!("{approved} is reserved on {which}, not charged yet."),
            "Cashier: the amount is collected or released later.",
        ),
    };
    Words { look: Look::Paid, shape: Shape::Approved, title, money, next: next.to_owned(), again: false }
}

/// What a decline is called, by the bank's code. A code that is not known is just a decline.
fn declined(attempt: &Attempt, reason: &Reason) -> Words {
    let (title, next) = match reason.code.as_deref().unwrap_or_default() {
        "54" | "101" => ("Card expired", ANOTHER_CARD),
        "51" | "116" => ("Declined", "Customer: use another card. Cashier: not enough funds."),
        "61" | "65" => ("Declined", "Customer: use another card. Cashier: over the card's limit."),
        "57" | "58" | "119" => {
            ("Declined", "Customer: use another card. Cashier: not permitted for this card.")
        }
        "04" | "41" | "43" | "209" => {
            ("Declined", "Customer: use another card. Cashier: do not charge this card again.")
        }
        "55" => ("Wrong PIN", "Customer: start again and enter the PIN once more, or use another card."),
        "75" => ("PIN blocked", "Customer: use another card; only your bank can unblock this one."),
        "91" | "96" => ("Bank not available", "Customer: use another card, or start again in a few minutes."),
        _ => ("Declined", "Customer: use another card or ask your bank."),
    };
    Words { again: true, ..not_paid(attempt, Shape::Declined, title, next) }
}

fn not_charged_because(attempt: &Attempt, why: NotCharged, order: &str) -> Words {
    let asked = amount(attempt.draft.amount);
    match why {
        NotCharged::NeverSent => Words {
            money: format!("Nothing was sent. {}", not_charged(attempt)),
            again: true,
            ..not_paid(attempt, Shape::Cancelled, "Not sent", &format!("Cashier: start again with {asked}."))
        },
        NotCharged::NeverArrived => Words {
            money: format!("The gateway never received it. {}", not_charged(attempt)),
            again: true,
            ..not_paid(attempt, Shape::Error, "Not sent", &format!("Cashier: start again with {asked}."))
        },
        NotCharged::NoConnection => Words {
            money: format!("Nothing was sent. {}", not_charged(attempt)),
            ..not_paid(
                attempt,
                Shape::Error,
                "No connection",
                "We reconnect. Cashier: no card payments until the strip says Online.",
            )
        },
        NotCharged::Refused => Words {
            money: format!("The gateway refused it. {}", not_charged(attempt)),
            ..not_paid(
                attempt,
                Shape::Error,
                "Not accepted",
                &format!("Support: check the request (order {}).", attempt.draft.attempt),
            )
        },
        NotCharged::TillRefused => Words {
            money: format!("The gateway refused it. {}", not_charged(attempt)),
            ..not_paid(
                attempt,
                Shape::Error,
                "Till not accepted",
                &format!("Support: check endpoint and key (order {order}{}).", attempt.draft.attempt),
            )
        },
    }
}

fn given_back(why: GiveBackReason, which: &str) -> Words {
    // Names no amount: what was charged, and so what came back, may have been less than what was asked.
    let returned = format!("What was charged to {which} was returned. Nothing stays charged.");
    let (title, next, again) = match why {
        GiveBackReason::CardRefused => ("Declined by card", ANOTHER_CARD, true),
        GiveBackReason::CardLost => ("Returned", "Customer: start again, and leave the card in.", true),
        GiveBackReason::ChargedLate => {
            ("Charged late, given back", "Manager: tell the customer if he can be reached.", false)
        }
        GiveBackReason::Staff => ("Returned", "Customer: days until it shows depend on the bank.", false),
    };
    let next = next.to_owned();
    Words { look: Look::Neutral, shape: Shape::Returned, title, money: returned, next, again }
}

fn not_sent(attempt: &Attempt, why: &NotSent) -> Words {
    let again = "Cashier: new sale, or the same amount again.";
    let (shape, title, next) = match why {
        NotSent::Cancelled => (Shape::Cancelled, "Cancelled", again),
        NotSent::NoCard => (Shape::Cancelled, "No card presented", again),
        NotSent::ApprovedOffline => (Shape::Error, "Card not usable here", ANOTHER_CARD),
        NotSent::DeclinedByCard => (Shape::Declined, "Card declined", ANOTHER_CARD),
        NotSent::CardTakenOut => {
            (Shape::Cancelled, "Card taken out early", "Customer: insert it again and leave it in.")
        }
        NotSent::NotUsable { family, code } => not_usable(CardProblem::of(family, *code)),
        NotSent::AmountDiffers => {
            (Shape::Error, "Stopped: amounts differ", "Cashier: start again; if repeated, call support.")
        }
        NotSent::ReaderLost => (
            Shape::Error,
            "Reader not answering",
            "Cashier: check cable and power, it reconnects by itself; else unplug it, wait 5 seconds, plug it in.",
        ),
        NotSent::BatteryLow => {
            (Shape::Error, "Battery almost empty", "Cashier: charge the reader, then start again.")
        }
        NotSent::NotSecure => {
            (Shape::Error, "Reader not allowed", "Manager: connect the shop's reader, or call support.")
        }
        NotSent::Interrupted => (Shape::Cancelled, "Interrupted", again),
    };
    let look = if shape == Shape::Cancelled { Look::Neutral } else { Look::NotPaid };
    let money = format!("Nothing was sent. {}", not_charged(attempt));
    Words { look, shape, title, money, next: next.to_owned(), again: true }
}

/// What is to be done about a card or a reader that is not usable.
fn not_usable(problem: CardProblem) -> (Shape, &'static str, &'static str) {
    let (title, next) = match problem {
        CardProblem::Again => ("Card not read", "Cashier: start again."),
        CardProblem::OtherCard => ("Card not usable here", ANOTHER_CARD),
        CardProblem::OtherWay => ("Card not read", "Customer: start again, and insert or swipe the card."),
        CardProblem::UseChip => ("Card not read", "Customer: start again, and insert the card, chip first."),
        CardProblem::RestartReader => {
            ("Reader not ready", "Cashier: switch the reader off and on, then start again.")
        }
        CardProblem::ReaderKeys => ("Reader needs service", "Manager: use another reader, and call support."),
        CardProblem::Support => {
            ("Card not usable here", "Customer: use another card. Manager: call support with the code.")
        }
    };
    (Shape::Error, title, next)
}
