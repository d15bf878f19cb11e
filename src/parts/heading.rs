use super::{Text, follow};
use leptos::html::H1;
use leptos::prelude::*;

/// A screen's heading. It takes the focus when the screen comes.
#[inline(never)]
pub fn heading(text: Text) -> AnyView {
    let node = NodeRef::<H1>::new();
    follow(move || {
        if let Some(heading) = node.get() {
            let _ = heading.focus();
        }
    });
    view! { <h1 tabindex="-1" node_ref=node>{text}</h1> }.into_any()
}
