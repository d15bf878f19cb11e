use crate::desk::Desk;
use crate::parts::{actions, button, element, filled, line, part, press, result_frame, row, text};
use crate::sound::{self, Sound};
use crate::words::{self, Look, Words};
use language::say;
use leptos::prelude::*;
use payment::api::Outcome;
use payment::money::Amount;
use payment::till::{Attempt, Draft, End, Event, State};
use std::time::Duration;

/// The reminder to take the card out sounds each so often.
const REMIND: Duration = Duration::from_millis(5_000);

/// The end of a payment: paid, not paid, not sent, given back.
pub fn outcome_screen(desk: Desk) -> Option<AnyView> {
    let attempt = desk.current.get_untracked()?;
    let (words, amount) = (words::result(&attempt), amount_of(&attempt));
    announce(desk, &words, amount);
    remind(desk);
    let is_sent = attempt.followed().is_some_and(|f| f.view.is_some());
    // Of what was not paid there is nothing to give back.
    let places: &[_] = if words.look == Look::Paid { &["receipt", "order"] } else { &["receipt"] };
    let again = words.again.then(|| {
        let draft = attempt.draft.clone();
        let label = say::start_again_with(&words::figures(draft.amount));
        (label, draft)
    });
    let is_kiosk = desk.is_self_service();
    let done = if is_kiosk { say::done() } else { say::new_sale() };
    let leave = press(move || if is_kiosk { desk.forget_customer() } else { desk.leave() });
    let mut buttons = Vec::new();
    match again {
        Some((label, draft)) => {
            let start_again = press(move || {
                desk.leave();
                desk.pay(&|attempt, paid_at| Draft { attempt, paid_at, ..draft.clone() });
            });
            buttons.push(filled(desk, text(move || label.clone()), Desk::can_pay, start_again));
            buttons.push(button(done.to_owned(), leave));
        }
        None => {
            let label = text(move || done.to_owned());
            buttons.push(filled(desk, label, |desk| !desk.card_in.get(), leave));
        }
    }
    let mut below = vec![remove_card(desk), actions(buttons)];
    below.extend(
        (is_sent && !is_kiosk).then(|| row(places.iter().map(|place| office(place, &attempt)).collect())),
    );
    if !desk.faces_customer() {
        below.push(line("codes", code_of(&attempt)));
        return Some(result_frame(words, amount, below));
    }
    // The customer reads it: no reason that shames, nothing of what staff do.
    let (title, next) = (words::title_for_customer(&words), words::for_customer(&words.next));
    Some(result_frame(Words { title, next, ..words }, amount, below))
}

/// Approved for less than was asked for: keep it or give it back.
pub fn approved_for_less(desk: Desk) -> Option<AnyView> {
    let attempt = desk.current.get_untracked()?;
    let (approved, asked) = (amount_of(&attempt), attempt.draft.amount);
    let missing = Amount::new(asked.minor.saturating_sub(approved.minor), asked.currency);
    let words = Words {
        title: say::approved_for_less(),
        money: say::approved_of(&words::amount(approved), &words::amount(asked)),
        next: say::approved_for_less_next(&words::amount(missing)),
        ..words::result(&attempt)
    };
    announce(desk, &Words { look: Look::NotKnown, ..words.clone() }, approved);
    remind(desk);
    let keep = say::keep_amount(&words::figures(approved));
    let buttons = vec![
        button(keep, press(move || desk.less_kept.set(true))),
        button(say::give_back().to_owned(), press(move || desk.feed_current(Event::GiveBack))),
    ];
    let words = Words { look: Look::Neutral, ..words };
    Some(result_frame(words, approved, vec![remove_card(desk), actions(buttons)]))
}

/// The way to what the office does with the payment.
fn office(place: &'static str, attempt: &Attempt) -> AnyView {
    let address = format!("/office/#{place}/{}", attempt.draft.attempt);
    let label = if place == "order" { say::refund() } else { say::receipt() };
    element("a").attr("role", "button").live_attr("href", text(move || address.clone())).text(label).view()
}

/// Said for as long as the card is in.
fn remove_card(desk: Desk) -> AnyView {
    part(move || desk.card_in.get().then(|| line("remove-card", say::remove_card().to_owned())))
}

fn amount_of(attempt: &Attempt) -> Amount {
    match &attempt.state {
        State::Finished(_, End::Result(Outcome::Approved { amount })) => *amount,
        _ => attempt.draft.amount,
    }
}

/// Said once, with its sound.
fn announce(desk: Desk, words: &Words, amount: Amount) {
    sound::play(match words.look {
        Look::Paid => Sound::Approved,
        Look::NotPaid => Sound::NotPaid,
        Look::NotKnown | Look::Neutral => Sound::Attention,
    });
    let look = if words.look == Look::Paid { "paid" } else { "" };
    let next = words::for_customer(&words.next);
    desk.show_customer(look, words::title_for_customer(words), &format!("{} {next}", words.money));
    desk.alert.set(format!("{}. {}. {} {}", words.title, words::spoken(amount), words.money, words.next));
}

/// While the card is in, its reminder sounds.
fn remind(desk: Desk) {
    let sounds = set_interval_with_handle(
        move || {
            if desk.card_in.get_untracked() {
                sound::play(Sound::RemoveCard);
            }
        },
        REMIND,
    );
    if let Ok(sounds) = sounds {
        on_cleanup(move || sounds.clear());
    }
}

/// Codes come last and small.
fn code_of(attempt: &Attempt) -> String {
    let order = attempt.followed().and_then(|f| f.view.as_ref()?.order_id.clone());
    let reason = match &attempt.state {
        State::Finished(_, End::Result(outcome)) => match outcome {
            Outcome::Declined(reason)
            | Outcome::Filtered(reason)
            | Outcome::Error(reason)
            | Outcome::NotCharged { reason, .. } => Some(reason.clone()),
            Outcome::Approved { .. } | Outcome::GivenBack { .. } => None,
        },
        State::Finished(_, End::NotSent(payment::till::NotSent::NotUsable { code, .. })) => {
            return say::reader_code(&code.to_string());
        }
        State::Finished(_, End::Refused(problem)) => {
            return say::code_and_trace(&problem.code, &problem.trace_id);
        }
        _ => None,
    };
    let code = reason.as_ref().and_then(|reason| reason.code.as_ref()).map(|code| say::bank_code(code));
    let message = reason.and_then(|reason| reason.message);
    let order = order.map(|order| say::order(&order));
    [code, message, order].into_iter().flatten().collect::<Vec<_>>().join("  ")
}
