use super::{Text, press, text};
use crate::watched::Watched;
use leptos::prelude::*;
use std::time::Duration;

/// A finger that has just pressed the last screen's button does not press this one.
const GUARD: Duration = Duration::from_millis(350);

/// The one filled button of a screen: what nearly everybody wants next. For its first 350 ms it takes no press and says
/// so by `aria-disabled`.
#[component]
pub fn Filled(
    /// What it does.
    label: Text,
    /// Whether it can be pressed.
    #[prop(into, default = Signal::derive(|| true))]
    enabled: Signal<bool>,
    /// Does it.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    let settled = Watched::new(false);
    set_timeout(move || settled.set(true), GUARD);
    let disabled = move || !(settled.get() && enabled.get());
    let on_press = move || {
        if settled.get_untracked() && enabled.get_untracked() {
            on_press();
        }
    };
    view! {
        <button type="button" class="filled" aria-disabled=text(move || disabled().to_string()) on:click=press(on_press)>
            {label}
        </button>
    }
}

/// Any other button.
#[component]
pub fn Button(
    /// What it does.
    #[prop(into)]
    label: String,
    /// Does it.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! { <button type="button" on:click=press(on_press)>{label}</button> }
}
