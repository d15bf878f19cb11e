//! What staff are told in the shop's language: about a callback that is more than the end of a payment, and why a payment needs
//! a person.

use crate::speech;
use crate::store::ledger::{Heard, Raised};
use language::Proxy as Say;
use payment::api::{LaterKind, Outcome};
use payment::attempt::AttemptId;
use payment::money::Amount;
use payment::order::{Missing, Order, State};

/// The notice that a callback calls for, if any. It never changes what is said of the payment itself.
#[must_use]
pub fn about(client_orderid: &str, heard: &Heard, order: Option<&Order>, say: &Say) -> Option<Raised> {
    let Some(order) = order else { return Some(unknown(client_orderid, heard, say)) };
    if !matches!(heard.transaction_type.as_str(), "sale" | "preauth") {
        let kind = match heard.transaction_type.as_str() {
            "capture" => Some(LaterKind::Capture),
            "reversal" | "cancel" => Some(LaterKind::Return),
            "void" => Some(LaterKind::Void),
            _ => None,
        };
        let is_own = kind.is_some_and(|kind| order.later.iter().any(|later| later.kind == kind));
        return (!is_own).then(|| later(client_orderid, heard, order, say));
    }
    let other_order = order.order_id.as_ref().is_some_and(|id| *id != heard.orderid);
    (other_order || !fits(heard, order)).then(|| misfit(client_orderid, heard, order, say))
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

fn unknown(client_orderid: &str, heard: &Heard, say: &Say) -> Raised {
    let Heard { orderid, transaction_type, status, .. } = heard;
    let what = format!("{transaction_type} {status}");
    if client_orderid.parse::<AttemptId>().is_err() {
        return Raised {
            // Each payment of a web shop would be a notice else.
            subject: "elsewhere".to_owned(),
            title: say.elsewhere_title().to_owned(),
            text: say.elsewhere(orderid, &what),
        };
    }
    Raised {
        subject: format!("unknown:{orderid}"),
        title: say.unknown_title().to_owned(),
        text: say.unknown(&with_sum(orderid, heard, say), &what),
    }
}

fn misfit(client_orderid: &str, heard: &Heard, order: &Order, say: &Say) -> Raised {
    let asked = speech::amount(order.terms.amount, say);
    let asked = order.order_id.as_ref().map_or_else(|| asked.clone(), |id| say.in_order(&asked, id));
    Raised {
        subject: format!("misfit:{client_orderid}:{}", heard.orderid),
        title: say.misfit_title().to_owned(),
        text: say.misfit(&asked, &with_sum(&heard.orderid, heard, say)),
    }
}

fn later(client_orderid: &str, heard: &Heard, order: &Order, say: &Say) -> Raised {
    let Heard { orderid, transaction_type, status, .. } = heard;
    let kind = match transaction_type.as_str() {
        "other" => say.further_transaction(),
        kind => kind,
    };
    let what = with_sum(&format!("{kind} {status}"), heard, say);
    let what = heard.reason_code.as_ref().map_or_else(|| what.clone(), |code| say.with_reason(&what, code));
    Raised {
        subject: format!("later:{client_orderid}:{orderid}:{transaction_type}:{status}"),
        title: say.later_title(kind),
        text: say.later(orderid, &speech::amount(order.terms.amount, say), &order.terms.card.last4, &what),
    }
}

fn with_sum(what: &str, heard: &Heard, say: &Say) -> String {
    let sum = heard.amount.as_ref().map(|amount| match &heard.currency {
        Some(currency) => say.language().amount(amount, currency),
        None => say.language().figures(amount),
    });
    sum.map_or_else(|| what.to_owned(), |sum| say.with_sum(what, &sum))
}

/// The fact that is missing of a payment that only a person can settle.
pub(crate) fn missing(missing: &Missing, say: &Say) -> String {
    let text: &str = match missing {
        Missing::CardAndStatus => say.missing_card_and_status(),
        Missing::CardsWord => say.missing_cards_word(),
        Missing::Status => say.missing_status(),
        Missing::EndOf(LaterKind::Capture) => say.missing_end_of_capture(),
        Missing::EndOf(LaterKind::Return) => say.missing_end_of_return(),
        Missing::EndOf(LaterKind::Void) => say.missing_end_of_void(),
        Missing::Whether(LaterKind::Capture) => say.missing_whether_capture(),
        Missing::Whether(LaterKind::Return) => say.missing_whether_return(),
        Missing::Whether(LaterKind::Void) => say.missing_whether_void(),
        Missing::Amount => say.missing_amount(),
        Missing::Sale => say.missing_sale(),
        Missing::BankRefused => say.missing_bank_refused(),
        Missing::GatewayRefused(LaterKind::Capture, said) => {
            return say.missing_gateway_refused_capture(said);
        }
        Missing::GatewayRefused(LaterKind::Return, said) => return say.missing_gateway_refused_return(said),
        Missing::GatewayRefused(LaterKind::Void, said) => return say.missing_gateway_refused_void(said),
        Missing::Told(fact) => fact,
    };
    text.to_owned()
}
