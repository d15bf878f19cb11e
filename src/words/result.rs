//! Final results.

use super::{Look, Shape, Words, amount, card, unresolved};
use language::say;
use payment::api::{GiveBackReason, Kind, NotCharged, Outcome, Reason};
use payment::till::{Attempt, End, Followed, NotSent, State};
use reader::CardProblem;

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
                look: Look::Neutral,
                ..not_paid(attempt, Shape::Cancelled, say::not_sent(), "", Before::Sending)
            },
            End::Refused(problem) => {
                not_paid(attempt, Shape::Error, say::not_accepted(), &problem.cashier, Before::Bank)
            }
            End::Result(outcome) => of_outcome(attempt, followed.as_deref(), outcome),
        },
        _ => unresolved(attempt, ""),
    }
}

/// One sentence for a parked payment whose result came in.
#[must_use]
pub fn resolved(attempt: &Attempt) -> String {
    let which = attempt.followed().map(|f| card(&f.terms.card)).unwrap_or_default();
    say::card_paid_title(&amount(attempt.draft.amount), &which, result(attempt).title)
}

/// Where a payment ended of which nothing was charged.
#[derive(Clone, Copy)]
enum Before {
    /// It was not sent.
    Sending,
    /// The proxy refused it.
    Bank,
    /// The gateway never had it.
    Gateway,
    /// The gateway refused it.
    GatewayTook,
    /// The gateway ended it.
    GatewayDecided,
    /// The bank declined it.
    Charging,
}

/// The money line of everything that is final and not approved.
fn not_charged(kind: Kind, before: Before) -> &'static str {
    match (before, kind) {
        (Before::Sending, Kind::Sale) => say::nothing_sent_not_charged(),
        (Before::Sending, Kind::Preauth) => say::nothing_sent_nothing_reserved(),
        (Before::Bank, Kind::Sale) => say::refused_before_bank_not_charged(),
        (Before::Bank, Kind::Preauth) => say::refused_before_bank_nothing_reserved(),
        (Before::Gateway, Kind::Sale) => say::never_received_not_charged(),
        (Before::Gateway, Kind::Preauth) => say::never_received_nothing_reserved(),
        (Before::GatewayTook, Kind::Sale) => say::gateway_refused_not_charged(),
        (Before::GatewayTook, Kind::Preauth) => say::gateway_refused_nothing_reserved(),
        (Before::GatewayDecided, Kind::Sale) => say::gateway_ended_not_charged(),
        (Before::GatewayDecided, Kind::Preauth) => say::gateway_ended_nothing_reserved(),
        (Before::Charging, Kind::Sale) => say::not_charged(),
        (Before::Charging, Kind::Preauth) => say::nothing_reserved(),
    }
}

fn not_paid(attempt: &Attempt, shape: Shape, title: &'static str, next: &str, before: Before) -> Words {
    let money = not_charged(attempt.draft.kind, before).to_owned();
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
            say::not_accepted(),
            say::another_card_rule(),
            Before::Charging,
        ),
        Outcome::Error(_) => not_paid(
            attempt,
            Shape::Error,
            say::not_completed(),
            &say::support_before_new_sale(&order),
            Before::GatewayDecided,
        ),
        Outcome::NotCharged { why, .. } => not_charged_because(attempt, *why, &order),
        Outcome::GivenBack { why } => given_back(*why, &which),
    }
}

fn approval(attempt: &Attempt, which: &str, approved: String) -> Words {
    let (title, money, next) = match attempt.draft.kind {
        Kind::Sale => (say::approved(), say::was_charged(&approved, which), say::hand_over()),
        Kind::Preauth => {
            (say::approved_reserved(), say::is_reserved(&approved, which), say::collected_later())
        }
    };
    Words { look: Look::Paid, shape: Shape::Approved, title, money, next: next.to_owned(), again: false }
}

/// What a decline is called, by the bank's code. A code that is not known is just a decline.
fn declined(attempt: &Attempt, reason: &Reason) -> Words {
    let (title, next) = match reason.code.as_deref().unwrap_or_default() {
        "54" | "101" => (say::card_expired(), say::another_card()),
        "51" | "116" => (say::declined(), say::another_card_funds()),
        "61" | "65" => (say::declined(), say::another_card_limit()),
        "57" | "58" | "119" => (say::declined(), say::another_card_not_permitted()),
        "04" | "41" | "43" | "209" => (say::declined(), say::another_card_pick_up()),
        "55" => (say::wrong_pin(), say::pin_once_more()),
        "75" => (say::pin_blocked(), say::only_bank_unblocks()),
        "91" | "96" => (say::bank_not_available(), say::again_in_minutes()),
        _ => (say::declined(), say::another_card_or_bank()),
    };
    Words { again: true, ..not_paid(attempt, Shape::Declined, title, next, Before::Charging) }
}

