use crate::parts::{element, heading, line, text};
use leptos::prelude::*;

/// A screen that only says something.
pub fn notice(title: &'static str, about: String) -> Option<AnyView> {
    let all = vec![heading(text(move || title.to_owned())), line("", about)];
    Some(element("section").class("notice").children(all).view())
}
