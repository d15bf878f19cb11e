//! What changes while a screen is shown, boxed: leptos compiles its rendering anew for each type of closure, and this way
//! there is one type of each kind.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A text that changes.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// A text that changes.
pub fn text(text: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(text)
}

/// A part of a screen that comes, goes or changes; `None` while there is nothing to show.
pub fn part(
    mut part: impl FnMut() -> Option<AnyView> + Send + 'static,
) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || part().unwrap_or_else(|| ().into_any()))
}

/// A class or property that is on or off.
pub fn flag(is_on: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(is_on)
}

/// What a press does.
pub fn press(mut action: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| action())
}
