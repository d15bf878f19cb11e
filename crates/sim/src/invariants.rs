//! What must hold after every step, and once everything has come to rest.

use crate::faults::Step;
use crate::proxy::is_not_charged;
use crate::world::World;
use payment::api::{GiveBackReason, Outcome, PaymentState};
use payment::order;
use payment::till::{Attempt, End, State, Unsure};
use std::collections::BTreeMap;

type Verdict = Result<(), String>;

impl World {
    /// After every step.
    pub(crate) fn check(&mut self) {
        let verdict =
            self.check_gateway().and_then(|()| self.check_pages()).and_then(|()| self.check_orders());
        let verdict = verdict.and_then(|()| if self.setting.all { self.check_office() } else { Ok(()) });
        if let Err(lie) = verdict {
            self.fail(|| lie);
        }
    }

    fn check_gateway(&self) -> Verdict {
        let mut readings = BTreeMap::new();
        for (which, order) in &self.gateway.orders {
            let payment = &self.payments[*which];
            if order.charged.len() > 1 {
                return Err(format!("payment {which} was charged twice"));
            }
            if order.submissions > 1 {
                return Err(format!("payment {which} was submitted twice"));
            }
            // A put-back store has forgotten which readings it had taken.
            if let Some(other) = readings.insert(&order.blob, which)
                && !self.payments[*other].restored
            {
                return Err(format!("payments {other} and {which} took the same reading of a card"));
            }
            if order.advice.is_some() && order.advice != payment.card_said {
                return Err(format!("payment {which}: an advice that no card gave"));
            }
        }
        for (which, payment) in self.payments.iter().enumerate() {
            let twice = payment.submissions > 1 || payment.sent_later.iter().any(|&sent| sent > 1);
            if twice && !payment.restored {
                return Err(format!("payment {which}: something that moves money was sent twice"));
            }
        }
        Ok(())
    }

    fn check_pages(&mut self) -> Verdict {
        let World { page, payments, gateway, .. } = self;
        for (which, attempt) in page.tabs.iter().flat_map(|tab| &tab.attempts) {
            let (payment, order) = (&mut payments[*which], gateway.orders.get(which));
            let State::Finished(_, end) = &attempt.state else {
                let returning = matches!(attempt.state, State::Unresolved(_, Unsure::GivingBack));
                if payment.shown.is_some() && !returning && !payment.wiped {
                    let step = Step::of(&attempt.state);
                    return Err(format!("payment {which} left {:?} for {step:?}", payment.shown));
                }
                continue;
            };
            let charged = order.map(|order| order.charged.clone()).unwrap_or_default();
            let net = order.map_or(0, |order| order.net());
            match end {
                End::NotSent(_) if payment.posted => {
                    return Err(format!("payment {which}: shown as not sent after sending"));
                }
                End::NotSent(_) => {}
                End::Refused(_) if !charged.is_empty() => {
                    return Err(format!("payment {which}: shown as refused and charged"));
                }
                End::Refused(_) => {}
                End::Result(Outcome::Approved { amount }) => {
                    if charged != [amount.minor] {
                        return Err(format!(
                            "payment {which}: shown as approved {amount} and charged {charged:?}"
                        ));
                    }
                    let agreed = payment.card_said == Some(true) || payment.kept;
                    // A put-back store has forgotten that the card was lost.
                    if payment.card_asked && !agreed && !payment.restored {
                        return Err(format!("payment {which}: shown as approved without the card or staff"));
                    }
                }
                End::Result(Outcome::GivenBack { .. }) if net > 0 => {
                    return Err(format!("payment {which}: shown as given back and charged"));
                }
                End::Result(Outcome::GivenBack { .. }) => {}
                End::Result(outcome) => {
                    if !charged.is_empty() && !payment.may_turn_up {
                        return Err(format!("payment {which}: shown as {outcome:?} and charged"));
                    }
                }
            }
            let given_back = matches!(end, End::Result(Outcome::GivenBack { .. }));
            // A page and a proxy that both have lost it say what the gateway says to them.
            let afresh = payment.wiped && payment.restored;
            if payment.shown.as_ref().is_some_and(|was| was != end) && !given_back && !afresh {
                return Err(format!("payment {which} was shown as {:?} and then as {end:?}", payment.shown));
            }
            if payment.shown.as_ref() != Some(end) {
                payment.shown = Some(end.clone());
            }
        }
        Ok(())
    }

    fn check_orders(&mut self) -> Verdict {
        for (which, order) in self.proxy.store.orders() {
            let known = &mut self.payments[which].order_final;
            match (&order.state, &known) {
                (order::State::Final(outcome), None) => *known = Some(outcome.clone()),
                (order::State::Final(outcome), Some(was)) if was != outcome => {
                    return Err(format!("order {which} was {was:?} and is {outcome:?}"));
                }
                (order::State::Final(_), Some(_)) | (_, None) => {}
                (state, Some(was)) => return Err(format!("order {which} left {was:?} for {state:?}")),
            }
        }
        Ok(())
    }

