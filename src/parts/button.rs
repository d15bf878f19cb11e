use leptos::prelude::*;
use std::time::Duration;

/// A finger that has just pressed the last screen's button does not press this one.
const GUARD: Duration = Duration::from_millis(350);

/// The one filled button of a screen: what nearly everybody wants next. For its first 350 ms it takes no press and says
/// so by `aria-disabled`.
#[component]
pub fn Filled(
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it can be pressed.
    #[prop(into, default = Signal::derive(|| true))]
    enabled: Signal<bool>,
    /// Does it.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    let settled = RwSignal::new(false);
    set_timeout(move || settled.set(true), GUARD);
    let disabled = move || !(settled.get() && enabled.get());
    let press = move |_| {
        if settled.get_untracked() && enabled.get_untracked() {
            on_press();
        }
    };
    view! {
        <button type="button" class="filled" aria-disabled=move || disabled().to_string() on:click=press>
            {label}
        </button>
    }
}

/// Any other button.
#[component]
pub fn Button(
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// Does it.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! { <button type="button" on:click=move |_| on_press()>{label}</button> }
}
