use super::{Press, Text, element, press, text};
use crate::desk::Desk;
use leptos::prelude::*;
use std::time::Duration;

/// A finger that has just pressed the last screen's button does not press this one.
const GUARD: Duration = Duration::from_millis(350);

/// The one filled button of a screen: what nearly everybody wants next. For its first 350 ms, and unless it is enabled,
/// it takes no press and says so by `aria-disabled`.
#[inline(never)]
pub fn filled(desk: Desk, label: Text, enabled: fn(Desk) -> bool, mut on_press: Press) -> AnyView {
    desk.settled.set(false);
    set_timeout(move || desk.settled.set(true), GUARD);
    let disabled = text(move || (!(desk.settled.get() && enabled(desk))).to_string());
    let mut guarded = press(move || {
        if desk.settled.get_untracked() && enabled(desk) {
            on_press();
        }
    });
    let button = element("button").attr("type", "button").class("filled");
    button.live_attr("aria-disabled", disabled).on("click", move |_| guarded()).live_text(label).view()
}

/// The buttons under a result.
pub fn actions(buttons: Vec<AnyView>) -> AnyView {
    element("div").class("actions").children(buttons).view()
}

/// The buttons under a question or a wait.
pub fn row(buttons: Vec<AnyView>) -> AnyView {
    element("div").class("row").children(buttons).view()
}

/// Any other button.
#[inline(never)]
pub fn button(label: String, mut on_press: Press) -> AnyView {
    element("button").attr("type", "button").on("click", move |_| on_press()).text(label).view()
}
