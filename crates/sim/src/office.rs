//! What staff do after the sale: they capture, return in part or whole, and void, some of it twice and some of it in vain.

use crate::network::Happening;
use crate::protections::Protection;
use crate::store::Trouble;
use crate::world::World;
use payment::api::{LaterKind, LaterState, PaymentView};
use payment::attempt::AttemptId;
use payment::json;
use payment::money::Amount;
use payment::order::{Asked, Order, Report, Transfer};
use std::collections::{BTreeMap, BTreeSet};

/// Between two posts of a request that was not answered, as the page's own limit.
const ANSWER_MS: u64 = 8_000;
/// How often staff look for a payment to be approved, and how often a request is posted.
const MOST_TRIES: u32 = 40;

/// One request of staff.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) which: usize,
    pub(crate) kind: LaterKind,
    pub(crate) asked: Asked,
    /// Nobody waits for its answer any more.
    over: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Office {
    pub(crate) jobs: Vec<Job>,
    /// The ids that a proxy without request ids gives, and the requests that they were.
    given: BTreeMap<AttemptId, AttemptId>,
    /// How each later transaction was shown last.
    pub(crate) shown: BTreeMap<(usize, usize), LaterState>,
    /// Second ones of two equal parts whose answer was lost.
    equal_lost: BTreeSet<(usize, usize)>,
    pub(crate) tally: Tally,
}

/// What came after the sale, counted.
#[derive(Debug, Default)]
pub(crate) struct Tally(pub(crate) BTreeMap<&'static str, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }
}

impl Office {
    /// The page's profile is gone, and with it what it was asking.
    pub(crate) fn forget(&mut self) {
        self.jobs.iter_mut().for_each(|job| job.over = true);
    }

    /// The proxy knows less than it has shown.
    pub(crate) fn restored(&mut self) {
        self.shown.clear();
        self.equal_lost.clear();
    }

    pub(crate) fn open_job(&self, which: usize) -> Option<usize> {
        self.jobs.iter().position(|job| job.which == which && !job.over)
    }

    pub(crate) fn request_of(&self, given: AttemptId) -> AttemptId {
        self.given.get(&given).cloned().unwrap_or(given)
    }
}

impl World {
    /// What staff will want of this payment, and when.
    pub(crate) fn wishes(&mut self, which: usize, from: u64) {
        let mut at = from + 5_000;
        for _ in 0..self.random.between(1, 8) {
            at += self.random.between(500, 40_000);
            self.queue.put(at, Happening::Wish { which, tries: 0 });
        }
    }

    pub(crate) fn is_open_afterwards(&self, which: usize) -> bool {
        let open = || self.proxy.store.order(which).is_some_and(|order| order.open_later().is_some());
        self.setting.all && (self.office.open_job(which).is_some() || open())
    }

    /// Staff look at the payment, and ask for something if it is approved.
    pub(crate) fn wish(&mut self, which: usize, tries: u32) {
        let left =
            if self.proxy.up && !self.is_calm() { self.view(which).map(|view| view.left) } else { None };
        let possible = left.filter(|left| left.give_back.is_some() || left.capture.is_some() || left.void);
        let Some(left) = possible else {
            if tries < MOST_TRIES && !self.is_calm() {
                let at = self.now + self.patience(8_000);
                self.queue.put(at, Happening::Wish { which, tries: tries + 1 });
            }
            return;
        };
        let kind = match self.random.below(20) {
            0..=13 if left.capture.is_some() => LaterKind::Capture,
            5 => LaterKind::Capture,
            6 => LaterKind::Void,
            _ => LaterKind::Return,
        };
        let currency = self.payments[which].draft.amount.currency;
        let minor = match self.random.below(20) {
            0..=13 => Some(500),
            14..=15 => Some(700),
            16 => Some(1_500),
            17 => Some(90_000),
            _ => None,
        };
        let minor = minor.filter(|_| kind != LaterKind::Void);
        let mut bytes = [which as u8; AttemptId::LEN];
        bytes[1..9].copy_from_slice(&self.random.draw().to_le_bytes());
        bytes[9] = self.office.jobs.len() as u8;
        let asked = Asked {
            request: AttemptId::from_random(bytes),
            amount: minor.map(|minor| Amount::new(minor, currency)),
            reason: "asked for".into(),
            operator: None,
        };
        self.note("staff ask", &(which, kind, &asked));
        self.office.jobs.push(Job { which, kind, asked, over: false });
        let job = self.office.jobs.len() - 1;
        self.post_job(job);
        self.queue.put(self.now + ANSWER_MS, Happening::AskAgain { job, tries: 0 });
    }

    pub(crate) fn post_job(&mut self, job: usize) {
        let at = self.now + self.random.between(3, 60);
        let which = self.office.jobs[job].which;
        self.queue.put(at, Happening::Ask { job, which });
    }

    pub(crate) fn ask_again(&mut self, job: usize, tries: u32) {
        if self.office.jobs[job].over {
            return;
        }
        if tries == MOST_TRIES {
            self.office.jobs[job].over = true;
            return;
        }
        self.post_job(job);
        let at = self.now + self.patience(ANSWER_MS);
        self.queue.put(at, Happening::AskAgain { job, tries: tries + 1 });
    }

