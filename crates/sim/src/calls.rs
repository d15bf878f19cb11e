//! The proxy's calls to the gateway: each ends once, by an answer or by the proxy's own limit.

use crate::gateway::Call;
use crate::network::{Happening, Reach};
use crate::protections::Protection;
use crate::world::World;
use payment::order::{Answer, Cause, Event, Submission};

/// As the proxy's own limit for a whole answer of the gateway.
pub(crate) const CALL_MS: u64 = 40_000;

impl World {
    pub(crate) fn call(&mut self, which: usize, what: Call) {
        self.proxy.calls += 1;
        let (call, proxy) = (self.proxy.calls, self.proxy.life);
        let Some(terms) = self.proxy.store.order(which).map(|order| order.terms.clone()) else { return };
        self.proxy.terms.insert(which, terms);
        self.proxy.pending.insert(call, (which, what.clone()));
        let at = self.now + self.random.between(20, 300);
        if self.gateway.down_until > at && self.random.percent(60) {
            let reply = Box::new(Reach::NoConnection);
            return self.queue.put(at, Happening::Reply { proxy, call, which, reply });
        }
        self.queue.put(at, Happening::Call { proxy, call, which, what });
        let reply = Box::new(Reach::Silence);
        self.queue.put(self.now + CALL_MS, Happening::Reply { proxy, call, which, reply });
    }

    pub(crate) fn send_later(&mut self, which: usize, nth: usize) {
        let known = self.proxy.store.order(which).and_then(|order| order.later.get(nth));
        let Some(later) = known.cloned() else { return };
        let request = match later.cause {
            Cause::Asked(asked) => Some(self.office.request_of(asked.request)),
            Cause::GiveBack(_) => None,
        };
        let sent = &mut self.payments[which].sent_later;
        sent.resize(sent.len().max(nth + 1), 0);
        sent[nth] += 1;
        let minor = later.amount.map(|amount| amount.minor);
        self.call(which, Call::Later { nth, kind: later.kind, minor, request });
    }

    /// A call to the gateway ends, once.
    pub(crate) fn replied(&mut self, proxy: u32, call: u64, which: usize, reply: Reach) {
        if proxy != self.proxy.life || !self.proxy.up {
            return;
        }
        let Some((_, what)) = self.proxy.pending.remove(&call) else { return };
        let Some(order) = self.proxy.store.order(which).cloned() else { return };
        let dialect = &self.proxy.dialect;
        let submission = || match &reply {
            Reach::Reply(reply) => ::proxy::gateway::submission(reply, &order, dialect),
            Reach::NoConnection => Submission::NoConnection,
            Reach::Silence => Submission::Lost,
        };
        let event = match &what {
            Call::Submit { .. } => {
                let end = submission();
                if end == Submission::Lost
                    && self.is_without(Protection::SingleSubmission)
                    && self.payments[which].submissions < 3
                {
                    self.payments[which].submissions += 1;
                    return self.call(which, what);
                }
                Event::Submitted(end)
            }
            Call::Later { nth, .. } => {
                let (nth, end) = (*nth, submission());
                if end == Submission::Lost
                    && self.is_without(Protection::LaterOnce)
                    && self.payments[which].sent_later[nth] < 3
                {
                    self.payments[which].sent_later[nth] += 1;
                    return self.call(which, what);
                }
                if end == Submission::NoConnection {
                    // No byte of it was sent.
                    self.payments[which].sent_later[nth] -= 1;
                }
                Event::LaterSent { nth, end }
            }
            Call::Advise { .. } => {
                Event::AdviceAnswered { taken: matches!(submission(), Submission::Accepted { .. }) }
            }
            Call::Ask => Event::Status(match &reply {
                Reach::Reply(reply) => ::proxy::gateway::answer(reply, &order, dialect),
                Reach::NoConnection | Reach::Silence => Answer::Lost,
            }),
        };
        self.tell_order(which, event);
    }
}
