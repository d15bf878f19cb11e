//! What staff are told about a callback that is more than the end of a payment.

use crate::store::ledger::{Heard, Raised};
use payment::api::{LaterKind, Outcome};
use payment::attempt::AttemptId;
use payment::money::Amount;
use payment::order::{Order, State};

/// The notice that a callback calls for, if any. It never changes what is said of the payment itself.
#[must_use]
pub fn about(client_orderid: &str, heard: &Heard, order: Option<&Order>) -> Option<Raised> {
    let Some(order) = order else { return Some(unknown(client_orderid, heard)) };
    if !matches!(heard.transaction_type.as_str(), "sale" | "preauth") {
        let kind = match heard.transaction_type.as_str() {
            "capture" => Some(LaterKind::Capture),
            "reversal" | "cancel" => Some(LaterKind::Return),
            "void" => Some(LaterKind::Void),
            _ => None,
        };
        let is_own = kind.is_some_and(|kind| order.later.iter().any(|later| later.kind == kind));
        return (!is_own).then(|| later(client_orderid, heard, order));
    }
    let other_order = order.order_id.as_ref().is_some_and(|id| *id != heard.orderid);
    (other_order || !fits(heard, order)).then(|| misfit(client_orderid, heard, order))
}

/// Whether amount and currency, as far as they are named, can be this order's.
fn fits(heard: &Heard, order: &Order) -> bool {
    let asked = order.terms.amount;
    if heard.currency.as_ref().is_some_and(|currency| currency != asked.currency.code()) {
        return false;
    }
    let Some(amount) = &heard.amount else { return true };
    let Ok(amount) = Amount::from_major(amount, asked.currency) else { return false };
    match &order.state {
        State::Final(Outcome::Approved { amount: approved }) | State::KeepOrGiveBack { amount: approved } => {
            amount == *approved || amount == asked
        }
        // Approved for less is possible until the status says how much.
        _ => amount.minor <= asked.minor,
    }
}

fn unknown(client_orderid: &str, heard: &Heard) -> Raised {
    let Heard { orderid, transaction_type, status, .. } = heard;
    if client_orderid.parse::<AttemptId>().is_err() {
        return Raised {
            // Each payment of a web shop would be a notice else.
            subject: "elsewhere".to_owned(),
            title: "Payments taken elsewhere".to_owned(),
            text: format!(
                "The gateway tells of payments that no till made, first of order {orderid}: {transaction_type} {status}. \
                 You may take payments elsewhere under the same endpoint. Manager: if not, look at the gateway."
            ),
        };
    }
    Raised {
        subject: format!("unknown:{orderid}"),
        title: "Payment not known here".to_owned(),
        text: format!(
            "The gateway tells of order {orderid}{sum}, {transaction_type} {status}, which this till's server does not \
             know. You may take payments elsewhere under the same endpoint. Manager: compare with the gateway.",
            sum = sum(heard),
        ),
    }
}

fn misfit(client_orderid: &str, heard: &Heard, order: &Order) -> Raised {
    Raised {
        subject: format!("misfit:{client_orderid}:{}", heard.orderid),
        title: "Amounts differ".to_owned(),
        text: format!(
            "The till asked for {asked}{of}; the gateway's call names order {orderid}{sum}. The till shows only what the \
             gateway answers when it is asked. Manager: compare with the gateway.",
            asked = order.terms.amount,
            of = order.order_id.as_ref().map(|id| format!(" in order {id}")).unwrap_or_default(),
            orderid = heard.orderid,
            sum = sum(heard),
        ),
    }
}

fn later(client_orderid: &str, heard: &Heard, order: &Order) -> Raised {
    let Heard { orderid, transaction_type, status, .. } = heard;
    let kind = match transaction_type.as_str() {
        "other" => "further transaction",
        kind => kind,
    };
    let reason = heard.reason_code.as_ref().map(|code| format!(", reason {code}")).unwrap_or_default();
    Raised {
        subject: format!("later:{client_orderid}:{orderid}:{transaction_type}:{status}"),
        title: format!("Later at the gateway: {kind}"),
        text: format!(
            "Order {orderid} over {asked}, card **** {last4}: {kind} {status}{sum}{reason}. This till did not ask for it. \
             What was said of the payment stays as it was. Manager: see the gateway.",
            asked = order.terms.amount,
            last4 = order.terms.card.last4,
            sum = sum(heard),
        ),
    }
}

fn sum(heard: &Heard) -> String {
    let currency = heard.currency.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    heard.amount.as_ref().map(|amount| format!(" over {amount}{currency}")).unwrap_or_default()
}
