//! A signature drawn on the screen, for the merchant's copy. It is in this page's memory only, and gone with the screen.

use crate::parts::watched;
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{button, element, line, part, press, row};
use std::fmt::Write as _;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

/// The drawing's measures, as the paper has them.
const WIDTH: i32 = 600;
const HEIGHT: i32 = 200;
/// So many characters of strokes are more than a name.
const MOST: usize = 40_000;

/// Where the customer draws. `drawn` is an SVG path; empty while there is nothing.
pub(super) fn pad(drawn: &'static Watched<String>) -> AnyView {
    let is_down = watched(false);
    let begin = move |event: Event| {
        if let Some((x, y)) = place(&event) {
            is_down.set(true);
            // A point is a stroke too.
            drawn.update(|path| add(path, 'M', x, y));
            drawn.update(|path| add(path, 'L', x, y));
        }
    };
    let draw = move |event: Event| {
        if is_down.get_untracked()
            && let Some((x, y)) = place(&event)
        {
            drawn.update(|path| add(path, 'L', x, y));
        }
    };
    let ink = part(move || Some(ink(&drawn.get())));
    let pad = element("div").class("pad").attr("role", "img").attr("aria-label", say::field_to_sign());
    let pad = pad.on("pointerdown", begin).on("pointermove", draw);
    let pad =
        pad.on("pointerup", move |_| is_down.set(false)).on("pointerleave", move |_| is_down.set(false));
    let clear = button(say::clear().to_owned(), press(move || drawn.set(String::new())));
    element("div")
        .class("signing")
        .child(line("", say::sign_here().to_owned()))
        .children([pad.child(ink).view(), row(vec![clear])])
        .view()
}

fn ink(path: &str) -> AnyView {
    let svg = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}"><path d="{path}"/></svg>"#);
    leptos::html::div().class("signed").inner_html(svg).into_any()
}

/// Where in the drawing the pointer is.
fn place(event: &Event) -> Option<(i32, i32)> {
    let pointer: &PointerEvent = event.dyn_ref()?;
    let pad: Element = event.current_target()?.dyn_into().ok()?;
    let (width, height) = (pad.client_width().max(1), pad.client_height().max(1));
    Some((pointer.offset_x() * WIDTH / width, pointer.offset_y() * HEIGHT / height))
}

fn add(path: &mut String, command: char, x: i32, y: i32) {
    if path.len() < MOST {
        // Writing to a text does not fail.
        let _ = write!(path, "{command}{x} {y}");
    }
}
