//! How a fault strikes.

use crate::faults::{Fault, Planned, Step};
use crate::gateway::{self, Call};
use crate::network::{DAY, Happening, Reach};
use crate::protections::Protection;
use crate::store::Trouble;
use crate::world::{START, World};
use payment::till::{End, Event, State, Unsure};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

impl World {
    /// Lets every fault strike whose time has come and that finds something to strike.
    pub(crate) fn strike(&mut self) {
        let mut at = 0;
        while let Some(planned) = self.plan.get(at) {
            let step = self.stands_at(planned);
            let Some(planned) = self.plan.get_mut(at) else { return };
            if step != Some(planned.step) {
                at += 1;
            } else if planned.patience > 0 {
                planned.patience -= 1;
                at += 1;
            } else {
                let planned = *planned;
                if self.strikes(planned) {
                    self.note("FAULT", &planned);
                    self.struck.push((planned.fault, planned.step));
                    self.plan.remove(at);
                } else {
                    at += 1;
                }
            }
        }
    }

    fn stands_at(&self, planned: &Planned) -> Option<Step> {
        let which = planned.payment;
        if planned.step == Step::Day {
            return self.is_day_closing().then_some(Step::Day);
        }
        if self.is_open_afterwards(which) {
            return Some(Step::Later);
        }
        self.page.attempt(which).map(|attempt| Step::of(&attempt.state))
    }

    /// Whether it found something to strike.
    fn strikes(&mut self, planned: Planned) -> bool {
        let Planned { payment: which, fault, how, .. } = planned;
        match fault {
            Fault::RequestLost => self.lose(which, Happening::request),
            Fault::RequestLate => self.delay(which, Happening::request, how % MINUTE_MS),
            Fault::RequestDoubled => self.double(which, Happening::request, how % 10_000),
            Fault::AnswerLost => self.lose(which, Happening::answer),
            Fault::AnswerLate => self.delay(which, Happening::answer, how % 12_000),
            Fault::AnswerDoubled => self.double(which, Happening::answer, how % 10_000),
            Fault::Reordered => self.reorder(which),
            Fault::Misdelivered => self.misdeliver(which, how),
            Fault::CallLost => self.lose(which, Happening::call),
            Fault::CallLate => self.delay(which, Happening::call, how % 30_000),
            // After the sale it waits for the answer that matters.
            Fault::ReplyLost if planned.step == Step::Later => self.lose_later_reply(which),
            Fault::ReplyLost => self.lose(which, Happening::reply),
            Fault::ReplyLate => self.delay(which, Happening::reply, how % 45_000),
            Fault::Gateway500 | Fault::GatewayHtml | Fault::GatewayNothing | Fault::GatewayTruncated => {
                self.spoil(which, fault, how)
            }
            Fault::GatewayOtherOrder => self.swap_report(which),
            Fault::GatewayForgets => {
                // Mostly within what the rule of three denials and a grace covers, sometimes far beyond it, and never
                // beyond the day for which it is watched after that.
                let ms = if how.is_multiple_of(2) { how % 25_000 } else { how % (12 * HOUR_MS) };
                let until = (self.now + ms).min(START + 12 * HOUR_MS);
                self.payments[which].may_turn_up |= ms >= 25_000;
                let denied = self.gateway.denied_until.entry(which).or_default();
                *denied = until.max(*denied);
                true
            }
            Fault::GatewayKilled => {
                self.gateway.down_until = self.now + 500 + how % (2 * MINUTE_MS);
                true
            }
            Fault::ReturnedElsewhere => {
                let mut orders: Vec<_> = self.gateway.orders.keys().copied().collect();
                orders.sort_by_key(|&other| other != which);
                let declined = how.is_multiple_of(3);
                let done = orders.into_iter().find(|&other| self.gateway.return_elsewhere(other, declined));
                if let Some(which) = done {
                    self.payments[which].returned_elsewhere = true;
                }
                done.is_some()
            }
            Fault::CallbackForged => {
                let attempt = self.payments[which].draft.attempt.to_string();
                let control = "0".repeat(40);
                let query = format!(
                    "status=approved&orderid={}&client_orderid={attempt}&type=sale&control={control}",
                    7_000 + which
                );
                self.queue.put(self.now, Happening::Callback { which, query, tries: 5 });
                true
            }
            Fault::CallbackReplayed => self.replay(which, how),
            Fault::CallbackLost => self.lose(which, |happening| match happening {
                Happening::Callback { which, .. } => Some(*which),
                _ => None,
            }),
            Fault::PageKilled => {
                self.kill_page(100 + how % (2 * MINUTE_MS));
                true
            }
            Fault::PageTorn => {
                self.page.tear = Some(how.is_multiple_of(3));
                true
            }
            Fault::PageWiped => {
                self.office.forget();
                self.page.journal.clear();
                self.payments.iter_mut().filter(|payment| payment.begun).for_each(|p| p.wiped = true);
                self.kill_page(1_000 + how % (10 * MINUTE_MS));
                true
            }
            Fault::ProxyKilled | Fault::ProxyRestored if !self.proxy.up => false,
            Fault::ProxyKilled => {
                let closed = how.is_multiple_of(50);
                self.kill_proxy(if closed { 16 * 24 * HOUR_MS } else { 100 + how % (3 * MINUTE_MS) });
                true
            }
            Fault::ProxyTorn => {
                self.proxy.store.trouble = Some(Trouble::Cut { durable: how.is_multiple_of(3) });
                true
            }
            Fault::ProxyDiskFull => {
                self.proxy.store.trouble = Some(Trouble::Refused);
                true
            }
            Fault::ProxyRestored => {
                self.proxy.restoring = true;
                // Nobody puts a backup back in less.
                self.kill_proxy(MINUTE_MS + how % (10 * MINUTE_MS));
                true
            }
            Fault::PageClock => {
                // The page's clock is never put back while it lives.
                let ms = jump(how);
                self.page.clock += ms.max(0);
                self.page.clock_at_start += ms.min(0);
                true
            }
            Fault::ProxyClock => {
                let ms = jump(how);
                self.proxy.clock += ms;
                if ms > 0 {
                    self.payments.iter_mut().for_each(|payment| payment.may_turn_up = true);
                }
                true
            }
            Fault::SecondTab => {
                // The tab that has no lock shows so and does nothing.
                if self.is_without(Protection::OneTab) && self.page.tabs.len() < 3 {
                    self.open_tab();
                }
                true
            }
            Fault::DoubleTap => self.double_tap(which, how),
            Fault::CardPulled => {
                let Some(session) = self.page.session else { return false };
                let tab = self.page.tabs.first().map(|tab| tab.id);
                self.page.session = None;
                tab.is_some_and(|tab| {
                    self.tell_page(tab, session.which, Event::CardGone);
                    true
                })
            }
            Fault::OldReading => {
                let to_come = self.payments.iter().any(|payment| payment.blob.is_none());
                self.page.old_reading |= to_come;
                to_come
            }
        }
    }

