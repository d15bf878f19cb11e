//! `/api/v2/status`: the fields that the vendor's client reads, and a few more.

use paynet::{Amount, Currency, Fields, Status};

use crate::auth::{check_status, require, text};
use crate::date::msk;
use crate::gateway::{Endpoint, Gateway};
use crate::http::{Answer, Refused};
use crate::order::Order;
use crate::outcome::Outcome;
use crate::receipt;
use crate::transaction::{Kind, Transaction};

/// `terminal-id` of the receipt.
const TERMINAL_ID: &str = "25204003";

pub(crate) fn handle(
    gateway: &mut Gateway,
    now: u64,
    at: &Endpoint,
    form: &Fields,
) -> Result<Answer, Refused> {
    require(form, &["login", "client_orderid", "control"])?;
    check_status(form, &gateway.account.login, &gateway.account.key)?;
    let parts = [gateway.settings.partial_return, gateway.settings.partial_capture];
    let order = gateway.find(now, at, form)?;
    order.status_requests += 1;
    let serial = text(form, "by-request-sn");
    let transaction = if serial.is_empty() {
        order.latest()
    } else {
        // Inferred: the documents do not say what an unknown serial number leads to.
        order.transactions().find(|transaction| transaction.serial == serial).ok_or(Refused::Error {
            code: 101,
            message: "ORDER_NOT_FOUND: no request with this serial number",
        })?
    };
    Ok(report(order, transaction, now, at.currency, at.exponent, parts))
}

fn report(
    order: &Order,
    transaction: &Transaction,
    now: u64,
    currency: Currency,
    exponent: u8,
    parts: [bool; 2],
) -> Answer {
    let progress = transaction.progress(now);
    let card = &order.card;
    let [partial_return, partial_capture] = parts.map(|part| if part { "enabled" } else { "disabled" });
    let mut answer = vec![
        ("type", "status-response".to_owned()),
        ("serial-number", transaction.serial.clone()),
        ("merchant-order-id", order.client_orderid.clone()),
        ("paynet-order-id", order.id.to_string()),
        ("status", progress.status.as_str().to_owned()),
        ("transaction-type", transaction.kind.name().to_owned()),
        ("order-stage", progress.stage),
        ("amount", amount(transaction, &progress.status, currency, exponent).decimal()),
        ("currency", currency.as_str().to_owned()),
        ("descriptor", "SANDBOX".to_owned()),
        ("gate-partial-reversal", partial_return.to_owned()),
        ("gate-partial-capture", partial_capture.to_owned()),
        ("processor-tx-id", format!("PNTEST-{}", order.id)),
        ("cardholder-name", card.cardholder.clone()),
        ("card-exp-month", card.expiry_month.clone()),
        ("card-exp-year", card.expiry_year.clone()),
        ("bin", card.bin.clone()),
        ("last-four-digits", card.last_four.clone()),
        ("card-type", card.scheme.to_owned()),
        ("terminal-id", TERMINAL_ID.to_owned()),
        ("reader-processing-date", msk(order.created)),
        ("paynet-processing-date", msk(transaction.started)),
        ("email", order.email.clone()),
        ("phone", order.phone.clone()),
    ];
    if !order.merchant_data.is_empty() {
        answer.push(("merchantdata", order.merchant_data.clone()));
    }
    answer.extend(card.emv.iter().cloned());
    if transaction.awaits_advice(now) {
        answer.push(("emv-issuer-response", hex::encode_upper(&order.issuer_response)));
        answer.push(("auth-response-code", "00".to_owned()));
    }
    if transaction.outcome == Outcome::Redirect {
        answer.push(("redirect-url", "https://3ds.invalid/challenge".to_owned()));
    }
    if progress.status.is_final() {
        answer.push(("acquirer-processing-date", msk(transaction.settled().unwrap_or(now))));
        answer.push(("processor-rrn", order.rrn.clone()));
        answer.push(("receipt-id", receipt::id(order, transaction)));
        answer.extend(result(order, transaction));
    }
    answer
}

/// The actual amount: what was granted once it is approved, what was asked before.
pub(crate) fn amount(transaction: &Transaction, status: &Status, currency: Currency, exponent: u8) -> Amount {
    let minor = if *status == Status::Approved { transaction.granted } else { transaction.asked };
    Amount { minor, exponent, currency }
}

/// The codes of a final result.
fn result(order: &Order, transaction: &Transaction) -> Answer {
    let error = |code: u32, message: &str| {
        vec![("error-code", code.to_string()), ("error-message", message.to_owned())]
    };
    match transaction.outcome {
        Outcome::Decline(reason) => {
            let mut answer = error(reason.code, reason.message);
            answer.push(("auth-response-code", reason.response_code.to_owned()));
            answer
        }
        Outcome::CardDeclined => error(120, "Declined by the card"),
        Outcome::Filter => error(51, "Refused by fraud control"),
        Outcome::Fail => error(52, "Processor error"),
        _ if matches!(transaction.kind, Kind::Sale | Kind::Preauth) => {
            vec![("approval-code", order.approval_code.clone()), ("auth-response-code", "00".to_owned())]
        }
        _ => Vec::new(),
    }
}
