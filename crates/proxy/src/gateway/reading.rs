//! What the gateway's bytes mean for the money.

use payment::settlement::{self, Closing, DayTotals, Sum};
use payment::{
    api::{CallAnswer, IssuerAnswer, NotCharged, Reason, Word},
    money::{Amount, Currency},
    order::{Answer, Gate, Order, Report, Status, Submission, Transaction},
};
use paynet::reply::{self, HttpReply};
use paynet::{Dialect, Fields, OrderStatus, Refusal, RefusalKind, ReplyError};
use std::collections::BTreeMap;

/// A whole HTTP answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status code.
    pub code: u16,
    /// Header `error-message`.
    pub error_message: Option<String>,
    /// How many seconds our clock is ahead of the gateway's, by its `Date`.
    pub clock_ahead: Option<i64>,
    /// Body.
    pub body: Vec<u8>,
}

/// A difference between the clocks that explains a 403. The gateway's window is not documented; its `Date` has whole
/// seconds and the answer took time to come.
const CLOCK_WRONG_S: u64 = 60;

/// Fields of a status answer that a receipt or support may want: names of the vendor's mPOS client. Everything else
/// (redirects, hashes, references of the card) is not kept.
const RECEIPT: &[&str] = &[
    "acquirer-processing-date",
    "amount",
    "approval-code",
    "auth-response-code",
    "card-type",
    "cardholder-name",
    "currency",
    "descriptor",
    "emv-app-cryptogram-9f26",
    "emv-app-label-50",
    "emv-cid-9f27",
    "emv-cvm-9f34",
    "emv-pan-sequence-5f34",
    "emv-terminal-aid-9f06",
    "emv-tvr-95",
    "last-four-digits",
    "paynet-order-id",
    "paynet-processing-date",
    "processor-rrn",
    "processor-tx-id",
    "reader-processing-date",
    "receipt-id",
    "terminal-id",
    "transaction-type",
];

/// The longest text of the gateway's that is kept, in characters.
const LONGEST_TEXT: usize = 200;

impl Reply {
    fn as_http(&self) -> HttpReply<'_> {
        HttpReply { code: self.code, error_message: self.error_message.as_deref(), body: &self.body }
    }
}

/// How a sale, preauthorisation or later transaction of `order` ended. Only 400, 403 and `validation-error` are refusals; whatever
/// cannot be read for certain is [`Submission::Lost`].
#[must_use]
pub fn submission(reply: &Reply, order: &Order, dialect: &Dialect) -> Submission {
    let error = match reply::accepted(&reply.as_http(), dialect) {
        Ok(accepted) if accepted.client_orderid == order.terms.attempt.as_str() => {
            return Submission::Accepted {
                order_id: accepted.orderid,
                serial_number: accepted.serial_number,
            };
        }
        Ok(_) => return Submission::Lost,
        Err(error) => error,
    };
    let refusal = match error {
        ReplyError::Forbidden => {
            return Submission::Refused(NotCharged::TillRefused, till_refused(reply.clock_ahead));
        }
        ReplyError::BadRequest(message) => {
            Refusal { kind: RefusalKind::Validation, code: Some(400), message }
        }
        ReplyError::Refused(refusal) if refusal.kind == RefusalKind::Validation => refusal,
        _ => return Submission::Lost,
    };
    if refusal.is_duplicate(dialect) {
        return Submission::Duplicate;
    }
    let code = refusal.code.map(|code| code.to_string());
    Submission::Refused(NotCharged::Refused, Reason { code, message: text(&refusal.message) })
}

/// How a request to close the day ended. Only 400, 403 and `validation-error` are refusals.
#[must_use]
pub fn closing_reply(reply: &Reply, closing: &Closing, dialect: &Dialect) -> settlement::Reply {
    let refused = |code: i64, message: &str| {
        settlement::Reply::Refused(Reason { code: Some(code.to_string()), message: text(message) })
    };
    match paynet::close_day::read(&reply.as_http(), dialect) {
        Ok(answer) => {
            let currency = closing.ours.sale.amount.currency;
            let sum = |(count, minor)| Sum { count, amount: Amount::new(minor, currency) };
            let totals = answer.totals(currency.exponent());
            let kept = |field: &Option<String>| field.as_deref().and_then(text);
            settlement::Reply::Answered(Box::new(settlement::Answer {
                agreed: answer.is_agreed(dialect),
                blocked: answer.is_day_closing,
                status: kept(&answer.status),
                code: kept(&answer.code39),
                number: kept(&answer.rrn),
                date: kept(&answer.gate_close_date),
                serial_number: kept(&answer.serial_number),
                totals: totals.map(|[sale, reversal]| DayTotals { sale: sum(sale), reversal: sum(reversal) }),
            }))
        }
        Err(ReplyError::Refused(refusal)) if refusal.is_closed_before(dialect) => {
            settlement::Reply::Duplicate
        }
        Err(ReplyError::Refused(refusal)) if refusal.kind == RefusalKind::Validation => {
            refused(refusal.code.unwrap_or(1), &refusal.message)
        }
        Err(ReplyError::BadRequest(message)) => refused(400, &message),
        Err(ReplyError::Forbidden) => settlement::Reply::Refused(till_refused(reply.clock_ahead)),
        Err(_) => settlement::Reply::Lost,
    }
}