    /// The proxy's side of `proxy::desk::Desk::ask_later`.
    pub(crate) fn ask_at_proxy(&mut self, job: usize) {
        if !self.proxy.up {
            return;
        }
        let Job { which, kind, mut asked, .. } = self.office.jobs[job].clone();
        let Some(before) = self.proxy.store.order(which).cloned() else { return };
        if self.is_without(Protection::RequestId) {
            let mut bytes = [0; AttemptId::LEN];
            bytes[..8].copy_from_slice(&self.random.draw().to_le_bytes());
            let given = AttemptId::from_random(bytes);
            self.office.given.insert(given.clone(), std::mem::replace(&mut asked.request, given));
        }
        let step = before.clone().ask_later(kind, asked, &self.proxy.rules, self.order_time());
        let is_new = step.as_ref().is_ok_and(|(_, effects)| !effects.is_empty());
        if is_new && self.is_gate_closing() {
            self.office.tally.count("request of staff refused while the day is closed");
            let at = self.now + self.random.between(3, 60);
            return self.queue.put(at, Happening::Asked { job, which, view: None });
        }
        self.note("order is asked", &(which, kind, step.as_ref().map(|(order, _)| &order.later)));
        let view = match step {
            Ok(step) => match self.take_step(which, &before, step, None) {
                Ok(()) => {
                    self.payments[which].returned_in_office |= kind != LaterKind::Capture;
                    self.view(which).map(Box::new)
                }
                Err(Trouble::Refused | Trouble::Cut { .. }) => return,
            },
            Err(why) => {
                self.note("refused", &why);
                self.office.tally.count("refused by the proxy: not possible");
                None
            }
        };
        let at = self.now + self.random.between(3, 60);
        self.queue.put(at, Happening::Asked { job, which, view });
    }

    pub(crate) fn asked(&mut self, job: usize, view: Option<Box<PaymentView>>) {
        self.office.jobs[job].over = true;
        if let Some(view) = view {
            let text = serde_json::to_string(&view).expect("a view is written as JSON");
            if json::read::<PaymentView>(&text).as_ref() != Some(&*view) {
                self.fail(|| format!("the page cannot read {text}"));
            }
        }
    }

    /// Counts what became of later transactions.
    pub(crate) fn tally(&mut self, which: usize, before: &Order, order: &Order) {
        if !self.setting.all {
            return;
        }
        for (nth, later) in order.later.iter().enumerate() {
            let was = before.later.get(nth).map(|later| later.transfer);
            if was == Some(later.transfer) {
                continue;
            }
            let equal = |(other, earlier): &(usize, &payment::order::Later)| {
                earlier.kind == later.kind
                    && earlier.transfer == Transfer::Done
                    && order.amount_of(*other) == order.amount_of(nth)
            };
            let has_equal = order.later.iter().take(nth).enumerate().any(|earlier| equal(&earlier));
            let is_part = later.kind == LaterKind::Return && later.amount.is_some();
            if was == Some(Transfer::Sending) && later.transfer == Transfer::Unknown && has_equal && is_part {
                self.office.equal_lost.insert((which, nth));
            }
            let what = match (later.transfer, later.kind, later.amount) {
                (Transfer::Done, LaterKind::Capture, None) => "captured",
                (Transfer::Done, LaterKind::Capture, Some(_)) => "captured in part",
                (Transfer::Done, LaterKind::Return, None) => "returned whole",
                (Transfer::Done, LaterKind::Return, Some(_)) => "returned in part",
                (Transfer::Done, LaterKind::Void, _) => "voided",
                (Transfer::Refused, ..) => "refused by bank or gateway",
                (Transfer::Unknown, ..) => "answer lost, or the gateway does not know",
                _ => continue,
            };
            self.office.tally.count(what);
        }
    }

    /// What became of the second ones of two equal parts whose answer was lost, once everything has come to rest.
    pub(crate) fn tally_equal_parts(&mut self) {
        for (which, nth) in std::mem::take(&mut self.office.equal_lost) {
            let Some(order) = self.proxy.store.order(which) else { continue };
            let Some(later) = order.later.get(nth) else { continue };
            let end = match later.transfer {
                Transfer::Done => "second of two equal parts, answer lost: told by its number",
                Transfer::Refused => "second of two equal parts, answer lost: told by its refusal",
                _ => "second of two equal parts, answer lost: a person’s",
            };
            self.office.tally.count("second of two equal parts, answer lost");
            self.office.tally.count(end);
        }
    }
}

/// Takes a report that fits the open part and an equal earlier one for that of the open part.
pub(crate) fn believe_of_the_second(order: &mut Order, report: &Report) {
    let Some((open, earlier)) = order.later.split_last_mut() else { return };
    if !open.transfer.is_done() && report.serial_number.is_some() {
        earlier.iter_mut().for_each(|earlier| earlier.serial_number = None);
        open.serial_number.clone_from(&report.serial_number);
    }
}
