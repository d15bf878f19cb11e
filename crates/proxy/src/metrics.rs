//! What operations watch, in Prometheus' text format.

use crate::books::compare::Differs;
use crate::clock;
use crate::store::ledger::Run;
use payment::api::{GatewayHealth, LaterKind, Outcome, Reached};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Counters since the start, and the last facts about the gateway.
#[derive(Debug, Default)]
pub struct Metrics {
    accepted: AtomicU64,
    outcomes: [AtomicU64; OUTCOMES.len()],
    given_back: AtomicU64,
    moved: [AtomicU64; 3],
    alarms: AtomicU64,
    store_failures: AtomicU64,
    verified_callbacks: AtomicU64,
    forged_callbacks: AtomicU64,
    gateway_answers: AtomicU64,
    gateway_forbidden: AtomicU64,
    gateway_silences: AtomicU64,
    gateway: Mutex<GatewayFacts>,
    watchers: AtomicI64,
    books: [AtomicU64; Differs::ALL.len()],
    /// Unix seconds; 0 before the first.
    books_compared_at: AtomicU64,
    books_failures: AtomicU64,
}

/// The last facts about the gateway.
#[derive(Debug, Default)]
struct GatewayFacts {
    known: GatewayHealth,
    tried: Option<Instant>,
}

impl GatewayFacts {
    fn tried(&mut self, ended: Reached) {
        self.tried = Some(Instant::now());
        self.known.tried_at = Some(clock::unix_ms());
        self.known.ended = Some(ended);
    }
}

const OUTCOMES: [&str; 5] = ["approved", "declined", "filtered", "error", "not_charged"];

impl Metrics {
    pub(crate) fn accepted(&self) {
        self.accepted.fetch_add(1, Relaxed);
    }

