use crate::browser;
use crate::desk::Desk;
use crate::parts::{actions, button, filled, line, press, result_frame, text, waiting_line};
use crate::sound::{self, Sound};
use crate::words::{self, Words};
use language::say;
use leptos::prelude::*;
use payment::money::Amount;
use payment::till::{Event, Unsure};
use std::cell::Cell;
use std::time::Duration;

/// The attention sound comes again each so often, so many times.
const AGAIN: Duration = Duration::from_secs(30);
const TIMES: u8 = 4;
/// The gateway is not asked more often than this by hand.
const ASK_MS: u64 = 5_000;

/// Sent, and not known: what is known, that it is asked for, and that nobody charges it again.
pub fn unresolved(desk: Desk, unsure: &Unsure) -> Option<AnyView> {
    attention();
    let attempt = desk.current.get_untracked()?;
    let followed = attempt.followed()?;
    let since = followed.since;
    let words = words::unresolved(&attempt, &browser::hh_mm(since));
    let view = followed.view.as_ref();
    let codes = match view.and_then(|view| view.order_id.as_ref()) {
        Some(order) => say::order(order),
        None => say::reference(attempt.draft.attempt.as_str()),
    };
    desk.alert.set(format!("{}. {}", words.title, words.money));
    desk.show_customer("not-known", say::not_known(), say::do_not_pay_again());
    let asking = text(move || say::asking_since(&words::minutes(desk.now.get().saturating_sub(since))));
    let missing = view.and_then(|view| view.needs_person.clone()).unwrap_or_default();
    if desk.is_self_service() {
        let (money, next) = (say::not_known_yours().to_owned(), say::take_reference(&codes));
        let leave = press(move || desk.forget_customer());
        let done = filled(desk, text(|| say::done().to_owned()), |desk| !desk.card_in.get(), leave);
        let below = vec![waiting_line(asking), actions(vec![done])];
        return Some(result_frame(Words { money, next, ..words }, attempt.draft.amount, below));
    }
    let below = vec![
        waiting_line(asking),
        line("next", missing),
        actions(choices(desk, unsure, attempt.draft.amount)),
        line("codes", codes),
    ];
    Some(result_frame(words, attempt.draft.amount, below))
}

/// What can be done while it is not known.
fn choices(desk: Desk, unsure: &Unsure, amount: Amount) -> Vec<AnyView> {
    let serve_next = say::serve_next().to_owned();
    let leave = press(move || desk.leave());
    if *unsure == Unsure::KeepOrGiveBack {
        let keep = say::keep_amount(&words::figures(amount));
        return vec![
            button(keep, press(move || desk.feed_current(Event::Keep))),
            button(say::give_back().to_owned(), press(move || desk.feed_current(Event::GiveBack))),
            button(serve_next, leave),
        ];
    }
    let mut asked_at = 0;
    let ask = press(move || {
        let now = browser::now();
        if now.saturating_sub(asked_at) >= ASK_MS {
            asked_at = now;
            desk.feed_current(Event::AskNow);
        }
    });
    vec![
        filled(desk, text(move || serve_next.clone()), |_| true, leave),
        button(say::ask_now().to_owned(), ask),
    ]
}

fn attention() {
    sound::play(Sound::Attention);
    let left = Cell::new(TIMES);
    let again = set_interval_with_handle(
        move || {
            if left.get() > 0 {
                left.set(left.get() - 1);
                sound::play(Sound::Attention);
            }
        },
        AGAIN,
    );
    if let Ok(again) = again {
        on_cleanup(move || again.clear());
    }
}
