//! What the office's screens are made of, beside the till's own parts.

use crate::Office;
use leptos::prelude::*;
use mpos_terminal::parts::{Press, element, text};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// The one filled button of a screen.
pub(crate) fn filled(label: &str, mut on_press: Press) -> AnyView {
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
    element("label").class("field").child(element("span").text(label).view()).child(input.view()).view()
}

/// A field for a staff PIN.
pub(crate) const PIN: &[(&str, &str)] =
    &[("type", "password"), ("inputmode", "numeric"), ("maxlength", "12")];

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
