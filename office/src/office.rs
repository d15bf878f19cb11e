use crate::Screen;
use mpos_terminal::desk::Watched;
use mpos_terminal::proxy::{self, Answer};
use payment::api::Terminal;
use std::ops::Deref;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;

/// What the office knows. A handle: all copies are the same office, which lives as long as the page.
#[derive(Clone, Copy)]
pub struct Office(&'static State);

/// What screens watch.
pub struct State {
    /// Which screen is to be seen.
    pub screen: Watched<Screen>,
    /// What this till may do, once the proxy has said so.
    pub terminal: Watched<Option<Terminal>>,
    /// The proxy does not answer.
    pub away: Watched<bool>,
}

impl Deref for Office {
    type Target = State;

    fn deref(&self) -> &State {
        self.0
    }
}

impl Office {
    /// Opens the office at the screen that the address names, and follows the address.
    pub(crate) fn open() -> Self {
        let state = State {
            screen: Watched::new(Screen::of(&hash())),
            terminal: Watched::new(None),
            away: Watched::new(false),
        };
        let office = Self(Box::leak(Box::new(state)));
        let moved = Closure::<dyn FnMut()>::new(move || office.screen.set(Screen::of(&hash())));
        if let Some(window) = web_sys::window() {
            window.set_onhashchange(Some(moved.as_ref().unchecked_ref()));
        }
        // It hears of the address for as long as the page lives.
        moved.forget();
        spawn_local(async move {
            let terminal = office.heard(proxy::terminal().await);
            office.terminal.set(terminal);
        });
        office
    }

    /// What the proxy answered; notes whether it did.
    pub(crate) fn heard<T>(self, answer: Answer<T>) -> Option<T> {
        self.away.set(matches!(answer, Answer::Nothing));
        answer.got()
    }
}

fn hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}
