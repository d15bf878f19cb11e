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
#[component]
pub fn Receipt(
    /// The payment.
    payment: PaymentView,
    /// The amount that it is about.
    amount: Amount,
    /// The result in one word.
    result: &'static str,
) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let terminal = desk.terminal.get_untracked();
    let merchant = terminal.as_ref().map(|t| t.merchant.clone()).unwrap_or_default();
    let sandbox = terminal.is_some_and(|t| t.sandbox);
    let order = payment.order_id.clone().unwrap_or_default();
    let amount = words::amount(amount);
    let card = words::card(&payment.terms.card);
    let rows = FIELDS
        .iter()
        .filter_map(|(name, label)| {
            let value = payment.receipt.get(*name).filter(|value| !value.is_empty())?.clone();
            Some(view! { <dt>{*label}</dt><dd>{value}</dd> })
        })
        .collect_view();
    view! {
        <details class="receipt">
            <summary>"Receipt"</summary>
            <article aria-label="Receipt">
                <p class="shop">{merchant.name}</p>
                <p>{merchant.address}</p>
                <p>{merchant.tax_id}</p>
                {sandbox.then(|| view! { <p class="mark">"*** TEST, NOT A RECEIPT ***"</p> })}
                <dl>
                    <dt>"Order"</dt><dd data-testid="order">{order}</dd>
                    <dt>"Amount"</dt><dd class="strong">{amount}</dd>
                    <dt>"Card"</dt><dd>{card}</dd>
                    {rows}
                </dl>
                <p class="mark">{result}</p>
                <p>{merchant.footer}</p>
            </article>
        </details>
    }
}