fn not_charged_because(attempt: &Attempt, why: NotCharged, order: &str) -> Words {
    let again = say::start_again_with_amount(&amount(attempt.draft.amount));
    let id = attempt.draft.attempt.as_str();
    let (shape, title, next, before) = match why {
        NotCharged::NeverSent => (Shape::Cancelled, say::not_sent(), again, Before::Sending),
        NotCharged::NeverArrived => (Shape::Error, say::not_sent(), again, Before::Gateway),
        NotCharged::NoConnection => {
            (Shape::Error, say::no_connection(), say::wait_for_online().to_owned(), Before::Sending)
        }
        NotCharged::Refused => {
            (Shape::Error, say::not_accepted(), say::check_request(id), Before::GatewayTook)
        }
        NotCharged::TillRefused => {
            let order = if order.is_empty() { id } else { order };
            (Shape::Error, say::till_not_accepted(), say::check_endpoint(order), Before::GatewayTook)
        }
    };
    let again = matches!(why, NotCharged::NeverSent | NotCharged::NeverArrived);
    Words { again, ..not_paid(attempt, shape, title, &next, before) }
}

fn given_back(why: GiveBackReason, which: &str) -> Words {
    // Names no amount: what was charged, and so what came back, may have been less than what was asked.
    let money = say::was_returned(which);
    let (title, next, again) = match why {
        GiveBackReason::CardRefused => (say::declined_by_card(), say::another_card(), true),
        GiveBackReason::CardLost => (say::returned(), say::leave_card_in(), true),
        GiveBackReason::ChargedLate => (say::charged_late(), say::tell_customer(), false),
        GiveBackReason::Staff => (say::returned(), say::days_depend_on_bank(), false),
    };
    let next = next.to_owned();
    Words { look: Look::Neutral, shape: Shape::Returned, title, money, next, again }
}

fn not_sent(attempt: &Attempt, why: &NotSent) -> Words {
    let (shape, title, next) = match why {
        NotSent::Cancelled => (Shape::Cancelled, say::cancelled(), say::new_sale_or_same()),
        NotSent::NoCard => (Shape::Cancelled, say::no_card(), say::new_sale_or_same()),
        NotSent::ApprovedOffline => (Shape::Error, say::card_not_usable(), say::another_card()),
        NotSent::DeclinedByCard => (Shape::Declined, say::card_declined(), say::another_card()),
        NotSent::CardTakenOut => (Shape::Cancelled, say::card_out_early(), say::insert_and_leave()),
        NotSent::NotUsable { family, code } => not_usable(CardProblem::of(family, *code)),
        NotSent::AmountDiffers => (Shape::Error, say::amounts_differ(), say::again_else_support()),
        NotSent::ReaderLost => (Shape::Error, say::reader_lost(), say::reader_lost_help()),
        NotSent::BatteryLow => (Shape::Error, say::battery_empty(), say::charge_reader()),
        NotSent::NotSecure => (Shape::Error, say::reader_not_secure(), say::connect_shops_reader()),
        NotSent::Interrupted => (Shape::Cancelled, say::interrupted(), say::new_sale_or_same()),
    };
    let look = if shape == Shape::Cancelled { Look::Neutral } else { Look::NotPaid };
    Words { look, again: true, ..not_paid(attempt, shape, title, next, Before::Sending) }
}

/// What is to be done about a card or a reader that is not usable.
fn not_usable(problem: CardProblem) -> (Shape, &'static str, &'static str) {
    let (title, next) = match problem {
        CardProblem::Again => (say::card_not_read(), say::start_again()),
        CardProblem::OtherCard => (say::card_not_usable(), say::another_card()),
        CardProblem::OtherWay => (say::card_not_read(), say::insert_or_swipe()),
        CardProblem::UseChip => (say::card_not_read(), say::insert_chip_first()),
        CardProblem::RestartReader => (say::reader_not_ready(), say::restart_reader()),
        CardProblem::ReaderKeys => (say::reader_keys(), say::other_reader_support()),
        CardProblem::Support => (say::card_not_usable(), say::other_card_support()),
    };
    (Shape::Error, title, next)
}
