use crate::parts::{Heading, text as live};
use leptos::prelude::*;

/// A screen that only says something.
#[component]
pub fn Notice(
    /// The heading.
    title: &'static str,
    /// What it is about.
    text: &'static str,
) -> impl IntoView {
    view! {
        <section class="notice">
            <Heading text=live(move || title.to_owned()) />
            <p>{text}</p>
        </section>
    }
}
