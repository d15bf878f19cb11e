//! A store in memory, which can be told to fail.

use super::memory_operators::People;
use payment::api::{Copy, Happened, Notice};
use payment::settlement::{Closing, Report, movements};
use payment::{attempt::AttemptId, order::Order};
use proxy::fingerprint::CardKey;
use proxy::store::closings::Closings;
use proxy::store::history::{History, Place, Search};
use proxy::store::ledger::{Heard, Ledger, Raised, Run};
use proxy::store::{Attempt, Claim, Reply, Store, StoreError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(super) struct Content {
    attempts: BTreeMap<AttemptId, (u64, Attempt)>,
    session: Option<([u8; 32], [u8; 32])>,
    callbacks: Vec<(String, Heard)>,
    /// Subject, notice, and whether it was acknowledged.
    notices: Vec<(String, Notice, bool)>,
    run: Option<Run>,
    pub(super) people: People,
    closings: Vec<Closing>,
    reports: Vec<Report>,
    steps: Vec<(AttemptId, Happened)>,
    prints: BTreeMap<(AttemptId, u32, Copy), u32>,
}

pub struct Memory {
    content: Mutex<Content>,
    key: CardKey,
    pub fails: Arc<AtomicBool>,
}

impl Memory {
    pub fn new() -> Self {
        Self { content: Mutex::default(), key: CardKey::new([7; 32]), fails: Arc::default() }
    }

    pub(super) fn with<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Content) -> T + Send + 'a,
    ) -> Reply<'a, T> {
        Box::pin(async move {
            if self.fails.load(SeqCst) {
                return Err(StoreError::File(std::io::Error::other("the disk is full")));
            }
            Ok(work(&mut self.content.lock().unwrap()))
        })
    }
}

impl Content {
    /// Latest first.
    fn orders(&self) -> Vec<Order> {
        let mut all: Vec<_> = self.attempts.values().collect();
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        all.into_iter().filter_map(|(_, attempt)| attempt.clone().order()).collect()
    }

    fn raise(&mut self, notice: Option<&Raised>, at: u64) {
        let Some(Raised { subject, title, text }) = notice else { return };
        if self.notices.iter().all(|(known, ..)| known != subject) {
            let id = self.notices.len() as u64 + 1;
            let notice = Notice { id, at, title: title.clone(), text: text.clone() };
            self.notices.push((subject.clone(), notice, false));
        }
    }
}

impl Store for Memory {
    fn claim<'a>(&'a self, id: &'a AttemptId, attempt: &'a Attempt, now: u64) -> Reply<'a, Claim> {
        self.with(move |content| {
            if let Some((_, known)) = content.attempts.get(id) {
                return Claim::Known(Box::new(known.clone()));
            }
            let card = |attempt: &Attempt| match attempt {
                Attempt::Taken(_, prints) => Some(prints.card),
                _ => None,
            };
            let used = |(_, known): &(u64, Attempt)| card(known).is_some() && card(known) == card(attempt);
            if content.attempts.values().any(used) {
                return Claim::CardUsed;
            }
            content.attempts.insert(id.clone(), (now, attempt.clone()));
            Claim::Won
        })
    }

    fn find<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Option<Attempt>> {
        self.with(move |content| content.attempts.get(id).map(|(_, attempt)| attempt.clone()))
    }

    fn update<'a>(&'a self, order: &'a Order, steps: &'a [Happened]) -> Reply<'a, ()> {
        self.with(move |content| {
            let id = &order.terms.attempt;
            content.steps.extend(steps.iter().map(|step| (id.clone(), step.clone())));
            let (_, attempt) =
                content.attempts.get_mut(&order.terms.attempt).expect("an order that is known");
            match attempt {
                Attempt::Taken(known, _) | Attempt::Sought(known) => *known = order.clone(),
                Attempt::Abandoned => panic!("nothing is known of an abandoned attempt"),
            }
        })
    }

    fn followed(&self) -> Reply<'_, Vec<Order>> {
        self.with(|content| content.orders().into_iter().filter(Order::is_followed).collect())
    }

    fn recent(&self, limit: u32) -> Reply<'_, Vec<Order>> {
        self.with(move |content| {
            let orders = content.orders().into_iter().enumerate();
            let wanted = orders.filter(|(n, order)| *n < limit as usize || order.is_followed());
            wanted.map(|(_, order)| order).collect()
        })
    }

    fn try_writing(&self) -> Reply<'_, ()> {
        self.with(|_| ())
    }

    fn card_key(&self) -> &CardKey {
        &self.key
    }

    fn open_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        self.with(move |content| {
            let is_new = content.session.is_none_or(|(used, _)| used != *token);
            if is_new {
                content.session = Some((*token, *session));
            }
            is_new
        })
    }

    fn has_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        self.with(move |content| content.session == Some((*token, *session)))
    }
}

