//! What the office's screens are made of, beside the till's own parts.

use crate::Office;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{Press, Text, element, text};
use std::{pin::Pin, time::Duration};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

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

/// A text that does not change, where one that may is asked for.
pub(crate) fn fixed(words: impl Into<String>) -> Text {
    let words = words.into();
    text(move || words.clone())
}

/// A way to another screen that looks like a button.
pub(crate) fn link(label: impl Into<String>, address: impl Into<String>) -> AnyView {
    element("a").attr("role", "button").live_attr("href", fixed(address)).text(label).view()
}

/// A button that stays down while this holds.
pub(crate) fn toggle(
    label: impl Into<String>,
    is_down: impl Fn() -> bool + Send + 'static,
    mut press: impl FnMut() + 'static,
) -> AnyView {
    let button = element("button").attr("type", "button");
    let button = button.live_attr("aria-pressed", text(move || is_down().to_string()));
    button.on("click", move |_| press()).text(label).view()
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
pub(crate) fn labelled(label: &str, input: AnyView) -> AnyView {
    element("label").class("field").child(element("span").text(label).view()).child(input).view()
}

/// A choice of these, each a value and its label, and which of them is chosen.
pub(crate) fn choice(
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    mut choose: impl FnMut(String) + 'static,
) -> AnyView {
    let option = |(value, label): (String, String)| {
        let option = element("option");
        let option = if value == chosen { option.attr("selected", "") } else { option };
        option.live_attr("value", fixed(value)).text(label).view()
    };
    let select = element("select").on("change", move |event| choose(value(&event)));
    labelled(label, select.children(options.into_iter().map(option)).view())
}

/// The filled button of a form that is keyed and sent: nothing was pressed before it came.
pub(crate) fn submit(label: &str, mut on_press: Press) -> AnyView {
    element("button")
        .attr("type", "button")
        .class("filled")
        .on("click", move |_| on_press())
        .text(label)
        .view()
}

/// What the last press came to. It is there from the start, so that it is heard.
pub(crate) fn said(office: Office) -> AnyView {
    element("p").class("said").attr("role", "alert").live_text(text(move || office.said.get())).view()
}

/// A labelled field of this id. What is keyed stays in the field and nowhere else.
pub(crate) fn field(id: &'static str, label: &str, kind: &[(&'static str, &'static str)]) -> AnyView {
    let mut input = element("input").attr("id", id).attr("autocomplete", "off");
    for (name, value) in kind {
        input = input.attr(name, value);
    }
    labelled(label, input.view())
}

/// A field for a staff PIN.
pub(crate) const PIN: &[(&str, &str)] =
    &[("type", "password"), ("dir", "ltr"), ("inputmode", "numeric"), ("maxlength", "12")];

/// The field of this id, while it is on the page.
pub(crate) fn input(id: &str) -> Option<HtmlInputElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// What is keyed into the field of this id.
pub(crate) fn keyed(id: &str) -> String {
    input(id).map(|input| input.value()).unwrap_or_default()
}

/// Empties the field of this id.
pub(crate) fn empty(id: &str) {
    if let Some(input) = input(id) {
        input.set_value("");
    }
}

/// Gives the focus to the field of this id, once it has come.
pub(crate) fn focus(id: &'static str) {
    queue_microtask(move || {
        if let Some(input) = input(id) {
            let _ = input.focus();
        }
    });
}

/// Whether this is Enter in a field.
pub(crate) fn is_enter(event: &web_sys::Event) -> bool {
    let event: &KeyboardEvent = event.unchecked_ref();
    let in_field = event.target().is_some_and(|target| target.is_instance_of::<HtmlInputElement>());
    in_field && event.key() == "Enter" && !event.repeat()
}