    pub(crate) fn finished(&self, outcome: &Outcome) {
        let [approved, declined, filtered, error, not_charged] = &self.outcomes;
        let counter = match outcome {
            Outcome::Approved { .. } => approved,
            Outcome::Declined(_) => declined,
            Outcome::Filtered(_) => filtered,
            Outcome::Error(_) => error,
            Outcome::NotCharged { .. } => not_charged,
            Outcome::GivenBack { .. } => &self.given_back,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn given_back(&self) {
        self.given_back.fetch_add(1, Relaxed);
    }

    /// A later transaction was carried out.
    pub(crate) fn moved(&self, kind: LaterKind) {
        let [captures, returns, voids] = &self.moved;
        let counter = match kind {
            LaterKind::Capture => captures,
            LaterKind::Return => returns,
            LaterKind::Void => voids,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn alarm(&self) {
        self.alarms.fetch_add(1, Relaxed);
    }

    pub(crate) fn store_failed(&self) {
        self.store_failures.fetch_add(1, Relaxed);
    }

    pub(crate) fn callback_verified(&self) {
        self.verified_callbacks.fetch_add(1, Relaxed);
    }

    pub(crate) fn callback_forged(&self) {
        self.forged_callbacks.fetch_add(1, Relaxed);
    }

    pub(crate) fn watcher_came(&self) {
        self.watchers.fetch_add(1, Relaxed);
    }

    pub(crate) fn watcher_left(&self) {
        self.watchers.fetch_sub(1, Relaxed);
    }

    /// The books were compared.
    pub(crate) fn reconciled(&self, run: &Run) {
        for (differs, count) in Differs::ALL.iter().zip(&self.books) {
            count.store(run.differences.get(differs.name()).copied().unwrap_or_default(), Relaxed);
        }
        self.books_compared_at.store(run.at / 1_000, Relaxed);
    }

    pub(crate) fn reconciliation_failed(&self) {
        self.books_failures.fetch_add(1, Relaxed);
    }

    /// A call ended so, perhaps with the gateway's clock.
    pub(crate) fn gateway_called(&self, ended: Reached, clock_ahead: Option<i64>) {
        let is_answer = match ended {
            Reached::Refused => {
                self.gateway_forbidden.fetch_add(1, Relaxed);
                true
            }
            Reached::Reachable => {
                self.gateway_answers.fetch_add(1, Relaxed);
                true
            }
            Reached::Silent | Reached::Unreachable => {
                self.gateway_silences.fetch_add(1, Relaxed);
                false
            }
        };
        let mut facts = self.facts();
        facts.tried(ended);
        if is_answer {
            facts.known.answered_at = facts.known.tried_at;
        }
        if let Some(seconds) = clock_ahead {
            facts.known.clock_ahead_s = seconds.try_into().ok();
        }
    }

    /// A connection could be begun, or not; nothing was asked. That says nothing against what a call has shown since.
    pub(crate) fn gateway_connected(&self, is_connected: bool) {
        let mut facts = self.facts();
        let ended = match facts.known.ended {
            _ if !is_connected => Reached::Unreachable,
            Some(shown @ (Reached::Refused | Reached::Silent)) => shown,
            _ => Reached::Reachable,
        };
        facts.tried(ended);
    }

    /// Whether the gateway was called or connected to in this last time.
    pub(crate) fn gateway_tried_within(&self, last: Duration) -> bool {
        self.facts().tried.is_some_and(|at| at.elapsed() < last)
    }

    /// What is known of the gateway.
    pub(crate) fn gateway(&self) -> GatewayHealth {
        self.facts().known
    }

    fn facts(&self) -> MutexGuard<'_, GatewayFacts> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the gateway answered the last question; true before the first.
    #[must_use]
    pub fn gateway_reachable(&self) -> bool {
        !matches!(self.gateway().ended, Some(Reached::Silent | Reached::Unreachable))
    }

    /// The text, with the number of orders that are followed and of those that need a person.
    #[must_use]
    pub fn text(&self, followed: usize, need_person: usize) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(&str, i128)]| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in samples {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        let count = |counter: &AtomicU64| i128::from(counter.load(Relaxed));
        let outcomes: Vec<_> = OUTCOMES
            .iter()
            .zip(&self.outcomes)
            .map(|(name, counter)| (format!("{{outcome=\"{name}\"}}"), count(counter)))
            .collect();
        let outcomes: Vec<_> = outcomes.iter().map(|(labels, value)| (labels.as_str(), *value)).collect();
        let answers = [
            ("{result=\"answer\"}", count(&self.gateway_answers)),
            ("{result=\"forbidden\"}", count(&self.gateway_forbidden)),
            ("{result=\"silence\"}", count(&self.gateway_silences)),
        ];
        let counter = "counter";
        family(
            "mpos_payments_accepted_total",
            counter,
            "Payments taken from the page.",
            &[("", count(&self.accepted))],
        );
        family("mpos_payments_finished_total", counter, "Payments that became final.", &outcomes);
        let back = [("", count(&self.given_back))];
        family("mpos_payments_given_back_total", counter, "Payments that were returned in full.", &back);
        let [captures, returns, voids] = &self.moved;
        let moved = [
            ("{kind=\"capture\"}", count(captures)),
            ("{kind=\"return\"}", count(returns)),
            ("{kind=\"void\"}", count(voids)),
        ];
        family("mpos_later_total", counter, "Captures, returns and voids that moved money.", &moved);
        family("mpos_alarms_total", counter, "Events that staff must hear of.", &[("", count(&self.alarms))]);
        family(
            "mpos_store_failures_total",
            counter,
            "Writes that failed.",
            &[("", count(&self.store_failures))],
        );
        family(
            "mpos_callbacks_verified_total",
            counter,
            "Callbacks whose checksum fits.",
            &[("", count(&self.verified_callbacks))],
        );
        family(
            "mpos_callbacks_forged_total",
            counter,
            "Callbacks whose checksum does not fit.",
            &[("", count(&self.forged_callbacks))],
        );
        family("mpos_gateway_calls_total", counter, "Calls of the gateway.", &answers);
        let failures = [("", count(&self.books_failures))];
        family("mpos_books_failures_total", counter, "Reconciliations that failed.", &failures);
        let gauge = "gauge";
        let books: Vec<_> = Differs::ALL
            .iter()
            .zip(&self.books)
            .map(|(differs, found)| (format!("{{kind=\"{}\"}}", differs.name()), count(found)))
            .collect();
        let books: Vec<_> = books.iter().map(|(labels, value)| (labels.as_str(), *value)).collect();
        family("mpos_books_differences", gauge, "Differences that the last reconciliation found.", &books);
        let at = [("", count(&self.books_compared_at))];
        family("mpos_books_compared_at_seconds", gauge, "Unix time of the last reconciliation.", &at);
        let reachable = i128::from(self.gateway_reachable());
        family("mpos_gateway_reachable", gauge, "Whether the last call was answered.", &[("", reachable)]);
        let ahead = i128::from(self.gateway().clock_ahead_s.unwrap_or_default());
        family("mpos_clock_ahead_seconds", gauge, "Our clock less the gateway's.", &[("", ahead)]);
        let watchers = i128::from(self.watchers.load(Relaxed));
        family("mpos_event_streams", gauge, "Pages that are told of a payment's changes.", &[("", watchers)]);
        let number = |n: usize| i128::try_from(n).unwrap_or(i128::MAX);
        family("mpos_orders_followed", gauge, "Orders being followed.", &[("", number(followed))]);
        family(
            "mpos_orders_need_person",
            gauge,
            "Orders that only a person can settle.",
            &[("", number(need_person))],
        );
        text
    }
}