/// A 403: key, login or endpoint; or our clock, which is said when the gateway's own shows it.
fn till_refused(clock_ahead: Option<i64>) -> Reason {
    match clock_ahead {
        Some(ahead) if ahead.unsigned_abs() > CLOCK_WRONG_S => {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            let seconds = ahead.unsigned_abs();
            let message = format!("The clock of this proxy is {seconds} s {way} the gateway's.");
            Reason { code: Some("clock".into()), message: Some(message) }
        }
        _ => {
            let message = "The gateway does not accept the key, the login or the endpoint of this proxy.";
            Reason { code: Some("403".into()), message: Some(message.into()) }
        }
    }
}

/// What a status answer about `order` says.
#[must_use]
pub fn answer(reply: &Reply, order: &Order, dialect: &Dialect) -> Answer {
    match reply::status(&reply.as_http(), dialect) {
        Ok(status) => Answer::Report(Box::new(report(status, order.terms.amount.currency))),
        Err(ReplyError::Refused(refusal)) if refusal.is_not_found() => Answer::NotFound,
        Err(_) => Answer::Lost,
    }
}

/// What of any answer about a payment is written into its trace.
#[must_use]
pub(super) fn traced(reply: &Reply) -> CallAnswer {
    let fields = Fields::decode(&reply.body);
    let field = |name| fields.get(name).map(str::trim);
    CallAnswer {
        http: Some(reply.code),
        said: field("type").and_then(Word::new),
        status: field("status").and_then(Word::new),
        code: field("error-code").and_then(|code| code.parse().ok()),
    }
}

fn report(status: OrderStatus, currency: Currency) -> Report {
    let field = |name: &str| status.fields.get(name).filter(|value| !value.is_empty());
    // An endpoint has one currency, so an amount without one is in it.
    let currency = status.currency().map_or(Some(currency), |code| Currency::from_code(code).ok());
    let amount = field("amount").zip(currency).and_then(|(text, c)| Amount::from_major(text, c).ok());
    let response_code = field("auth-response-code").and_then(text);
    let issuer = response_code.clone().map(|response_code| IssuerAnswer {
        response_code,
        data: status.issuer_response().filter(|data| !data.is_empty()).map(hex::encode_upper),
    });
    // What the issuer answered is more than the gateway's number for it: 55 lets the customer try another PIN.
    let issuer_refused = response_code.filter(|code| code != "00");
    let enabled = |name: &str| field(name).map(|value| value.eq_ignore_ascii_case("enabled"));
    let gate = match (enabled("gate-partial-capture"), enabled("gate-partial-reversal")) {
        (None, None) => None,
        (capture, reversal) => Some(Gate {
            partial_capture: capture.unwrap_or_default(),
            partial_return: reversal.unwrap_or_default(),
        }),
    };
    let receipt = RECEIPT.iter().filter_map(|name| Some(((*name).to_owned(), text(field(name)?)?)));
    Report {
        attempt: status.client_orderid.clone(),
        order_id: status.orderid.clone(),
        transaction: status.transaction_type().map(transaction),
        status: match status.status {
            paynet::Status::Approved => Status::Approved,
            paynet::Status::Declined => Status::Declined,
            paynet::Status::Filtered => Status::Filtered,
            paynet::Status::Error => Status::Error,
            paynet::Status::Processing => Status::Processing,
            paynet::Status::Unknown | paynet::Status::Other(_) => Status::Unknown,
        },
        amount,
        serial_number: Some(status.serial_number.clone()),
        stage: status.stage.as_ref().and_then(|stage| text(stage.as_str())),
        awaits_card: status.stage.as_ref().is_some_and(paynet::Stage::is_emv_validating),
        issuer,
        online_check: status.wants_3ds(),
        reason: Reason {
            code: issuer_refused.or_else(|| field("error-code").and_then(text)),
            message: field("error-message").and_then(text),
        },
        receipt: receipt.collect::<BTreeMap<_, _>>(),
        gate,
    }
}

/// `reversal` takes back a sale, `cancel` a preauthorisation.
fn transaction(kind: &str) -> Transaction {
    match kind.to_ascii_lowercase().as_str() {
        "sale" => Transaction::Sale,
        "preauth" => Transaction::Preauth,
        "capture" => Transaction::Capture,
        "reversal" | "cancel" => Transaction::Return,
        "void" => Transaction::Void,
        _ => Transaction::Other,
    }
}

fn text(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    (!text.is_empty()).then_some(text)
}
