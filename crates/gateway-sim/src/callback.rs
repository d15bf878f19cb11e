//! Callbacks: GET requests to the merchant when a transaction is final, repeated until they get a 200.

use paynet::{Fields, control};

use crate::gateway::Account;
use crate::order::Order;
use crate::settings::Settings;
use crate::status;
use crate::transaction::Transaction;

/// How often a callback is sent at most. Documented: 30 times within 14 days, at growing intervals.
const ATTEMPTS: u32 = 30;

/// A callback to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Names it in [`crate::Gateway::callback_answered`].
    pub id: u64,
    /// Whole address.
    pub url: String,
}

/// Callbacks that have not been answered with 200.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    pending: Vec<Pending>,
    queued: u64,
}

#[derive(Debug)]
struct Pending {
    call: Call,
    due: u64,
    attempts: u32,
    in_flight: bool,
}

impl Callbacks {
    /// Queues callbacks for what has become final.
    pub(crate) fn announce(
        &mut self,
        now: u64,
        orders: &mut [Order],
        account: &Account,
        settings: &Settings,
    ) {
        for order in orders {
            let is_news = |transaction: &&mut Transaction| {
                !transaction.announced && transaction.settled().is_some_and(|settled| settled <= now)
            };
            let announce = |transaction: &mut Transaction| {
                transaction.announced = true;
                transaction.clone()
            };
            let news: Vec<Transaction> = order.transactions_mut().filter(is_news).map(announce).collect();
            let Some(base) = &account.callback_url else { continue };
            for transaction in news {
                let due = transaction.settled().unwrap_or(now) + settings.callbacks.delay_ms;
                let status = transaction.progress(now).status;
                if settings.callbacks.forged {
                    let forged = query(order, &transaction, now, "approved", &"0".repeat(40));
                    self.push(base, &forged, due);
                }
                let (orderid, client) = (order.id.to_string(), &order.client_orderid);
                let control = control::callback(status.as_str(), &orderid, client, &account.key);
                let query = query(order, &transaction, now, status.as_str(), &control);
                for _ in 0..settings.callbacks.copies {
                    self.push(base, &query, due);
                }
            }
        }
    }

    fn push(&mut self, base: &str, query: &Fields, due: u64) {
        self.queued += 1;
        let separator = if base.contains('?') { '&' } else { '?' };
        let call = Call { id: self.queued, url: format!("{base}{separator}{}", *query.encode()) };
        self.pending.push(Pending { call, due, attempts: 0, in_flight: false });
    }

    pub(crate) fn poll(&mut self, now: u64) -> Option<Call> {
        let pending = self.pending.iter_mut().find(|pending| !pending.in_flight && pending.due <= now)?;
        pending.in_flight = true;
        pending.attempts += 1;
        Some(pending.call.clone())
    }

    pub(crate) fn answered(&mut self, now: u64, id: u64, code: Option<u16>) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.call.id == id) {
            pending.in_flight = false;
            pending.due = now + interval(pending.attempts);
        }
        let is_done = |pending: &Pending| code == Some(200) || pending.attempts >= ATTEMPTS;
        self.pending.retain(|pending| pending.call.id != id || !is_done(pending));
    }

    pub(crate) fn next_due(&self) -> Option<u64> {
        self.pending.iter().filter(|pending| !pending.in_flight).map(|pending| pending.due).min()
    }
}

/// Milliseconds to the next attempt: 5 s, 40 s, 135 s, … so that 30 fill 12 of the documented 14 days. The exact
/// timetable is not documented.
fn interval(attempts: u32) -> u64 {
    5_000 * u64::from(attempts).pow(3)
}

/// The documented parameters, with their mix of `_` and `-`.
fn query(order: &Order, transaction: &Transaction, now: u64, status: &str, control: &str) -> Fields {
    let actual = transaction.progress(now).status;
    let amount =
        status::amount(transaction, &actual, order.endpoint.currency, order.endpoint.exponent).decimal();
    let orderid = order.id.to_string();
    let transaction_id = format!("PNTEST-{orderid}");
    [
        ("status", status),
        ("merchant_order", &order.client_orderid),
        ("client_orderid", &order.client_orderid),
        ("orderid", &orderid),
        ("type", transaction.kind.name()),
        ("amount", &amount),
        ("descriptor", "SANDBOX"),
        ("name", &order.card.cardholder),
        ("card-holder-name", &order.card.cardholder),
        ("email", &order.email),
        ("phone", &order.phone),
        ("approval-code", &order.approval_code),
        ("last-four-digits", &order.card.last_four),
        ("bin", &order.card.bin),
        ("card-type", order.card.scheme),
        ("processor-rrn", &order.rrn),
        ("processor-tx-id", &transaction_id),
        ("merchantdata", &order.merchant_data),
        ("control", control),
    ]
    .into_iter()
    .collect()
}
