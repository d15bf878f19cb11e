use crate::parts::begin;
use crate::{Screen, book::Book};
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::proxy::{self, Answer};
use payment::api::Terminal;
use std::ops::Deref;
use wasm_bindgen::{JsCast, closure::Closure};

/// The proxy is asked whether it is there each so often.
const ASK_MS: i32 = 5_000;

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
    /// What is said to those who listen.
    pub said: Watched<String>,
    /// The list of payments.
    pub(crate) book: &'static Book,
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
            said: Watched::new(String::new()),
            book: Box::leak(Box::new(Book::new())),
        };
        let office = Self(Box::leak(Box::new(state)));
        let moved = Closure::<dyn FnMut()>::new(move || office.screen.set(Screen::of(&hash())));
        if let Some(window) = web_sys::window() {
            window.set_onhashchange(Some(moved.as_ref().unchecked_ref()));
        }
        // It hears of the address for as long as the page lives.
        moved.forget();
        begin(office.keep_in_touch());
        office
    }

    async fn keep_in_touch(self) {
        loop {
            let was_away = self.away.get_untracked();
            let terminal = self.heard(proxy::terminal().await);
            if terminal.is_some() && self.terminal.with_untracked(|known| *known != terminal) {
                self.terminal.set(terminal);
            }
            let is_back = was_away && !self.away.get_untracked();
            if is_back || self.is_book_waiting() {
                self.read_book();
            }
            browser::wait(ASK_MS).await;
        }
    }

    /// What the proxy answered; notes whether it did.
    pub(crate) fn heard<T>(self, answer: Answer<T>) -> Option<T> {
        let is_away = matches!(answer, Answer::Nothing);
        if self.away.get_untracked() != is_away {
            self.away.set(is_away);
        }
        answer.got()
    }
}

fn hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}
