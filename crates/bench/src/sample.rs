//! Sales that nobody has made before.

use anyhow::Result;
use payment::api::{Reason, StartPayment};
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::order::{Answer, Event, Order, Report, Rules, Status, Submission, Transaction};
use serde_json::json;

/// A reading as long as a chip's of a Miura reader.
const READING: usize = 256;

/// A contactless sale, as a till posts it.
pub(crate) fn sale() -> Result<(AttemptId, String)> {
    let (mut id, mut reading) = ([0; 20], [0; READING]);
    getrandom::fill(&mut id)?;
    getrandom::fill(&mut reading)?;
    let id = AttemptId::from_random(id);
    let body = json!({
        "attempt": id.as_str(), "kind": "sale", "amount": {"minor": 1042, "currency": "EUR"},
        "entry": "contactless", "reader": {"family": "miura", "serial": "000123"},
        "card": {"first6": "476173", "last4": "0119", "scheme": "Visa"},
        "encrypted_data": hex::encode_upper(reading),
    });
    Ok((id, body.to_string()))
}

/// The same, as the proxy reads it.
pub(crate) fn payment() -> Result<StartPayment> {
    Ok(serde_json::from_str(&sale()?.1)?)
}

/// What happens to an order in the ordinary way: taken by the gateway, asked about and approved.
pub(crate) fn finished(order: Order) -> Result<Order> {
    let rules = Rules::default();
    let accepted = Submission::Accepted { order_id: "4711".into(), serial_number: Some("sn-1".into()) };
    let receipt = [("approval-code", "00123"), ("processor-rrn", "123456789012"), ("card-type", "VISA")];
    let report = Report {
        attempt: order.terms.attempt.to_string(),
        order_id: "4711".into(),
        transaction: Some(Transaction::Sale),
        status: Status::Approved,
        amount: Some(Amount::new(1042, Currency::from_code("EUR")?)),
        serial_number: Some("sn-1".into()),
        stage: None,
        awaits_card: false,
        issuer: None,
        online_check: false,
        reason: Reason::default(),
        receipt: receipt.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        gate: None,
    };
    let (order, _) = order.handle(Event::Submitted(accepted), &rules, 2);
    let (order, _) = order.handle(Event::Tick, &rules, 2);
    let (order, _) = order.handle(Event::Status(Answer::Report(Box::new(report))), &rules, 3);
    anyhow::ensure!(!order.is_followed(), "an approved sale is final");
    Ok(order)
}
