use super::{element, line};
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use payment::{api::PaymentView, money::Amount};

/// The gateway's fields that a receipt shows, with their labels, in a receipt's order.
const FIELDS: [(&str, &str); 14] = [
    ("transaction-type", "Type"),
    ("terminal-id", "Terminal"),
    ("merchant-order-id", "Reference"),
    ("card-type", "Card type"),
    ("cardholder-name", "Cardholder"),
    ("emv-terminal-aid-9f06", "AID"),
    ("emv-app-label-50", "Application"),
    ("emv-tvr-95", "TVR"),
    ("emv-cvm-9f34", "CVM"),
    ("processor-rrn", "RRN"),
    ("approval-code", "Auth code"),
    ("auth-response-code", "Response"),
    ("reader-processing-date", "Reader"),
    ("paynet-processing-date", "Gateway"),
];

/// The summary of a receipt: the merchant's texts and what the gateway reported. A field that is absent has no line.
#[inline(never)]
pub fn receipt(desk: Desk, payment: PaymentView, amount: Amount, result: &'static str) -> AnyView {
    let terminal = desk.terminal.get_untracked();
    let merchant = terminal.as_ref().map(|t| t.merchant.clone()).unwrap_or_default();
    let sandbox = terminal.is_some_and(|t| t.sandbox);
    let order = payment.order_id.clone().unwrap_or_default();
    let fields = FIELDS.iter().filter_map(|(name, label)| {
        Some((*label, payment.receipt.get(*name).filter(|value| !value.is_empty())?.clone()))
    });
    let rows =
        [("Order", order), ("Amount", words::amount(amount)), ("Card", words::card(&payment.terms.card))];
    let mut list = element("dl");
    for (label, value) in rows.into_iter().chain(fields) {
        list = list.child(element("dt").text(label).view()).child(element("dd").text(value).view());
    }
    let mut article = element("article").attr("aria-label", "Receipt");
    for (class, text) in [("shop", merchant.name), ("", merchant.address), ("", merchant.tax_id)] {
        article = article.child(line(class, text));
    }
    if sandbox {
        article = article.child(line("mark", "*** TEST, NOT A RECEIPT ***".to_owned()));
    }
    let article = article.child(list.view()).child(line("mark", result.to_owned()));
    let article = article.child(line("", merchant.footer));
    let summary = element("summary").text("Receipt").view();
    element("details").class("receipt").child(summary).child(article.view()).view()
}
