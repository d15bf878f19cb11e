//! `/mapi/v1/emv-advice`: what the card said to the issuer's answer.

use paynet::Fields;

use crate::auth::{require, text};
use crate::card::Family;
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::outcome::Outcome;
use crate::sale;

const REQUIRED: [&str; 5] = ["orderid", "client_orderid", "login", "encrypted-type", "encrypted-data"];

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: &Endpoint,
    form: &Fields,
    serial: String,
) -> Result<Answer, Refused> {
    require(form, &REQUIRED)?;
    let blob = hex::decode(text(form, "encrypted-data")).map_err(|_| Refused::invalid("encrypted-data"))?;
    let family = Family::of(text(form, "encrypted-type"), &gateway.settings.encrypted_types)?;
    let is_approved = family.is_approved_by_card(&blob)?;
    let approve_despite = gateway.settings.approve_despite_advice;
    let order = gateway.find(now, at, form)?;
    if order.family != family {
        return Err(Refused::invalid("encrypted-type"));
    }
    // Clients repeat an advice until it is answered, so a second one changes nothing (inferred).
    if order.advice.is_none() {
        if !order.payment.awaits_advice(now) {
            return Err(Refused::Error { code: 5, message: "The order does not wait for an EMV advice" });
        }
        order.advice = Some(if is_approved { "approved" } else { "declined" });
        order.payment.advised = Some(now);
        if !is_approved && !approve_despite {
            order.payment.outcome = Outcome::CardDeclined;
        }
    }
    order.advice_requests += 1;
    Ok(sale::accepted(&serial, order))
}
