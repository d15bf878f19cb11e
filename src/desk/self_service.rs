//! A kiosk, where nobody of the shop stands by: how long a screen waits for its customer, and what is forgotten with him.

use super::{Desk, Screen};
use crate::sound::Sound;
use crate::{browser, shell, sound, speech};
use language::say;
use leptos::task::spawn_local;
use payment::till::{Attempt, End, State};

/// While a payment is being keyed or asked about: 45 s, and 30 s in which the customer is asked whether he needs more.
const KEYING_MS: u64 = 75_000;
/// Its result was approved.
const PAID_MS: u64 = 15_000;
/// Its result was anything else.
const NOT_PAID_MS: u64 = 20_000;
/// Its result is not known yet.
const NOT_KNOWN_MS: u64 = 120_000;
/// The customer is asked so long before.
pub(crate) const ASKED_MS: u64 = 30_000;

impl Desk {
    /// Whether customers serve themselves here.
    #[must_use]
    pub fn is_self_service(self) -> bool {
        self.terminal.with(|t| t.as_ref().is_some_and(|t| !t.attended))
    }

    /// Whether the customer sees this screen: nothing on it is for staff.
    #[must_use]
    pub fn faces_customer(self) -> bool {
        self.flipped.get() || self.is_self_service()
    }

    /// Somebody has come.
    pub(crate) fn begin(self) {
        if self.can_pay() {
            self.begun.set(true);
        }
    }

    /// Somebody is still there.
    pub(crate) fn stay(self) {
        self.own().borrow_mut().alone_since = browser::now();
        self.look_for_customer(browser::now());
    }

    /// Once a second, and with each new screen: one that nobody touches is left.
    pub(crate) fn look_for_customer(self, now: u64) {
        let screen = self.screen.get_untracked();
        let mut own = self.own().borrow_mut();
        let is_new = own.alone_with.as_ref() != Some(&screen);
        if is_new || browser::is_touched() {
            own.alone_since = now;
        }
        let left = self.patience(&screen).map(|ms| ms.saturating_sub(now.saturating_sub(own.alone_since)));
        own.alone_with = Some(screen);
        drop(own);
        let before = self.leaves_in.get_untracked();
        if left != before {
            self.leaves_in.set(left);
        }
        let is_asked = |left: Option<u64>| left.is_some_and(|ms| ms <= ASKED_MS);
        if !is_new && is_asked(left) && !is_asked(before) {
            sound::play(Sound::Attention);
            self.alert.set(say::need_more_time().to_owned());
        }
        if left == Some(0) {
            self.forget_customer();
        }
    }

    /// How long the screen waits for a touch. One waits for ever while somebody else has to act, or a card is in.
    fn patience(self, screen: &Screen) -> Option<u64> {
        if !self.is_self_service() || self.card_in.get_untracked() {
            return None;
        }
        let result = |attempt: &Attempt| match &attempt.state {
            State::Finished(_, End::Result(payment::api::Outcome::Approved { .. })) => PAID_MS,
            _ => NOT_PAID_MS,
        };
        match screen {
            Screen::Keypad | Screen::Question(_) | Screen::Repeated => Some(KEYING_MS),
            Screen::Outcome(_) | Screen::ApprovedForLess(_) => {
                self.current.with_untracked(|attempt| attempt.as_ref().map(result))
            }
            Screen::Unresolved(..) => Some(NOT_KNOWN_MS),
            _ => None,
        }
    }

    /// Back to the start, with nothing on it of whoever was there.
    pub(crate) fn forget_customer(self) {
        if self.repeated.with_untracked(Option::is_some) {
            self.answer_repeated(false);
        }
        self.leave();
        self.forget_entry();
        self.begun.set(false);
        self.larger.set(false);
        self.aloud.set(false);
        let own = self.terminal.with_untracked(|t| t.as_ref().map(|t| t.merchant.language.clone()));
        if let Some(code) = own.filter(|code| *code != shell::language()) {
            spawn_local(async move {
                speech::speak(&code).await;
            });
        }
    }
}