    fn lose(&mut self, which: usize, wanted: impl Fn(&Happening) -> Option<usize>) -> bool {
        let Some(lost) = self.queue.find(which, wanted).and_then(|key| self.queue.take(key)) else {
            return false;
        };
        if let Happening::AskList { tab } = lost {
            self.queue.put(self.now + 10_000, Happening::AskList { tab });
        }
        true
    }

    fn lose_later_reply(&mut self, which: usize) -> bool {
        let is_later = |call: &u64| matches!(self.proxy.pending.get(call), Some((_, Call::Later { .. })));
        let key = self.queue.find(which, |happening| match happening {
            Happening::Reply { call, .. } if is_later(call) => happening.reply(),
            _ => None,
        });
        key.and_then(|key| self.queue.take(key)).is_some()
    }

    fn delay(&mut self, which: usize, wanted: impl Fn(&Happening) -> Option<usize>, ms: u64) -> bool {
        let Some(key) = self.queue.find(which, wanted) else { return false };
        let Some(late) = self.queue.take(key) else { return false };
        self.queue.put(key.0 + ms, late);
        true
    }

    fn double(&mut self, which: usize, wanted: impl Fn(&Happening) -> Option<usize>, ms: u64) -> bool {
        let Some(key) = self.queue.find(which, wanted) else { return false };
        let Some(mut twin) = self.queue.get_mut(key).map(|happening| happening.clone()) else { return false };
        if let Happening::Answer { again, .. } = &mut twin {
            *again = true;
        }
        self.queue.put(key.0 + ms, twin);
        true
    }

    /// The message that is next is overtaken by the one after it.
    fn reorder(&mut self, which: usize) -> bool {
        let link = |happening: &Happening| happening.request().or_else(|| happening.answer());
        let Some(first) = self.queue.find(which, link) else { return false };
        let Some(message) = self.queue.take(first) else { return false };
        let second = self.queue.find(which, link);
        let behind = second.map_or(first.0 + 400, |key| key.0 + 1);
        self.queue.put(behind, message);
        true
    }

