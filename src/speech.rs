//! The page's language: brought before anything is shown, and changed at once.

use crate::{browser, shell};
use leptos::prelude::{ArcTrigger, Notify as _, Track as _};
use std::sync::LazyLock;
use wasm_bindgen_futures::{JsFuture, spawn_local};

static CHANGED: LazyLock<ArcTrigger> = LazyLock::new(ArcTrigger::new);

/// Whoever renders by it is called again when the page speaks another language, and by [`again`].
pub fn follow() {
    CHANGED.track();
}

/// Has everything rendered again.
pub fn again() {
    CHANGED.notify();
}

/// A page without texts asks for them each so often, in milliseconds.
const AGAIN_MS: i32 = 1_000;

/// Shows the page once its texts are there.
pub fn start(show: fn()) {
    spawn_local(async move {
        while !speak("").await {
            browser::wait(AGAIN_MS).await;
        }
        show();
    });
}

/// Brings the texts of a language; the last one stays where they cannot be had. Whether it is spoken.
pub async fn speak(code: &str) -> bool {
    let text = JsFuture::from(shell::texts(code)).await.ok().and_then(|text| text.as_string());
    let is_spoken = text.map(language::speak).is_some();
    again();
    is_spoken
}
