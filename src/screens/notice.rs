use crate::parts::{element, heading, line, text};
use leptos::prelude::*;

/// A screen that only says something.
pub fn notice(title: &'static str, about: &'static str) -> Option<AnyView> {
    let all = vec![heading(text(move || title.to_owned())), line("", about.to_owned())];
    Some(element("section").class("notice").children(all).view())
}