    fn misdeliver(&mut self, which: usize, how: u64) -> bool {
        let others: Vec<_> = (0..self.payments.len()).filter(|&other| other != which).collect();
        let views: Vec<_> = others.iter().filter_map(|&other| Some(self.view(other)?.till)).collect();
        let (Some(view), Some(tab)) =
            (views.get(how as usize % views.len().max(1)), self.page.tabs.first().map(|tab| tab.id))
        else {
            return false;
        };
        let event = match how % 3 {
            0 => Event::Told(Some(view.clone())),
            1 => Event::Posted(payment::till::Posted::View(Box::new(view.clone()))),
            _ => Event::Abandoned(Some(Some(view.clone()))),
        };
        self.tell_page(tab, which, event);
        true
    }

    fn spoil(&mut self, which: usize, fault: Fault, how: u64) -> bool {
        let Some(key) = self.queue.find(which, Happening::reply) else { return false };
        let Some(reply) = self.queue.get_mut(key).and_then(Happening::reply_mut) else { return false };
        match fault {
            Fault::Gateway500 => {
                reply.code = 500;
                reply.body = b"type=error\n".to_vec();
            }
            Fault::GatewayHtml => reply.body = b"<html><body>status=approved&type=status-response".to_vec(),
            Fault::GatewayNothing => reply.body.clear(),
            _ => reply.body.truncate(how as usize % reply.body.len().max(1)),
        }
        true
    }

    /// The answer to a question is another order's report.
    fn swap_report(&mut self, which: usize) -> bool {
        let Some(key) = self.queue.find(which, Happening::reply) else { return false };
        let Some(Happening::Reply { which: asked, .. }) = self.queue.get_mut(key).cloned() else {
            return false;
        };
        let Some(own) = self.gateway.orders.get(&asked) else { return false };
        let other = self.gateway.orders.iter().find(|(other, _)| **other != asked).map(|(_, order)| order);
        let mut stranger = other.unwrap_or(own).clone();
        if other.is_none() {
            stranger.number = "6999".to_owned();
            stranger.terms.attempt = payment::attempt::AttemptId::from_random([31; 20]);
            stranger.status = gateway::Status::Approved;
            stranger.charged = vec![500];
        }
        let report = gateway::report(&stranger);
        if let Some(Happening::Reply { reply, .. }) = self.queue.get_mut(key) {
            **reply = Reach::Reply(report);
        }
        true
    }

    /// A callback with the right checksum, which covers neither amount nor type: both are changed.
    fn replay(&mut self, which: usize, how: u64) -> bool {
        let known = |world: &Self, which: usize| {
            world.gateway.orders.get(&which).is_some_and(|order| order.latest().1.is_final())
        };
        let which = if known(self, which) {
            which
        } else {
            match (0..self.payments.len()).find(|&other| known(self, other)) {
                Some(other) => other,
                None => return false,
            }
        };
        let kind = ["sale", "preauth", "reversal"][how as usize % 3];
        let query = self.callback_query(which, Some((kind, 100 + how % 1_000)));
        if let Some(query) = query {
            self.queue.put(self.now, Happening::Callback { which, query, tries: 5 });
        }
        true
    }

    fn double_tap(&mut self, which: usize, how: u64) -> bool {
        if which == DAY {
            self.press_close_day(false, 0);
            return true;
        }
        if let Some(job) = self.office.open_job(which) {
            self.post_job(job);
            return true;
        }
        let Some(tab) = self.page.tabs.first() else { return false };
        let (id, Some(attempt)) = (tab.id, tab.attempts.get(&which)) else { return false };
        let event = match &attempt.state {
            State::AwaitCard { .. } if how.is_multiple_of(2) => Event::Cancel,
            State::AwaitCard { .. } => Event::KeepWaiting,
            State::Cancelling { .. } => Event::Cancel,
            State::Unresolved(_, Unsure::KeepOrGiveBack) if how.is_multiple_of(2) => {
                self.payments[which].kept = true;
                Event::Keep
            }
            State::Unresolved(_, Unsure::KeepOrGiveBack) => Event::GiveBack,
            State::Finished(_, End::Result(_)) if how.is_multiple_of(4) => Event::GiveBack,
            _ => Event::AskNow,
        };
        self.tell_page(id, which, event.clone());
        self.tell_page(id, which, event);
        true
    }
}

/// Seconds, minutes or two hours ahead; or back, for up to an hour.
fn jump(how: u64) -> i64 {
    let most = [10_000, 5 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS][how as usize % 4];
    let ms = (how >> 8) % most;
    if (how >> 4).is_multiple_of(2) { ms as i64 } else { -((ms % HOUR_MS) as i64) }
}
