use crate::desk::Desk;
use crate::parts::{button, element, filled, heading, line, press, row, text};
use crate::shell;
use crate::words::shell as words;
use leptos::prelude::*;

/// Another version of the page may come: now, or when nobody is at the till.
pub fn update(desk: Desk) -> AnyView {
    desk.say(words::UPDATE_READY);
    let all = vec![
        heading(text(|| words::UPDATE_READY.to_owned())),
        line("money", words::UPDATE_MONEY.to_owned()),
        line("", words::update_next()),
        filled(desk, text(|| words::UPDATE_NOW.to_owned()), |_| true, press(shell::update)),
        row(vec![button(words::UPDATE_LATER.to_owned(), press(move || desk.update_later()))]),
    ];
    element("section").class("question").children(all).view()
}
