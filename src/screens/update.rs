use crate::desk::Desk;
use crate::parts::{button, element, filled, heading, line, press, row, text};
use crate::shell;
use language::say;
use leptos::prelude::*;

/// Another version of the page may come: now, or when nobody is at the till.
pub fn update(desk: Desk) -> AnyView {
    desk.say(say::update_ready());
    let all = vec![
        heading(text(|| say::update_ready().to_owned())),
        line("money", say::update_money().to_owned()),
        line("", say::update_next(&shell::version())),
        filled(desk, text(|| say::update_now().to_owned()), |_| true, press(shell::update)),
        row(vec![button(say::update_later().to_owned(), press(move || desk.update_later()))]),
    ];
    element("section").class("question").children(all).view()
}
