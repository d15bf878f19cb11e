use super::Text;
use leptos::html::H1;
use leptos::prelude::*;

/// A screen's heading. It takes the focus when the screen comes.
#[component]
pub fn Heading(
    /// Its text.
    text: Text,
) -> impl IntoView {
    let node = NodeRef::<H1>::new();
    Effect::new(move || {
        if let Some(heading) = node.get() {
            let _ = heading.focus();
        }
    });
    view! { <h1 tabindex="-1" node_ref=node>{text}</h1> }
}
