//! `/api/v2/return`: reversal of a sale, cancellation of a preauth.

use paynet::{Fields, Status, amount};

use crate::auth::{check_return, require, text};
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::outcome::Outcome;
use crate::sale;
use crate::transaction::{Kind, Transaction};

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: &Endpoint,
    form: &Fields,
    serial: String,
) -> Result<Answer, Refused> {
    require(form, &["login", "client_orderid", "orderid", "comment", "control"])?;
    if text(form, "comment").chars().count() > 50 {
        return Err(Refused::invalid("comment"));
    }
    let account = &gateway.account;
    let asked = match text(form, "amount") {
        "" => None,
        text => Some(amount::parse(text, at.exponent).map_err(|_| Refused::invalid("amount"))?),
    };
    // The vendor's way: two digits behind the point in every currency.
    let digits = match text(form, "amount") {
        "" => None,
        text => Some(amount::parse(text, 2).map_err(|_| Refused::invalid("amount"))?),
    };
    check_return(form, digits, &account.login, &account.key)?;
    if asked.is_some() && text(form, "currency") != at.currency.as_str() {
        return Err(Refused::invalid("currency"));
    }
    let (partial_return, processing_ms) = (gateway.settings.partial_return, gateway.settings.processing_ms);

    let order = gateway.find(now, at, form)?;
    if order.payment.progress(now).status != Status::Approved {
        return Err(Refused::Error { code: 6, message: "The order is not approved" });
    }
    if !order.latest().progress(now).status.is_final() {
        return Err(Refused::Error { code: 7, message: "A return of the order is under way" });
    }
    let left = order.charged(now) - order.returned(now);
    let given_back = asked.unwrap_or(left);
    if given_back == 0 || given_back > left {
        return Err(Refused::invalid("amount"));
    }
    if given_back < left && !partial_return {
        return Err(Refused::Error { code: 8, message: "Partial return is disabled" });
    }
    let kind = if order.payment.kind == Kind::Preauth { Kind::Cancel } else { Kind::Reversal };
    order.returns.push(Transaction {
        kind,
        serial: serial.clone(),
        asked: given_back,
        granted: given_back,
        outcome: Outcome::Approve,
        is_contact_chip: false,
        started: now,
        processing_ms,
        advice_wait_ms: None,
        advised: None,
        announced: false,
    });
    Ok(sale::accepted(&serial, order))
}
