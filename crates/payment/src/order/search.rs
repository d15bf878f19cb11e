//! After a lost answer: does the order exist at the gateway?

use super::{Answer, Effect, Missing, Order, Rules, State, Status, Step};
use crate::api::{GiveBackReason, NotCharged, Outcome, Reason};
use serde::{Deserialize, Serialize};

/// What is known of an order whose submission was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// When the answer was lost.
    pub since: u64,
    /// How many "no such order" counted, each at least [`Rules::not_found_gap_ms`] after the one before.
    pub not_found: u8,
    /// When the first one counted; 0 before.
    #[serde(default)]
    pub denied_at: u64,
    /// When the last one counted.
    pub counted_at: u64,
}

/// How often the gateway must deny the order before the grace, by the vendor client's own rule.
const DENIALS: u8 = 3;

/// When an order that was reported as never arrived is asked for again, after it was taken.
const WATCH_MS: [u64; 3] = [FIRST_WATCH_MS, 60 * 60_000, 24 * 60 * 60_000];
/// Between two questions that nobody answers, where nothing sooner is due.
const UNANSWERED_MS: u64 = 60 * 60_000;
const FIRST_WATCH_MS: u64 = 10 * 60_000;

impl Order {
    /// The submission may or may not have arrived.
    pub(super) fn lose(mut self, now: u64) -> Step {
        if let State::Searching(_) = self.state {
            return (self, vec![]);
        }
        self.state = State::Searching(Search { since: now, not_found: 0, denied_at: 0, counted_at: 0 });
        self.wake_at = Some(now);
        (self, vec![Effect::ForgetCardData])
    }

    /// The gateway denied an order that we search: certain only after three denials and one more after the grace, which
    /// runs from the first: before that nobody was heard to deny it.
    pub(super) fn denied(mut self, search: Search, rules: &Rules, now: u64) -> Step {
        let apart = now.saturating_sub(search.counted_at) >= rules.not_found_gap_ms;
        let denied_since = |search: Search| search.denied_at.max(search.since);
        let past_grace = now.saturating_sub(denied_since(search)) >= rules.not_found_grace_ms;
        if search.not_found >= DENIALS && apart && past_grace {
            let why = NotCharged::NeverArrived;
            let (mut order, effects) = self.finish(Outcome::NotCharged { why, reason: Reason::default() });
            order.wake_at = Some(order.accepted_at.saturating_add(FIRST_WATCH_MS).max(now));
            return (order, effects);
        }
        let search = match apart {
            true => {
                let denied_at = if search.not_found == 0 { now } else { search.denied_at };
                Search { not_found: search.not_found.saturating_add(1), denied_at, counted_at: now, ..search }
            }
            false => search,
        };
        self.state = State::Searching(search);
        let grace_ends = denied_since(search).saturating_add(rules.not_found_grace_ms);
        let next = now.saturating_add(rules.not_found_gap_ms);
        self.wake_at = Some(if search.not_found >= DENIALS { next.max(grace_ends) } else { next });
        (self, vec![])
    }

    /// An answer about an order that was reported as never arrived. The report stays; money that turns up goes back.
    pub(super) fn watched(mut self, answer: Answer, rules: &Rules, now: u64) -> Step {
        let report = match answer {
            Answer::Report(report) if self.is_ours(&report) => report,
            Answer::NotFound => {
                let passed = now.saturating_sub(self.accepted_at);
                let next = WATCH_MS.iter().find(|&&at| at > passed);
                self.wake_at = next.map(|at| self.accepted_at.saturating_add(*at));
                return (self, vec![]);
            }
            answer => {
                // Not answered: a watch that missed its last question would have watched nothing.
                let later = (answer == Answer::Lost).then(|| now.saturating_add(UNANSWERED_MS));
                self.wake_at = self.next_question(rules, now).or(later);
                // It exists, and a later transaction hides what became of the sale.
                let hidden = matches!(answer, Answer::Report(report) if self.has_ids_of(&report));
                if !hidden || self.needs_person.is_some() {
                    return (self, vec![]);
                }
                self.needs_person(Missing::Sale);
                return (self, vec![Effect::Alarm("an order reported as not charged exists")]);
            }
        };
        self.order_id = Some(report.order_id);
        self.wake_at = None;
        match report.status {
            Status::Approved => {
                let (order, mut effects) = self.start_give_back(GiveBackReason::ChargedLate, now);
                effects.push(Effect::Alarm("charged late: an order reported as not charged was approved"));
                (order, effects)
            }
            Status::Processing | Status::Unknown => {
                self.wake_at = self.next_question(rules, now);
                (self, vec![])
            }
            Status::Declined | Status::Filtered | Status::Error => (self, vec![]),
        }
    }
}
