//! Callbacks: what the gateway calls, and what the proxy makes of it.

use crate::network::Happening;
use crate::protections::Protection;
use crate::store::Trouble;
use crate::world::World;
use payment::api::Reason;
use payment::order::{Answer, Event, Order, Report, Status, Transaction};
use paynet::{Callback, control};
use std::collections::BTreeMap;

impl World {
    /// The query of the callback about an order's latest transaction; another amount and type where it is made up.
    pub(crate) fn callback_query(&self, which: usize, other: Option<(&str, u64)>) -> Option<String> {
        let order = self.gateway.orders.get(&which)?;
        let (kind, status) = order.latest();
        let (attempt, number) = (order.terms.attempt.as_str(), &order.number);
        let control = control::callback(status.word(), number, attempt, &self.proxy.control_key);
        let (kind, minor) = other.unwrap_or((kind, order.amount().minor));
        let amount = payment::money::Amount::new(minor, order.terms.amount.currency).to_major();
        let status = status.word();
        Some(format!(
            "status={status}&orderid={number}&client_orderid={attempt}&type={kind}&amount={amount}&control={control}"
        ))
    }

    pub(crate) fn called_back(&mut self, which: usize, query: String, tries: u8) {
        if !self.proxy.up {
            if tries < 5 {
                let at = self.now + 20_000;
                self.queue.put(at, Happening::Callback { which, query, tries: tries + 1 });
            }
            return;
        }
        let Ok(callback) = Callback::parse(&query, &self.proxy.control_key) else { return };
        self.note("callback", &query);
        let Some(order) = self.proxy.store.order(which) else { return };
        let event = match self.is_without(Protection::CallbackAsHint) {
            true => believed(&callback, order),
            false => Event::AskNow,
        };
        // Where the store fails the gateway calls again.
        if self.apply(which, event, None) == Err(Trouble::Refused) && tries < 5 {
            let at = self.now + 20_000;
            self.queue.put(at, Happening::Callback { which, query, tries: tries + 1 });
        }
    }
}

/// A callback taken for the truth.
fn believed(callback: &Callback, order: &Order) -> Event {
    let currency = order.terms.amount.currency;
    let amount = callback.fields.get("amount");
    Event::Status(Answer::Report(Box::new(Report {
        attempt: callback.client_orderid.clone(),
        order_id: callback.orderid.clone(),
        transaction: Some(match callback.transaction_type.as_str() {
            "sale" => Transaction::Sale,
            "preauth" => Transaction::Preauth,
            _ => Transaction::Return,
        }),
        status: match callback.status {
            paynet::Status::Approved => Status::Approved,
            paynet::Status::Declined => Status::Declined,
            paynet::Status::Filtered => Status::Filtered,
            paynet::Status::Error => Status::Error,
            _ => Status::Unknown,
        },
        amount: amount.and_then(|text| payment::money::Amount::from_major(text, currency).ok()),
        serial_number: None,
        stage: None,
        awaits_card: false,
        issuer: None,
        online_check: false,
        reason: Reason::default(),
        receipt: BTreeMap::new(),
        gate: None,
    })))
}
