use crate::desk::Desk;
use crate::parts::{
    amount_line, button, element, follow, heading, hear_here, line, live_line, part, press, row, text,
    waiting_line,
};
use crate::sound::{self, Sound};
use crate::words;
use language::say;
use leptos::prelude::*;
use payment::till::{CARD_WAIT_MS, Event, State};
use reader::Prompt;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// From here on the screen offers to keep waiting.
const ASK_AFTER_MS: u64 = 30_000;

/// Before anything is sent: the customer presents the card and does what the reader asks for.
pub fn present(desk: Desk) -> Option<AnyView> {
    let asked = move || words::prompt(desk.prompt.get());
    let waits = move || {
        desk.current.with(|a| match a.as_ref().map(|a| &a.state) {
            Some(State::AwaitCard { since, card_seen: false }) => Some(*since),
            _ => None,
        })
    };
    let waited = move || waits().map(|since| desk.now.get().saturating_sub(since).min(CARD_WAIT_MS));
    let dots = move || match desk.prompt.get() {
        Some(Prompt::EnterPin { digits }) => "\u{25cf}".repeat(usize::from(digits)),
        _ => String::new(),
    };
    let mut said = None;
    follow(move || {
        let (title, what) = asked();
        if said.replace(title) != Some(title) {
            sound::play(Sound::Prompt);
            desk.say(format!("{title}. {what}"));
            desk.show_customer("", title, &words::for_customer(what));
        }
    });
    hear_here("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if event.key() == "Escape" && !event.repeat() {
            desk.feed_current(Event::Cancel);
        }
    });
    let waiting = text(move || match waited() {
        Some(ms) => say::waiting_for_card(&words::minutes(ms)),
        None => say::card_being_read().to_owned(),
    });
    let keep_waiting = part(move || {
        let keep =
            || button(say::keep_waiting().to_owned(), press(move || desk.feed_current(Event::KeepWaiting)));
        waited().is_some_and(|ms| ms >= ASK_AFTER_MS).then(keep)
    });
    let flip = move || {
        button(say::flip().to_owned(), press(move || desk.flipped.update(|flipped| *flipped = !*flipped)))
    };
    let all = vec![
        amount_line(desk.amount_asked()),
        heading(text(move || asked().0.to_owned())),
        live_line("next", text(move || asked().1.to_owned())),
        element("p").class("dots").attr("aria-hidden", "true").live_text(text(dots)).view(),
        waiting_line(waiting),
        line("money", say::nothing_charged_yet().to_owned()),
        row(vec![
            button(say::cancel().to_owned(), press(move || desk.feed_current(Event::Cancel))),
            keep_waiting,
            part(move || (!desk.is_self_service()).then(flip)),
        ]),
    ];
    Some(element("section").class("present").children(all).view())
}
