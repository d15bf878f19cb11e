use super::{Press, Text, press, text};
use crate::desk::Desk;
use leptos::prelude::*;
use std::time::Duration;

/// A finger that has just pressed the last screen's button does not press this one.
const GUARD: Duration = Duration::from_millis(350);

/// The one filled button of a screen: what nearly everybody wants next. For its first 350 ms, and unless it is enabled,
/// it takes no press and says so by `aria-disabled`.
#[inline(never)]
pub fn filled(label: Text, enabled: fn(Desk) -> bool, mut on_press: Press) -> AnyView {
    let desk = expect_context::<Desk>();
    desk.settled.set(false);
    set_timeout(move || desk.settled.set(true), GUARD);
    let disabled = text(move || (!(desk.settled.get() && enabled(desk))).to_string());
    let mut guarded = press(move || {
        if desk.settled.get_untracked() && enabled(desk) {
            on_press();
        }
    });
    view! {
        <button type="button" class="filled" aria-disabled=disabled on:click=move |_| guarded()>{label}</button>
    }
    .into_any()
}

/// The buttons under a result.
pub fn actions(buttons: Vec<AnyView>) -> AnyView {
    view! { <div class="actions">{buttons}</div> }.into_any()
}

/// The buttons under a question or a wait.
pub fn row(buttons: Vec<AnyView>) -> AnyView {
    view! { <div class="row">{buttons}</div> }.into_any()
}

/// Any other button.
#[inline(never)]
pub fn button(label: String, mut on_press: Press) -> AnyView {
    view! { <button type="button" on:click=move |_| on_press()>{label}</button> }.into_any()
}
