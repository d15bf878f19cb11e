//! `/api/v2/capture`, `/api/v2/return` and `/api/v2/void`: what comes after the payment.

use paynet::{Fields, Status, amount};

use crate::auth::{check_return, check_status, require, text};
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::order::Order;
use crate::outcome::{self, Outcome};
use crate::sale;
use crate::settings::Later;
use crate::transaction::{Kind, Transaction};

/// Which of the three calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Capture,
    Return,
    Void,
}

/// What the gate can do.
#[derive(Clone, Copy)]
struct Gate {
    partial_capture: bool,
    partial_return: bool,
    void: bool,
}

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: &Endpoint,
    form: &Fields,
    serial: String,
    call: Call,
) -> Result<Answer, Refused> {
    require(form, &["login", "client_orderid", "orderid", "control"])?;
    if call != Call::Capture {
        require(form, &["comment"])?;
    }
    if text(form, "comment").chars().count() > 50 {
        return Err(Refused::invalid("comment"));
    }
    let asked = asked(gateway, at, form, call)?;
    let settings = &gateway.settings;
    let (later, processing_ms) = (settings.later, settings.processing_ms);
    let gate = Gate {
        partial_capture: settings.partial_capture,
        partial_return: settings.partial_return,
        void: settings.void,
    };
    let order = gateway.find(now, at, form)?;
    let (kind, minor) = begin(order, now, call, asked, gate)?;
    let outcome = match later {
        Later::Approve => asked.map_or(Outcome::Approve, outcome::of_amount),
        Later::Decline => outcome::DECLINED,
        Later::Unknown => Outcome::UnknownFirst,
        Later::Stuck => Outcome::Stuck,
    };
    order.later.push(Transaction {
        kind,
        serial: serial.clone(),
        asked: minor,
        granted: minor,
        outcome,
        is_contact_chip: false,
        started: now,
        processing_ms,
        advice_wait_ms: None,
        advised: None,
        announced: false,
    });
    Ok(sale::accepted(&serial, order))
}

/// The amount that is asked for, if one is, in minor units; and whether the request is the merchant's.
fn asked(gateway: &Gateway, at: &Endpoint, form: &Fields, call: Call) -> Result<Option<u64>, Refused> {
    let account = &gateway.account;
    let read = |exponent| match text(form, "amount") {
        "" => Ok(None),
        text => amount::parse(text, exponent).map(Some).map_err(|_| Refused::invalid("amount")),
    };
    let asked = read(at.exponent)?;
    match call {
        // The vendor's way: two digits behind the point in every currency.
        Call::Capture | Call::Return => check_return(form, read(2)?, &account.login, &account.key)?,
        Call::Void => check_status(form, &account.login, &account.key)?,
    }
    if asked.is_some() {
        require(form, &["currency"])?;
        if text(form, "currency") != at.currency.as_str() {
            return Err(Refused::invalid("currency"));
        }
    }
    Ok(asked)
}

/// Whether the order allows it, as what, and how much it is.
fn begin(
    order: &Order,
    now: u64,
    call: Call,
    asked: Option<u64>,
    gate: Gate,
) -> Result<(Kind, u64), Refused> {
    let error = |code, message| Err(Refused::Error { code, message });
    if order.payment.progress(now).status != Status::Approved {
        return error(6, "The order is not approved");
    }
    if !order.latest().progress(now).status.is_final() {
        return error(7, "A transaction of the order is under way");
    }
    let (taken, returned) = (order.taken(now), order.returned(now));
    let left = taken.saturating_sub(returned);
    let is_reserved = order.payment.kind == Kind::Preauth && order.captured(now) == 0;
    let (kind, allows_part, no_part) = match call {
        Call::Capture if !is_reserved || returned > 0 => {
            return error(9, "Only an approved preauth can be captured, once");
        }
        Call::Capture => (Kind::Capture, gate.partial_capture, "Partial capture is disabled"),
        Call::Return if is_reserved => (Kind::Cancel, false, "A preauth is cancelled as a whole"),
        Call::Return => (Kind::Reversal, gate.partial_return, "Partial return is disabled"),
        Call::Void if !gate.void => return error(10, "The gate does not support void"),
        Call::Void if is_reserved || returned > 0 => {
            return error(9, "Only an approved sale or capture can be voided");
        }
        Call::Void => (Kind::Void, false, "A transaction is voided as a whole"),
    };
    let minor = asked.unwrap_or(left);
    if minor == 0 || minor > left {
        return Err(Refused::invalid("amount"));
    }
    // The last of several parts may take all that is left.
    if minor < left && !allows_part {
        return error(8, no_part);
    }
    Ok((kind, minor))
}
