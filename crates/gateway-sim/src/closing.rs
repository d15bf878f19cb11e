//! `/api/v2/close-day`: the day of the endpoint, closed once under each id.

use paynet::{Fields, Status, amount};
use serde::Serialize;

use crate::auth::{require, text};
use crate::date;
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::settings::Repeat;
use crate::transaction::{Kind, Transaction};

/// A day that was closed. Sums in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Closing {
    /// `day_close_request_id`.
    pub(crate) id: String,
    pub(crate) at: u64,
    /// How often it was asked for.
    pub(crate) requests: u32,
    pub(crate) blocked_until: u64,
    pub(crate) sale_count: u64,
    pub(crate) sale_sum: u64,
    pub(crate) reversal_count: u64,
    pub(crate) reversal_sum: u64,
    serial: String,
    rrn: String,
}

/// The merchant's own totals, which are optional.
const OWN: [&str; 4] =
    ["sale_approved_count", "sale_approved_sum", "reversal_approved_count", "reversal_approved_sum"];

/// Whether no transaction passes because a day is being closed.
pub(crate) fn is_blocked(gateway: &Gateway, now: u64) -> bool {
    gateway.closings.iter().any(|closing| now < closing.blocked_until)
}

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: &Endpoint,
    form: &Fields,
    serial: String,
) -> Result<Answer, Refused> {
    require(form, &["day_close_request_id"])?;
    let id = text(form, "day_close_request_id");
    if !(8..=32).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Refused::invalid("day_close_request_id"));
    }
    let exponent = at.exponent;
    for name in OWN {
        let value = text(form, name);
        let places = if name.ends_with("_sum") { exponent } else { 0 };
        if !value.is_empty() && amount::parse(value, places).is_err() {
            return Err(Refused::invalid(name));
        }
    }
    let repeat = gateway.settings.closing.repeat;
    if let Some(first) = gateway.closings.iter_mut().find(|closing| closing.id == id) {
        first.requests += 1;
        return match repeat {
            Repeat::Refuse => Err(Refused::Validation(format!("day_close_request_id {id} is already used"))),
            Repeat::Answer => {
                let first = first.clone();
                Ok(answer(gateway, at, &first, now))
            }
        };
    }
    if is_blocked(gateway, now) {
        return Err(Refused::Error { code: 9, message: "The day is being closed" });
    }
    let closing = close(gateway, now, at, id.to_owned(), serial);
    let answer = answer(gateway, at, &closing, now);
    gateway.closings.push(closing);
    Ok(answer)
}

/// Counts what was approved since the last closing.
fn close(gateway: &mut Gateway, now: u64, at: &Endpoint, id: String, serial: String) -> Closing {
    let since = gateway.closings.last().map_or(0, |closing| closing.at);
    let settings = gateway.settings.closing.clone();
    let rrn = gateway.digits(12);
    let of_day = |transaction: &&Transaction| {
        let is_today = transaction.settled().is_some_and(|at| since < at && at <= now);
        is_today && transaction.progress(now).status == Status::Approved
    };
    let orders = gateway.orders.iter().filter(|order| order.endpoint == *at);
    let today: Vec<&Transaction> =
        orders.flat_map(crate::order::Order::transactions).filter(of_day).collect();
    let count_and_sum = |kinds: [Kind; 2]| {
        let own = today.iter().filter(|transaction| kinds.contains(&transaction.kind));
        own.fold((0, 0_u64), |(count, sum), transaction| (count + 1, sum + transaction.granted))
    };
    let (sale_count, sale_sum) = count_and_sum([Kind::Sale, Kind::Capture]);
    let (reversal_count, reversal_sum) = count_and_sum([Kind::Reversal, Kind::Void]);
    Closing {
        id,
        at: now,
        requests: 1,
        blocked_until: now + settings.blocked_ms,
        sale_count,
        sale_sum: sale_sum.saturating_add_signed(settings.sale_off_by),
        reversal_count,
        reversal_sum,
        serial,
        rrn,
    }
}

/// The documented fields. Words of `status` are not documented, nor how the date is written.
fn answer(gateway: &Gateway, at: &Endpoint, closing: &Closing, now: u64) -> Answer {
    let blocked = now < closing.blocked_until;
    let sum = |minor| {
        let (exponent, currency) = (at.exponent, at.currency);
        paynet::Amount { minor, exponent, currency }.decimal()
    };
    let mut answer = vec![
        ("status", if blocked { "processing" } else { "approved" }.to_owned()),
        ("gateId", "1".to_owned()),
        ("isDayClosing", blocked.to_string()),
        ("gateCloseDate", date::msk(closing.at)),
        ("epntId", at.id.clone()),
        ("saleApprovedCount", closing.sale_count.to_string()),
        ("saleAmount", sum(closing.sale_sum)),
        ("reversalApprovedCount", closing.reversal_count.to_string()),
        ("reversalAmount", sum(closing.reversal_sum)),
    ];
    if !blocked {
        answer.push(("code39", gateway.settings.closing.code39.clone()));
        answer.push(("RRN", closing.rrn.clone()));
    }
    answer.push(("theRequestSerialNumber", closing.serial.clone()));
    answer
}
