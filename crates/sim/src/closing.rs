//! Closing the day: when staff press it, and the proxy's side of `proxy::desk`'s closing.

use crate::network::{Happening, Reach};
use crate::proxy::STORE_PAUSE_MS;
use crate::store::Trouble;
use crate::world::{REST_MS, START, World, euro};
use payment::api::GiveBackReason;
use payment::attempt::AttemptId;
use payment::money::Amount;
use payment::settlement::{
    Closing, ClosingEvent, ClosingId, ClosingRules, ClosingState, DayTotals, Period, Reply, Sum, Totals,
    movements,
};

const HOUR_MS: u64 = 3_600_000;
/// How often the last day is tried to be closed, an hour apart.
const MOST_TRIES: u32 = 200;

impl World {
    /// Staff close the day now and then, and at last when nothing moves any more.
    pub(crate) fn closing_hours(&mut self) {
        for _ in 0..self.random.between(1, 4) {
            let at = START + self.random.between(5_000, 400_000);
            self.queue.put(at, Happening::CloseDay { last: false, tries: 0 });
        }
        self.queue.put(START + REST_MS, Happening::CloseDay { last: true, tries: 0 });
    }

    pub(crate) fn press_close_day(&mut self, last: bool, tries: u32) {
        let closed = self.proxy.store.last_closed().map_or(0, |closing| closing.until);
        if last && closed >= START + REST_MS - HOUR_MS {
            return;
        }
        if self.proxy.up {
            let confirmed = last || self.random.percent(60);
            self.close_day(confirmed);
        }
        if last && tries < MOST_TRIES {
            self.queue.put(self.now + HOUR_MS, Happening::CloseDay { last, tries: tries + 1 });
        }
    }

    pub(crate) fn is_day_closing(&self) -> bool {
        self.proxy.store.closing().is_some_and(Closing::is_open)
    }

    /// Whether the proxy lets no payment pass.
    pub(crate) fn is_gate_closing(&self) -> bool {
        self.proxy.store.closing().is_some_and(Closing::is_gate_closing)
    }

    /// The time that an order is given: never before what was counted.
    pub(crate) fn order_time(&self) -> u64 {
        self.proxy_now().max(self.proxy.cut)
    }

    fn close_day(&mut self, confirmed: bool) {
        if self.is_day_closing() {
            return self.tell_closing(ClosingEvent::AskNow);
        }
        let until = self.order_time() + 1;
        let first = Period { until, ..Period::default() };
        let period = self.proxy.store.last_closed().map_or(first, |closing| closing.day_after(until));
        let (counted, open) = period.sort(self.proxy.store.orders().flat_map(|(_, order)| movements(order)));
        if !open.is_empty() && !confirmed {
            return self.office.tally.count("day not closed: something is not final");
        }
        let ours = Totals::of(&counted).and_then(|totals| totals.of_day(euro())).expect("sums are small");
        let mut bytes = [0; AttemptId::LEN];
        bytes[..8].copy_from_slice(&self.random.draw().to_le_bytes());
        let closing = Closing::begin(ClosingId::from_random(bytes), &period, ours, open, None);
        self.note("day is closed", &closing);
        match self.proxy.store.save_closing(closing) {
            Ok(()) => {
                self.proxy.cut = until;
                self.tell_closing(ClosingEvent::Tick);
            }
            Err(Trouble::Refused) => {}
            Err(Trouble::Cut { .. }) => drop(self.cut::<()>()),
        }
    }

    /// Takes up a closing that a stop has left.
    pub(crate) fn take_up_closing(&mut self) -> Result<(), Trouble> {
        self.proxy.store.forget_what_is_not_written();
        self.proxy.cut = self.proxy.store.closing().map_or(0, |closing| closing.until);
        self.apply_to_closing(ClosingEvent::Restarted)
    }

    /// Tried until the store takes it.
    pub(crate) fn tell_closing(&mut self, event: ClosingEvent) {
        if self.apply_to_closing(event.clone()) == Err(Trouble::Refused) {
            let (at, proxy) = (self.now + STORE_PAUSE_MS, self.proxy.life);
            self.queue.put(at, Happening::CloseAgain { proxy, event: Box::new(event) });
        }
    }

    /// One step: the next closing is stored, and only then its request is sent.
    pub(crate) fn apply_to_closing(&mut self, event: ClosingEvent) -> Result<(), Trouble> {
        let Some(before) = self.proxy.store.closing().cloned() else { return Ok(()) };
        self.note("closing hears", &event);
        let (closing, send) = before.clone().handle(event, &ClosingRules::default(), self.proxy_now());
        if closing != before
            && let Err(trouble) = self.proxy.store.save_closing(closing.clone())
        {
            if trouble != Trouble::Refused {
                self.cut::<()>();
            }
            return Err(trouble);
        }
        if closing.state != before.state {
            self.note("closing", &closing.state);
            self.check_closing(&closing);
        }
        if send {
            self.send_closing(&closing);
        }
        Ok(())
    }

