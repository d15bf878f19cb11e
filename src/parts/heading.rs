use super::{Text, element};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A screen's heading. It takes the focus when the screen comes.
pub fn heading(text: Text) -> AnyView {
    focus_heading();
    element("h1").attr("tabindex", "-1").live_text(text).view()
}

/// Gives the focus to the heading of the screen that is about to come.
pub fn focus_heading() {
    queue_microtask(|| {
        let heading = web_sys::window().and_then(|window| window.document()?.query_selector("h1").ok()?);
        // A screen that has gone again has no heading any more.
        if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
            let _ = heading.focus();
        }
    });
}
