//! `/view-receipt/ENDPOINT-ID/RECEIPT-ID`: the receipt as a web page, for whoever has the link.

use crate::date::msk;
use crate::gateway::Gateway;
use crate::http::Reply;
use crate::order::Order;
use crate::status::amount;
use crate::transaction::Transaction;

/// `receipt-id` of a transaction: each has its own.
pub(crate) fn id(order: &Order, transaction: &Transaction) -> String {
    let payment = format!("{:08x}-{}", order.id, order.rrn);
    match order.later.iter().position(|later| later.serial == transaction.serial) {
        Some(nth) => format!("{payment}-{}", nth + 1),
        None => payment,
    }
}

/// `path` is what stands behind `view-receipt/`.
pub(crate) fn show(gateway: &Gateway, now: u64, path: &str) -> Reply {
    let found = path.split_once('/').and_then(|(endpoint, wanted)| {
        let mut all = gateway
            .orders
            .iter()
            .filter(|order| order.endpoint.id == endpoint)
            .flat_map(|order| order.transactions().map(move |transaction| (order, transaction)));
        all.find(|(order, transaction)| {
            transaction.progress(now).status.is_final() && id(order, transaction) == wanted
        })
    });
    match found {
        Some((order, transaction)) => Reply::plain(200, &page(order, transaction, now)),
        None => Reply::plain(404, "no such receipt"),
    }
}

fn page(order: &Order, transaction: &Transaction, now: u64) -> String {
    let status = transaction.progress(now).status;
    let at = &order.endpoint;
    let sum = amount(transaction, &status, at.currency, at.exponent).decimal();
    let (number, card) = (order.id.to_string(), format!("**** {}", order.card.last_four));
    let rows = [
        ("Transaction", transaction.kind.name().to_owned()),
        ("Status", status.as_str().to_owned()),
        ("Amount", format!("{sum} {}", at.currency.as_str())),
        ("Order", number),
        ("Merchant order", order.client_orderid.clone()),
        ("Card", format!("{} {card}", order.card.scheme)),
        ("RRN", order.rrn.clone()),
        ("Date", msk(transaction.started)),
    ];
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<tr><th>{name}</th><td>{}</td></tr>", escape(value)))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Receipt</title>\
         <h1>SANDBOX, no money moved</h1><table>{rows}</table></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
