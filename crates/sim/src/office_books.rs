//! What must hold after the sale: after every step, and once everything has come to rest.

use crate::gateway::{Order as AtGateway, Status};
use crate::world::World;
use payment::api::{LaterKind, LaterState, PaymentView};
use payment::json;
use payment::order::{Cause, Order};
use paynet::report::Row;
use proxy::books::compare::compare;
use std::collections::BTreeSet;

type Verdict = Result<(), String>;

impl World {
    /// After every step.
    pub(crate) fn check_office(&mut self) -> Verdict {
        for (which, order) in &self.gateway.orders {
            if self.payments[*which].restored {
                continue;
            }
            let (taken, back) = (order.taken(), order.moved(|kind| kind != LaterKind::Capture));
            if back > taken {
                return Err(format!("payment {which}: more was returned than charged, {back} of {taken}"));
            }
            let mut requests = BTreeSet::new();
            if order.later.iter().filter_map(|later| later.request.as_ref()).any(|id| !requests.insert(id)) {
                return Err(format!("payment {which}: one request of staff was carried out twice"));
            }
        }
        let mut shown = vec![];
        for (which, order) in self.proxy.store.orders().filter(|(_, order)| !order.later.is_empty()) {
            let there = self.gateway.orders.get(&which);
            for (nth, view) in order.view(&self.proxy.rules, self.proxy_now()).later.into_iter().enumerate() {
                let is_it = |later: &&crate::afterwards::Later| {
                    let elsewhere = later.nth.is_none() || self.payments[which].restored;
                    let own = later.nth == Some(nth) || (elsewhere && later.minor == view.amount.minor);
                    own && later.kind == view.kind
                };
                let ends = there.into_iter().flat_map(|there| there.later.iter().filter(is_it));
                let moved = ends.clone().any(|later| later.status == Status::Approved);
                let own = ends.filter(|later| later.nth == Some(nth)).any(|l| l.status == Status::Approved);
                match &view.state {
                    LaterState::Done if !moved => {
                        return Err(format!("payment {which}: {view:?} shown as done, and it is not"));
                    }
                    LaterState::Refused { .. } if own && !self.may_be_mistaken(which) => {
                        return Err(format!("payment {which}: {view:?} shown as refused, and it was done"));
                    }
                    _ => {}
                }
                let was = self.office.shown.get(&(which, nth));
                let is_final =
                    |state: &LaterState| matches!(state, LaterState::Done | LaterState::Refused { .. });
                if was.is_some_and(|was| is_final(was) && *was != view.state) {
                    return Err(format!("payment {which}: left {was:?} for {:?}", view.state));
                }
                if was != Some(&view.state) {
                    shown.push(((which, nth), view.state));
                }
            }
        }
        self.office.shown.extend(shown);
        Ok(())
    }

    /// Whether nothing can tell the till's transaction from somebody's in the gateway's own pages: the proxy has lost what
    /// it knew, or its clock was moved over the time in which a lost request may still arrive.
    fn may_be_mistaken(&self, which: usize) -> bool {
        let payment = &self.payments[which];
        payment.restored || (payment.returned_elsewhere && payment.may_turn_up)
    }

    /// Whether one more status answer would end the open transaction; `None` if none is open.
    pub(crate) fn later_would_settle(&self, order: &Order, there: &AtGateway) -> Option<bool> {
        let open = order.open_later()?;
        let nth = order.later.len() - 1;
        let Some(last) = there.later.last().filter(|last| last.kind == open.kind) else { return Some(false) };
        let amount = order.amount_of(nth).minor;
        let alone = order
            .later
            .iter()
            .enumerate()
            .take(nth)
            .all(|(earlier, later)| later.kind != open.kind || order.amount_of(earlier).minor != amount);
        let numbered =
            there.after.as_ref().is_some_and(|after| after.numbered) && open.serial_number.is_some();
        let fits = last.minor == amount && (alone || (numbered && last.nth == Some(nth)));
        // A give-back that the bank refused stays a person's.
        let asked = !matches!(open.cause, Cause::GiveBack(_));
        Some(fits && (last.status == Status::Approved || (asked && last.status.is_final())))
    }

    /// Once everything has come to rest: page, proxy, gateway and the gateway's report say the same.
    pub(crate) fn office_books(&mut self, which: usize) -> Verdict {
        let payment = &self.payments[which];
        let (Some(order), Some(there)) = (self.proxy.store.order(which), self.gateway.orders.get(&which))
        else {
            return Ok(());
        };
        if !self.setting.all || payment.restored || order.is_open() || order.needs_person.is_some() {
            return Ok(());
        }
        let view = order.view(&self.proxy.rules, self.proxy_now());
        let text = serde_json::to_string(&view).expect("a view is written as JSON");
        let page: PaymentView = json::read(&text).ok_or_else(|| format!("the page cannot read {text}"))?;
        let moved = |is_capture: bool| -> u64 {
            let done = page.later.iter().filter(|later| later.state == LaterState::Done);
            let done = done.filter(|later| (later.kind == LaterKind::Capture) == is_capture);
            done.map(|later| later.amount.minor).sum()
        };
        let charged_late =
            order.give_back().is_some_and(|(_, why)| why == payment::api::GiveBackReason::ChargedLate);
        let (captured, returned) =
            (there.moved(|kind| kind == LaterKind::Capture), there.moved(|kind| kind != LaterKind::Capture));
        // Of what was reported as not charged the till never heard how much it was.
        if moved(true) != captured
            || (moved(false) != returned && !charged_late && !payment.returned_elsewhere)
        {
            return Err(format!(
                "payment {which}: the page’s book says {} captured, {} returned, the gateway’s {captured}, {returned}",
                moved(true),
                moved(false)
            ));
        }
        if payment.returned_elsewhere || payment.may_turn_up {
            return Ok(());
        }
        let differences = compare(&(0..u64::MAX), std::slice::from_ref(order), &rows(there));
        match differences.first() {
            Some(first) => Err(format!("payment {which}: the gateway’s report differs: {first:?}")),
            None => Ok(()),
        }
    }
}

/// The order as the gateway's report lists it.
fn rows(order: &AtGateway) -> Vec<Row> {
    let row = |word: &str, status: Status, minor: u64| Row {
        client_orderid: order.terms.attempt.to_string(),
        orderid: order.number.clone(),
        transaction_type: word.to_owned(),
        status: status.word().to_owned(),
        amount: payment::money::Amount::new(minor, order.terms.amount.currency).to_major(),
        currency: order.terms.amount.currency.code().to_owned(),
    };
    let own = match order.terms.kind {
        payment::api::Kind::Sale => "sale",
        payment::api::Kind::Preauth => "preauth",
    };
    let charged = order.charged.first().copied().unwrap_or(order.terms.amount.minor);
    let later = order.later.iter().map(|later| row(later.word, later.status, later.minor));
    let all = std::iter::once(row(own, order.status, charged)).chain(later);
    all.filter(|row| row.status().is_final()).collect()
}
