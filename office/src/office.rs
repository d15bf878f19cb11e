use crate::entrance::{Entrance, Face};
use crate::parts::begin;
use crate::{Screen, book::Book};
use language::say;
use leptos::prelude::set_interval;
use mpos_terminal::desk::Watched;
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::{browser, shell, sound, sound::Sound};
use payment::api::{Problem, Terminal};
use payment::json::FromJson;
use payment::role::Right;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};

/// The proxy is asked who is signed in each so many seconds.
const TERMINAL_S: u64 = 5;
/// The proxy's code for a call that needs somebody to be signed in.
const SIGN_IN: &str = "sign-in";

/// What the office knows. A handle: all copies are the same office, which lives as long as the page.
#[derive(Clone, Copy)]
pub struct Office(&'static State);

/// What screens watch.
pub struct State {
    /// Which screen is to be seen.
    pub screen: Watched<Screen>,
    /// What this till may do and who is signed in, once the proxy has said so.
    pub terminal: Watched<Option<Terminal>>,
    /// What whoever is signed in may do.
    pub rights: Watched<Vec<Right>>,
    /// The proxy does not answer.
    pub away: Watched<bool>,
    /// Unix milliseconds, once a second.
    pub now: Watched<u64>,
    /// What the last press came to, for people: what went wrong and what to do, or that it is done.
    pub said: Watched<String>,
    /// A transaction is on its way on this page. The till does not lock over it.
    pub busy: Watched<bool>,
    /// Signing in.
    pub entrance: Entrance,
    touched: AtomicBool,
    /// How often somebody has signed in or out: what was asked before is no longer how it is.
    turns: AtomicU32,
    /// The address that somebody wanted to see before they were asked to sign in.
    wanted: Watched<String>,
    /// What is said to those who listen.
    pub polite: Watched<String>,
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
    /// An office at this screen that has asked nobody anything.
    #[must_use]
    pub fn at(screen: Screen) -> Self {
        let state = State {
            screen: Watched::new(screen),
            terminal: Watched::new(None),
            rights: Watched::new(vec![]),
            away: Watched::new(false),
            now: Watched::new(browser::now()),
            said: Watched::new(String::new()),
            busy: Watched::new(false),
            entrance: Entrance::default(),
            touched: AtomicBool::new(false),
            turns: AtomicU32::new(0),
            wanted: Watched::new(String::new()),
            polite: Watched::new(String::new()),
            book: Box::leak(Box::new(Book::new())),
        };
        Self(Box::leak(Box::new(state)))
    }

    /// Opens the office at the screen that the address names, and follows the address.
    pub(crate) fn open() -> Self {
        let office = Self::at(Screen::of(&hash()));
        let moved = Closure::<dyn FnMut()>::new(move || {
            office.said.set(String::new());
            office.polite.set(String::new());
            let screen = Screen::of(&hash());
            if screen == Screen::SignIn {
                // Whoever is signed in and comes here wants to give the till to somebody else.
                let face = if office.signed_in() { Face::Names } else { Face::StandBy };
                office.entrance.turn(face);
            }
            office.screen.set(screen);
        });
        if let Some(window) = web_sys::window() {
            window.set_onhashchange(Some(moved.as_ref().unchecked_ref()));
        }
        // It hears of the address for as long as the page lives.
        moved.forget();
        set_interval(move || office.beat(), Duration::from_secs(1));
        office.ask();
        office
    }

    /// Once a second.
    fn beat(self) {
        let now = browser::now();
        let is_touched = browser::is_touched();
        self.touched.fetch_or(is_touched, Relaxed);
        self.entrance.beat(is_touched || self.signed_in());
        // Whoever said "later, when idle" at the till meant now.
        if self.entrance.is_left() && shell::update_waits() {
            shell::update();
        }
        self.now.set(now);
        if (now / 1000).is_multiple_of(TERMINAL_S) {
            self.ask();
        }
    }

    /// Asks the proxy who is signed in, and tells it whether somebody is here.
    pub(crate) fn ask(self) {
        let here = self.touched.swap(false, Relaxed) || self.busy.get_untracked();
        let turn = self.turns.load(Relaxed);
        begin(async move {
            let was_away = self.away.get_untracked();
            let Some(terminal) = self.heard(proxy::terminal(here).await) else { return };
            if was_away || self.is_book_waiting() {
                self.read_book();
            }
            if turn != self.turns.load(Relaxed) {
                return;
            }
            let nobody = terminal.operator.is_none();
            let is_new = self.terminal.renew(Some(terminal));
            if nobody && !self.busy.get_untracked() {
                self.ask_to_sign_in();
            } else if !nobody && self.entrance.face.get_untracked() == Face::StandBy {
                self.entrance.turn(Face::Names);
            }
            if is_new {
                self.ask_rights().await;
            }
            if self.screen.get_untracked() == Screen::SignIn {
                self.entrance.look(self).await;
            }
        });
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn signed_in(self) -> bool {
        self.terminal.with(|t| t.as_ref().is_some_and(|t| t.operator.is_some()))
    }

    /// Whether whoever is signed in may do this.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self.rights.with(|rights| rights.contains(&right))
    }

    /// What the proxy answered; notes whether it did and whether somebody has to sign in, and says why it refused.
    pub(crate) fn heard<T>(self, answer: Answer<T>) -> Option<T> {
        let is_away = matches!(answer, Answer::Nothing);
        self.away.renew(is_away);
        match &answer {
            Answer::Refused(Problem { code, .. }) if code == SIGN_IN => self.ask_to_sign_in(),
            Answer::Refused(problem) => self.refuse(problem.cashier.clone()),
            Answer::Got(_) | Answer::Nothing => {}
        }
        answer.got()
    }

    /// Posts what somebody has keyed and answers what came of it.
    pub(crate) async fn post<T: FromJson>(self, path: &str, body: Option<proxy::Body>) -> Option<T> {
        self.said.set(String::new());
        let answer = proxy::call("POST", path.to_owned(), body).await;
        if matches!(answer, Answer::Nothing) {
            self.refuse(say::no_answer().to_owned());
        }
        self.heard(answer)
    }

    /// Says why something is not done.
    pub(crate) fn refuse(self, why: String) {
        sound::play(Sound::NotPaid);
        self.said.set(why);
    }

    /// Somebody has signed in: to what was wanted, or to the till.
    pub(crate) fn enter(self, terminal: Terminal) {
        self.turn(terminal);
        let wanted = self.wanted.get_untracked();
        self.wanted.set(String::new());
        browser::go(if wanted.is_empty() { "/" } else { &wanted });
    }

    /// The till as it is now that somebody has signed in or out.
    pub(crate) fn turn(self, terminal: Terminal) {
        self.turns.fetch_add(1, Relaxed);
        self.terminal.set(Some(terminal));
        begin(self.ask_rights());
    }

    /// Asks what whoever is signed in may do.
    async fn ask_rights(self) {
        let rights = self.heard(proxy::call("GET", "rights".to_owned(), None).await).unwrap_or_default();
        self.rights.renew(rights);
    }

    fn ask_to_sign_in(self) {
        if !self.screen.get_untracked().is_entrance() {
            self.wanted.set(hash());
            browser::go("#sign-in");
        }
    }
}

fn hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}
