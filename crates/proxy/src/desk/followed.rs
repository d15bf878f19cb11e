//! The orders that are followed, and when each is to be woken.

use payment::{attempt::AttemptId, order::Order};
use std::collections::{BTreeSet, HashMap};

/// The orders that are followed, as the store has them and with what only memory knows.
#[derive(Debug, Default)]
pub(super) struct Followed {
    orders: HashMap<AttemptId, Order>,
    /// When to wake which, soonest first.
    schedule: BTreeSet<(u64, AttemptId)>,
}

impl Followed {
    pub(super) fn get(&self, id: &AttemptId) -> Option<&Order> {
        self.orders.get(id)
    }

    pub(super) fn orders(&self) -> impl ExactSizeIterator<Item = &Order> {
        self.orders.values()
    }

    /// Takes an order as it was stored last, and lets it go if nothing is left to do.
    pub(super) fn put(&mut self, order: Order) {
        let id = order.terms.attempt.clone();
        let wake_at = order.wake_at();
        let before =
            if order.is_followed() { self.orders.insert(id.clone(), order) } else { self.orders.remove(&id) };
        if let Some(at) = before.and_then(|before| before.wake_at()) {
            self.schedule.remove(&(at, id.clone()));
        }
        if let Some(at) = wake_at {
            self.schedule.insert((at, id));
        }
    }

    /// Takes what is due off the schedule; each is back on it once it was woken and put here again.
    pub(super) fn due(&mut self, now: u64) -> Vec<AttemptId> {
        let mut due = vec![];
        while let Some(first) = self.schedule.first()
            && first.0 <= now
        {
            due.extend(self.schedule.pop_first().map(|(_, id)| id));
        }
        due
    }

    /// When the next is due.
    pub(super) fn next_due(&self) -> Option<u64> {
        self.schedule.first().map(|(at, _)| *at)
    }
}
