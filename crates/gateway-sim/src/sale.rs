//! `/mapi/v1/sale` and `/mapi/v1/preauth`.

use paynet::{Fields, amount};

use crate::auth::{require, text};
use crate::card::{Asked, Entry, Family};
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::order::Order;
use crate::outcome;
use crate::settings::Duplicate;
use crate::transaction::{Kind, Transaction};

/// The documented mandatory fields, then those that the vendor's client always sends.
const REQUIRED: [&str; 12] = [
    "client_orderid",
    "order_desc",
    "address1",
    "city",
    "zip_code",
    "country",
    "email",
    "amount",
    "currency",
    "ipaddress",
    "encrypted-type",
    "encrypted-data",
];

/// Documented lengths.
const LENGTHS: [(&str, usize); 5] =
    [("client_orderid", 128), ("address1", 50), ("city", 50), ("zip_code", 10), ("email", 50)];

const FIRST_ORDER_ID: u64 = 1_000_001;

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: Endpoint,
    form: &Fields,
    serial: String,
    kind: Kind,
) -> Result<Answer, Refused> {
    require(form, &REQUIRED)?;
    if let Some((name, _)) = LENGTHS.iter().find(|(name, length)| text(form, name).chars().count() > *length)
    {
        return Err(Refused::invalid(name));
    }
    let asked = amount::parse(text(form, "amount"), at.exponent).map_err(|_| Refused::invalid("amount"))?;
    if asked == 0 {
        return Err(Refused::invalid("amount"));
    }
    if text(form, "currency") != at.currency.as_str() {
        return Err(Refused::invalid("currency"));
    }
    let family = Family::of(text(form, "encrypted-type"), &gateway.settings.encrypted_types)?;
    if let Some(answer) = duplicate(gateway, text(form, "client_orderid"))? {
        return Ok(answer);
    }
    let blob = hex::decode(text(form, "encrypted-data")).map_err(|_| Refused::invalid("encrypted-data"))?;
    let card = family.read(&blob, Asked { amount: asked, currency: at.currency_numeric })?;

    let id = gateway.orders.last().map_or(FIRST_ORDER_ID, |order| order.id + 1);
    let payment = Transaction {
        kind,
        serial,
        asked,
        granted: gateway.settings.approve_at_most.map_or(asked, |most| asked.min(most)),
        outcome: outcome::of_amount(asked),
        is_contact_chip: card.entry == Entry::Chip,
        started: now,
        processing_ms: gateway.settings.processing_ms,
        advice_wait_ms: gateway.settings.approve_without_advice_ms,
        advised: None,
        announced: false,
    };
    let order = Order {
        id,
        client_orderid: text(form, "client_orderid").to_owned(),
        endpoint: at,
        created: now,
        visible: now + gateway.settings.visible_after_ms,
        family,
        card,
        payment,
        later: Vec::new(),
        issuer_response: issuer_response(gateway.next_random()),
        approval_code: gateway.digits(6),
        rrn: gateway.digits(12),
        email: text(form, "email").to_owned(),
        phone: text(form, "phone").to_owned(),
        merchant_data: text(form, "merchant_data").to_owned(),
        advice: None,
        advice_requests: 0,
        sale_requests: 1,
        status_requests: 0,
    };
    let answer = accepted(&order.payment.serial, &order);
    gateway.orders.push(order);
    Ok(answer)
}

/// What a taken client_orderid leads to: a refusal, the first answer, or nothing, and then a second order is made.
fn duplicate(gateway: &mut Gateway, client_orderid: &str) -> Result<Option<Answer>, Refused> {
    let rule = gateway.settings.duplicate;
    let Some(first) = gateway.orders.iter_mut().find(|order| order.client_orderid == client_orderid) else {
        return Ok(None);
    };
    first.sale_requests += 1;
    match rule {
        Duplicate::Refuse => {
            Err(Refused::Validation(format!("client_orderid {client_orderid} is already used")))
        }
        Duplicate::SameAnswer => Ok(Some(accepted(&first.payment.serial, first))),
        Duplicate::SecondCharge => Ok(None),
    }
}

/// The answer that a request is under way.
pub(crate) fn accepted(serial: &str, order: &Order) -> Answer {
    vec![
        ("type", "async-response".to_owned()),
        ("serial-number", serial.to_owned()),
        ("merchant-order-id", order.client_orderid.clone()),
        ("paynet-order-id", order.id.to_string()),
    ]
}

/// Issuer authentication data (a cryptogram and "00") and one script of one harmless command.
fn issuer_response(cryptogram: u64) -> Vec<u8> {
    let authentication = [&cryptogram.to_be_bytes()[..], b"00"].concat();
    let script = [
        tlv::object(tlv::Tag::new(0x9F18), &[0, 0, 0, 1]),
        tlv::object(tlv::Tag::new(0x86), &[0x84, 0x24, 0, 0, 0]),
    ];
    [
        tlv::object(tlv::tag::ISSUER_AUTHENTICATION_DATA, &authentication),
        tlv::object(tlv::tag::ISSUER_SCRIPT_2, &script.concat()),
    ]
    .concat()
}
