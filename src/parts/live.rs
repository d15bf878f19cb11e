//! What changes while a screen is shown, boxed: leptos compiles its rendering anew for each type of closure, and this way
//! there is one type of each kind.

use super::element;
use leptos::prelude::*;
use web_sys::Event;

/// A text that changes.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// A text that changes.
pub fn text(text: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(text)
}

/// A part of a screen that comes, goes or changes; `None` while there is nothing to show.
#[inline(never)]
pub fn part(part: impl FnMut() -> Option<AnyView> + Send + 'static) -> AnyView {
    let mut part: Box<dyn FnMut() -> Option<AnyView> + Send> = Box::new(part);
    (move || part()).into_any()
}

/// A class or property that is on or off.
pub fn flag(is_on: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(is_on)
}

/// What a press does.
pub type Press = Box<dyn FnMut()>;

/// What a press does.
pub fn press(action: impl FnMut() + 'static) -> Press {
    Box::new(action)
}

/// A line of text.
#[inline(never)]
pub fn line(class: &'static str, text: String) -> AnyView {
    element("p").class(class).text(text).view()
}

/// A line of text that changes.
#[inline(never)]
pub fn live_line(class: &'static str, text: Text) -> AnyView {
    element("p").class(class).live_text(text).view()
}

/// What is being waited for: a ring beside a text that changes.
#[inline(never)]
pub fn waiting_line(text: Text) -> AnyView {
    let ring = element("span").class("ring").attr("aria-hidden", "true").view();
    element("p").class("wait").child(ring).live_text(text).view()
}

/// The amount that a screen is about.
#[inline(never)]
pub fn amount_line(amount: String) -> AnyView {
    element("p").class(amount_size(&amount)).child(element("bdi").text(amount).view()).view()
}

/// The class of an amount: a long one is smaller, so that it is never cut.
pub fn amount_size(amount: &str) -> &'static str {
    match amount.len() {
        0..=10 => "amount",
        11..=13 => "amount long",
        _ => "amount longest",
    }
}

/// Hears an event of the window's.
#[inline(never)]
pub fn hear(event: &'static str, act: impl Fn(&Event) + 'static) -> WindowListenerHandle {
    let act: Box<dyn Fn(Event)> = Box::new(move |event| act(&event));
    window_event_listener_untyped(event, act)
}

/// Hears an event of the window's for as long as the screen is there.
pub fn hear_here(event: &'static str, act: impl Fn(&Event) + 'static) {
    let heard = hear(event, act);
    on_cleanup(move || heard.remove());
}

/// Does something now, and again whenever what it looked at has changed.
pub fn follow(action: impl FnMut() + 'static) {
    let mut action: Box<dyn FnMut()> = Box::new(action);
    let effect = RenderEffect::new(move |_| action());
    on_cleanup(move || drop(effect));
}