    /// Once everything has come to rest.
    pub(crate) fn verdict(&mut self) {
        self.tally_equal_parts();
        for which in 0..self.payments.len() {
            if let Err(lie) =
                self.settled(which).and_then(|()| self.books(which)).and_then(|()| self.office_books(which))
            {
                self.fail(|| lie);
            }
        }
        if let Err(lie) = self.day_books() {
            self.fail(|| lie);
        }
    }

    fn settled(&self, which: usize) -> Verdict {
        let order = self.proxy.store.order(which);
        let listed = order.is_some_and(|order| order.needs_person.is_some());
        if let Some(attempt) = self.page.attempt(which)
            && !attempt.is_finished()
            && !listed
        {
            return Err(format!(
                "payment {which} never ended: page {:?}, proxy {:?}",
                attempt.state,
                order.map(|order| &order.state)
            ));
        }
        let Some(order) = order else { return Ok(()) };
        if order.is_open() && !listed {
            return Err(format!("order {which} never ended: {:?} {:?}", order.state, order.later));
        }
        if listed && self.status_would_settle(which, order) {
            let missing = &order.needs_person;
            return Err(format!(
                "order {which} needs a person ({missing:?}), and the status would settle it"
            ));
        }
        Ok(())
    }

    /// Whether the gateway's answer to one more question would end what a person is asked to end.
    fn status_would_settle(&self, which: usize, order: &payment::order::Order) -> bool {
        let Some(there) = self.gateway.orders.get(&which) else { return false };
        if matches!(order.state, order::State::KeepOrGiveBack { .. }) {
            return false;
        }
        if let Some(settles) = self.later_would_settle(order, there) {
            return settles;
        }
        // A status answer speaks of the latest transaction only, which hides what the sale became.
        there.later.is_empty() && order.is_open() && there.status.is_final()
    }

    fn books(&self, which: usize) -> Verdict {
        let payment = &self.payments[which];
        let there = self.gateway.orders.get(&which);
        let (charged, net) = there.map_or((0, 0), |order| (order.charged.iter().sum(), order.net()));
        let view = self.view(which);
        let listed = view.as_ref().is_some_and(|view| view.needs_person.is_some());
        let end = self.page.attempt(which).and_then(end_of);
        let outcome = view.and_then(|view| match view.till.state {
            PaymentState::Final { outcome } => Some(outcome),
            _ => None,
        });
        let keeps = |outcome: &Outcome| match outcome {
            Outcome::Approved { amount } => {
                let returned = payment.returned_elsewhere || payment.returned_in_office;
                charged == amount.minor && (net > 0 || returned)
            }
            outcome if is_not_charged(outcome) => net == 0,
            _ => net == 0,
        };
        let differs = !listed && outcome.as_ref().is_some_and(|outcome| !keeps(outcome));
        // The backup was older than the return; final orders are not asked about again.
        let forgotten = payment.restored && payment.sent_later.iter().any(|&sent| sent > 0) && net == 0;
        if differs && forgotten {
            self.forgotten.set(self.forgotten.get() + 1);
        } else if differs {
            return Err(format!(
                "payment {which}: the proxy’s book says {outcome:?}, the gateway’s {charged} / {net}"
            ));
        }
        match end {
            Some(End::Result(result)) if !listed => {
                let late = *result == Outcome::GivenBack { why: GiveBackReason::ChargedLate };
                let given_back = matches!(outcome, Some(Outcome::GivenBack { .. }));
                if payment.restored && given_back && !keeps(result) {
                    self.reversed.set(self.reversed.get() + 1);
                } else if !late && !keeps(result) && !payment.may_turn_up && !forgotten {
                    return Err(format!(
                        "payment {which}: the page’s book says {result:?}, the gateway’s {net}"
                    ));
                }
                if result_differs(result, outcome.as_ref()) && !payment.restored && !payment.may_turn_up {
                    return Err(format!("payment {which}: page {result:?}, proxy {outcome:?}"));
                }
            }
            Some(End::NotSent(_) | End::Refused(_)) if net > 0 => {
                return Err(format!(
                    "payment {which}: the page’s book says not charged, the gateway’s {net}"
                ));
            }
            _ => {}
        }
        if net > 0 && outcome.is_none() && !listed && payment.restored && payment.wiped {
            self.unknown.set(self.unknown.get() + 1);
        }
        // Money that neither page nor proxy knows of.
        let unknown = outcome.is_none() && !listed && !matches!(end, Some(End::Result(_)));
        if net > 0 && unknown && !(payment.restored && payment.wiped) {
            return Err(format!("payment {which}: charged {net}, and nobody knows"));
        }
        Ok(())
    }
}

fn end_of(attempt: &Attempt) -> Option<&End> {
    match &attempt.state {
        State::Finished(_, end) => Some(end),
        _ => None,
    }
}

/// The page learns of a return only by asking, which it does no more once it has shown an end.
fn result_differs(shown: &Outcome, proxy: Option<&Outcome>) -> bool {
    match (shown, proxy) {
        (Outcome::NotCharged { .. }, None) => false,
        (Outcome::Approved { .. }, Some(Outcome::GivenBack { .. })) => false,
        (shown, proxy) => proxy != Some(shown),
    }
}
