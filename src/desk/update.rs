//! When another version of the page may take the place of this one: while nobody would be disturbed.

use super::{Desk, Screen};
use crate::{browser, shell};

/// Nothing is open, keyed or sent and nobody has pressed anything for so long.
const IDLE_MS: u64 = 60_000;
/// Whoever said "later" is not asked again for so long.
const LATER_MS: u64 = 3_600_000;

impl Desk {
    /// Once a second: offers an update that waits, or takes it where nobody is there to ask.
    pub(super) fn look_for_update(self, now: u64) {
        let is_idle = self.is_idle() && !browser::is_touched();
        let mut own = self.own().borrow_mut();
        if !is_idle {
            own.busy_until = own.busy_until.max(now);
        }
        let may_come = now.saturating_sub(own.busy_until) >= IDLE_MS && shell::update_waits();
        drop(own);
        if may_come && !self.terminal.with_untracked(|t| t.as_ref().is_some_and(|t| t.attended)) {
            shell::update();
        } else if may_come != self.update_ready.get_untracked() {
            self.update_ready.set(may_come);
        }
    }

    /// Not now.
    pub(crate) fn update_later(self) {
        self.own().borrow_mut().busy_until = browser::now() + LATER_MS;
        self.update_ready.set(false);
    }

    /// Whether nothing is keyed, and no payment is open or parked without a result.
    fn is_idle(self) -> bool {
        let nothing_asked = self
            .screen
            .with_untracked(|screen| matches!(screen, Screen::Attract | Screen::Keypad | Screen::Update));
        let nothing_keyed =
            self.entry.with_untracked(|entry| entry.as_ref().is_some_and(|e| e.amount().minor == 0));
        let nothing_noted = [&self.note, &self.reference, &self.email]
            .iter()
            .all(|text| text.with_untracked(String::is_empty));
        let nothing_open = self.parked.with_untracked(|all| all.iter().all(|attempt| attempt.is_finished()));
        nothing_asked && nothing_keyed && nothing_noted && nothing_open && !self.own().borrow().working
    }
}