    fn send_closing(&mut self, closing: &Closing) {
        self.proxy.calls += 1;
        let (call, proxy) = (self.proxy.calls, self.proxy.life);
        self.proxy.closing_calls.insert(call);
        let at = self.now + self.random.between(20, 300);
        if self.gateway.down_until > at && self.random.percent(60) {
            let reply = Box::new(Reach::NoConnection);
            return self.queue.put(at, Happening::Closed { proxy, call, reply });
        }
        let id = closing.id.to_string();
        self.queue.put(at, Happening::CallToClose { proxy, call, id });
        let reply = Box::new(Reach::Silence);
        self.queue.put(self.now + crate::calls::CALL_MS, Happening::Closed { proxy, call, reply });
    }

    pub(crate) fn close_at_gateway(&mut self, proxy: u32, call: u64, id: String) {
        if self.gateway.down_until > self.now {
            return;
        }
        self.note("gateway is to close", &id);
        let reply = Box::new(Reach::Reply(self.gateway.close_day(id, self.now)));
        let at = self.now + self.random.between(20, 300);
        self.queue.put(at, Happening::Closed { proxy, call, reply });
    }

    pub(crate) fn closed(&mut self, proxy: u32, call: u64, reply: Reach) {
        if proxy != self.proxy.life || !self.proxy.up || !self.proxy.closing_calls.remove(&call) {
            return;
        }
        let Some(closing) = self.proxy.store.closing() else { return };
        let reply = match &reply {
            Reach::Reply(reply) => ::proxy::gateway::closing_reply(reply, closing, &self.proxy.dialect),
            Reach::NoConnection => Reply::NoConnection,
            Reach::Silence => Reply::Lost,
        };
        self.tell_closing(ClosingEvent::Answered(reply));
    }

    /// What is said of a closing is true at the gateway.
    fn check_closing(&mut self, closing: &Closing) {
        let settled = self.gateway.day.settled(closing.id.as_str());
        let lie = match &closing.state {
            ClosingState::Closed { .. } | ClosingState::Differs { .. } => !settled,
            ClosingState::Refused { .. } => settled,
            _ => false,
        };
        if lie {
            self.fail(|| format!("a closing is shown as {:?}, at the gateway it is not so", closing.state));
        }
        self.office.tally.count(match &closing.state {
            ClosingState::Closed { answer: Some(_) } => "day closed, totals agree",
            ClosingState::Closed { answer: None } => "day closed, totals of the gateway not known",
            ClosingState::Differs { .. } => "day closed, totals differ",
            ClosingState::Refused { .. } => "closing of the day refused",
            ClosingState::Unknown { .. } => "closing of the day not known for a while",
            ClosingState::Blocked { .. } => "gate blocked while the day is closed",
            ClosingState::Stored | ClosingState::Sending => return,
        });
    }

    /// Once the last day is closed: what the till counted of all days is what the gateway settled, and all that it moved.
    pub(crate) fn day_books(&mut self) -> Result<(), String> {
        if !self.setting.all || (0..self.payments.len()).any(|which| self.is_counted_otherwise(which)) {
            return Ok(());
        }
        if self.proxy.store.last_closed().is_none_or(|closing| closing.until < START + REST_MS - HOUR_MS) {
            return Err(format!("the last day was never closed: {:?}", self.proxy.store.closing()));
        }
        let none = Sum { count: 0, amount: Amount::new(0, euro()) };
        let days = self.proxy.store.closings().filter(|closing| closing.is_closed());
        let ours = days.fold([none; 2], |[sale, reversal], closing| {
            let DayTotals { sale: sold, reversal: returned } = closing.ours;
            [plus(sale, sold), plus(reversal, returned)]
        });
        let ours = ours.map(|sum| (sum.count, sum.amount.minor));
        let (settled, moved) = (self.gateway.day.settled_in_all(), self.gateway.moved());
        if ours != settled || settled != moved {
            return Err(format!(
                "all days together: the till counted {ours:?}, the gateway settled {settled:?} and moved {moved:?}"
            ));
        }
        self.office.tally.count("shops whose days agree with the gateway’s to the minor unit");
        Ok(())
    }

    /// Whether the till cannot count this payment as the gateway does: it has forgotten or never heard how much it was, a
    /// person has to find out, or it was returned in the gateway's own pages.
    fn is_counted_otherwise(&self, which: usize) -> bool {
        let payment = &self.payments[which];
        let order = self.proxy.store.order(which);
        let open = order.is_some_and(|order| order.is_open() || order.needs_person.is_some());
        let late = order
            .and_then(payment::order::Order::give_back)
            .is_some_and(|(_, why)| why == GiveBackReason::ChargedLate);
        let charged = self.gateway.orders.get(&which).is_some_and(|order| !order.charged.is_empty());
        let unheard = payment.may_turn_up
            && charged
            && self.payments[which].order_final.as_ref().is_none_or(crate::proxy::is_not_charged);
        payment.restored || payment.returned_elsewhere || open || late || unheard
    }
}

fn plus(one: Sum, other: Sum) -> Sum {
    let minor = one.amount.minor + other.amount.minor;
    Sum { count: one.count + other.count, amount: Amount::new(minor, one.amount.currency) }
}