impl Closings for Memory {
    fn save_closing<'a>(&'a self, closing: &'a Closing, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        self.with(move |content| {
            content.closings.retain(|known| known.id != closing.id);
            content.closings.push(closing.clone());
            content.closings.sort_by_key(|closing| closing.until);
            content.raise(notice, closing.asked_at.max(closing.until));
        })
    }

    fn last_closing(&self) -> Reply<'_, Option<Closing>> {
        self.with(|content| content.closings.last().cloned())
    }

    fn last_closed(&self) -> Reply<'_, Option<Closing>> {
        self.with(|content| content.closings.iter().rev().find(|closing| closing.is_closed()).cloned())
    }

    fn save_report<'a>(&'a self, report: &'a Report) -> Reply<'a, ()> {
        self.with(move |content| {
            assert!(
                content.reports.iter().all(|known| known.number != report.number),
                "a number is used once"
            );
            content.reports.push(report.clone());
        })
    }

    fn report(&self, number: Option<u64>) -> Reply<'_, Option<Report>> {
        self.with(move |content| match number {
            None => content.reports.last().cloned(),
            number => content.reports.iter().find(|report| report.number == number).cloned(),
        })
    }

    fn moved(&self, from: u64, until: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        self.with(move |content| {
            let taken = content.attempts.values().filter(|(at, _)| *at < until);
            let orders = taken.filter_map(|(_, attempt)| attempt.clone().order());
            let moved = orders.filter(|order| movements(order).any(|movement| movement.at >= from));
            moved.take(limit as usize).collect()
        })
    }

    fn raise<'a>(&'a self, notice: &'a Raised, now: u64) -> Reply<'a, ()> {
        self.with(move |content| content.raise(Some(notice), now))
    }
}

impl History for Memory {
    fn page<'a>(&'a self, search: &'a Search, after: Option<&'a Place>, limit: u32) -> Reply<'a, Vec<Order>> {
        self.with(move |content| {
            let is_behind = |order: &Order, place: &Place| {
                let (at, id) = (order.accepted_at, &order.terms.attempt);
                (at, id) < (place.at, &place.id)
            };
            let mut all = content.orders();
            all.sort_by_key(|order| std::cmp::Reverse((order.accepted_at, order.terms.attempt.clone())));
            all.retain(|order| search.fits(order) && after.is_none_or(|place| is_behind(order, place)));
            all.truncate(limit as usize);
            all
        })
    }

    fn unsettled(&self) -> Reply<'_, Vec<Order>> {
        self.with(|content| {
            let mut all = content.orders();
            all.retain(|order| order.is_followed() || order.needs_person.is_some());
            all
        })
    }

    fn steps<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Vec<Happened>> {
        self.with(move |content| {
            let own = content.steps.iter().filter(|(known, _)| known == id);
            own.map(|(_, step)| step.clone()).collect()
        })
    }

    fn printed<'a>(&'a self, id: &'a AttemptId, nth: u32, copy: Copy, step: &'a Happened) -> Reply<'a, u32> {
        self.with(move |content| {
            content.steps.push((id.clone(), step.clone()));
            let count = content.prints.entry((id.clone(), nth, copy)).or_default();
            *count += 1;
            *count - 1
        })
    }

    fn scrub(&self) -> Reply<'_, ()> {
        self.with(|_| ())
    }

    fn copy_into<'a>(&'a self, _: &'a Path) -> Reply<'a, ()> {
        unreachable!("only files are backed up")
    }
}

impl Ledger for Memory {
    fn remember<'a>(
        &'a self,
        client_orderid: &'a str,
        heard: &'a Heard,
        notice: Option<&'a Raised>,
    ) -> Reply<'a, ()> {
        self.with(move |content| {
            let is_same = |(id, known): &(String, Heard)| {
                let key = |h: &Heard| (h.orderid.clone(), h.transaction_type.clone(), h.status.clone());
                id == client_orderid && key(known) == key(heard)
            };
            if !content.callbacks.iter().any(is_same) {
                content.callbacks.push((client_orderid.to_owned(), heard.clone()));
            }
            content.raise(notice, heard.received_at);
        })
    }

    fn heard<'a>(&'a self, client_orderid: &'a str) -> Reply<'a, Vec<Heard>> {
        self.with(move |content| {
            let own = content.callbacks.iter().filter(|(id, _)| id == client_orderid);
            own.map(|(_, heard)| heard.clone()).collect()
        })
    }

    fn notices(&self, limit: u32) -> Reply<'_, Vec<Notice>> {
        self.with(move |content| {
            let open = content.notices.iter().rev().filter(|(_, _, acknowledged)| !acknowledged);
            open.take(limit as usize).map(|(_, notice, _)| notice.clone()).collect()
        })
    }

    fn acknowledge(&self, id: u64, _: u64) -> Reply<'_, ()> {
        self.with(move |content| {
            for (_, _, acknowledged) in content.notices.iter_mut().filter(|(_, notice, _)| notice.id == id) {
                *acknowledged = true;
            }
        })
    }

    fn taken(&self, from: u64, to: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        self.with(move |content| {
            let taken = content.attempts.values().filter(|(at, _)| (from..to).contains(at));
            taken.filter_map(|(_, attempt)| attempt.clone().order()).take(limit as usize).collect()
        })
    }

    fn reconciled<'a>(&'a self, run: &'a Run, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        self.with(move |content| {
            content.run = Some(run.clone());
            content.raise(notice, run.at);
        })
    }

    fn last_run(&self) -> Reply<'_, Option<Run>> {
        self.with(|content| content.run.clone())
    }
}
