//! What screens of the office are made of, beside the till's parts.

use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{Press, Text, element, text};
use std::{pin::Pin, time::Duration};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

/// A finger that has just pressed what stood there before does not press this one.
const GUARD: Duration = Duration::from_millis(350);

/// Does something that takes time. One type of future, whatever it does: each other would be compiled anew.
pub(crate) fn begin(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    spawn_local(work);
}

/// A value that screens watch, for as long as the page lives.
pub(crate) fn watched<T>(value: T) -> &'static Watched<T> {
    Box::leak(Box::new(Watched::new(value)))
}

/// The one filled button of a screen. For its first 350 ms, and unless it is enabled, it takes no press.
pub(crate) fn filled(
    label: Text,
    enabled: impl Fn() -> bool + Clone + Send + 'static,
    mut press: Press,
) -> AnyView {
    let settled = watched(false);
    set_timeout(move || settled.set(true), GUARD);
    let is_enabled = enabled.clone();
    let disabled = text(move || (!(settled.get() && is_enabled())).to_string());
    let button =
        element("button").attr("type", "button").class("filled").live_attr("aria-disabled", disabled);
    let button = button.on("click", move |_| {
        if settled.get_untracked() && enabled() {
            press();
        }
    });
    button.live_text(label).view()
}

/// A way to another screen that looks like a button.
pub(crate) fn link(label: &'static str, address: String) -> AnyView {
    element("a").attr("role", "button").live_attr("href", text(move || address.clone())).text(label).view()
}

/// What the field holds at which something happened.
pub(crate) fn value(event: &Event) -> String {
    let Some(field) = event.target() else { return String::new() };
    match field.dyn_into::<HtmlInputElement>() {
        Ok(input) => input.value(),
        Err(field) => field.dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default(),
    }
}

/// Something to key into or to choose from, with its label above it.
pub(crate) fn labelled(label: &'static str, input: AnyView) -> AnyView {
    element("label").class("field").child(element("span").text(label).view()).child(input).view()
}

/// A choice of these, each a value and its label.
pub(crate) fn choice(
    label: &'static str,
    options: Vec<(String, String)>,
    mut choose: impl FnMut(String) + 'static,
) -> AnyView {
    let option = |(value, label): (String, String)| {
        element("option").live_attr("value", text(move || value.clone())).text(label).view()
    };
    let select = element("select").on("change", move |event| choose(value(&event)));
    labelled(label, select.children(options.into_iter().map(option)).view())
}
