use super::{button, element, language_choice, line, live_line, press, row, text};
use crate::desk::{ASKED_MS, Desk, Screen, Watched};
use crate::words;
use language::say;
use leptos::prelude::*;

/// Below every screen of a kiosk: how long it waits, and what helps whoever cannot see, read or wait.
pub fn help_bar(desk: Desk) -> AnyView {
    let is_shown = move |left: u64| left <= ASKED_MS || desk.screen.with(|s| !matches!(s, Screen::Keypad));
    let left = move || desk.leaves_in.get().filter(|left| is_shown(*left));
    // Its place is kept while nobody is asked: the keys stay where they are under a hand that comes back.
    let place = text(move || if left().is_some() { "row" } else { "row gone" }.to_owned());
    let words = text(move || say::back_to_start(&words::minutes(left().unwrap_or_default())));
    let more = button(say::more_time().to_owned(), press(move || desk.stay()));
    let asked = element("div").live_attr("class", place).children([live_line("strong", words), more]).view();
    let toggle = |label: &'static str, is_on: &'static Watched<bool>| {
        let pressed = text(move || is_on.get().to_string());
        let button = element("button").attr("type", "button").live_attr("aria-pressed", pressed);
        button.on("click", move |_| is_on.update(|is_on| *is_on = !*is_on)).text(label).view()
    };
    let help = row(vec![
        language_choice(),
        toggle(say::speak(), &desk.state().aloud),
        toggle(say::larger_text(), &desk.state().larger),
        line("", say::pay_at_counter().to_owned()),
    ]);
    element("footer").child(asked).child(help).view()
}
