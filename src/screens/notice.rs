use crate::parts::Heading;
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
            <Heading text=title.to_owned() />
            <p>{text}</p>
        </section>
    }
}
