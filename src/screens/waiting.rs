use crate::desk::Desk;
use crate::parts::{amount_line, element, follow, heading, line, live_line, text, waiting_line};
use crate::words;
use language::say;
use leptos::prelude::*;
use payment::till::{Attempt, State};

/// Whom the till waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// The reader confirms that it stopped.
    Reader,
    /// The proxy takes the payment.
    Proxy,
    /// The bank decides.
    Bank,
    /// The card checks the bank's answer.
    Card,
}

/// Shown from here on that it takes longer than usual.
const SLOW_MS: u64 = 20_000;
/// The seconds are shown from here on.
const COUNT_MS: u64 = 5_000;

/// Nobody can do anything but wait: for what, by whom, how long already.
pub fn waiting(desk: Desk, whom: WaitingFor) -> Option<AnyView> {
    let card = move || desk.current.with(|a| a.as_ref().and_then(card)).unwrap_or_default();
    let since = move || desk.current.with(|a| a.as_ref().map_or(0, since));
    let chip = desk.current.with_untracked(|a| {
        a.as_ref().and_then(Attempt::followed).is_none_or(|f| f.terms.entry == payment::api::Entry::Chip)
    });
    let (title, what) = match (whom, chip) {
        (WaitingFor::Reader, _) => (say::cancelling(), say::cancelling_what()),
        (WaitingFor::Proxy, true) => (say::sending(), say::sending_chip()),
        (WaitingFor::Proxy, false) => (say::sending(), say::sending_what()),
        (WaitingFor::Bank, true) => (say::asking_bank(), say::asking_bank_chip()),
        (WaitingFor::Bank, false) => (say::asking_bank(), say::asking_bank_what()),
        (WaitingFor::Card, _) => (say::card_checking(), say::card_checking_what()),
    };
    let waited = move || desk.now.get().saturating_sub(since());
    desk.say(format!("{title}. {what}"));
    desk.show_customer("", if whom == WaitingFor::Card { title } else { say::please_wait() }, "");
    let slow = move || waited() >= SLOW_MS && whom != WaitingFor::Reader;
    let mut said = false;
    follow(move || {
        if slow() && !std::mem::replace(&mut said, true) {
            desk.say(say::longer_than_usual());
        }
    });
    let waiting = text(move || {
        let seconds = if waited() >= COUNT_MS { words::minutes(waited()) } else { String::new() };
        if slow() { say::slower_than_usual(&seconds) } else { seconds }
    });
    let mut all = vec![
        amount_line(desk.amount_asked()),
        heading(text(move || title.to_owned())),
        line("next", what.to_owned()),
        live_line("card", text(card)),
        waiting_line(waiting),
    ];
    if whom != WaitingFor::Reader {
        all.push(line("small", say::sent_no_cancel().to_owned()));
    }
    Some(element("section").class("waiting").children(all).view())
}

fn card(attempt: &Attempt) -> Option<String> {
    match &attempt.state {
        State::AwaitAcceptance(sending) => Some(words::card(&sending.terms.card)),
        _ => attempt.followed().map(|f| words::card(&f.terms.card)),
    }
}

fn since(attempt: &Attempt) -> u64 {
    match &attempt.state {
        State::Cancelling { since, .. } => *since,
        State::AwaitAcceptance(sending) => sending.since,
        _ => attempt.followed().map_or(attempt.draft.paid_at, |f| f.since),
    }
}
