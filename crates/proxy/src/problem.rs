//! Everything that can be wrong with a request, as problem documents (RFC 9457): title and code in English for machines and
//! logs, words for the cashier in the language of whoever asks.

use crate::speech;
use crate::store::StoreError;
use crate::trace::current;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use language::Proxy as Say;
use payment::order::NotPossible;
use payment::role::Role;
use payment::{api, money::Amount};
use serde::Serialize;
use std::borrow::Cow;

/// Why a request is not answered with what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The body is not the JSON that is asked for. It is not repeated: it may hold card data.
    #[error("the request cannot be read")]
    Malformed,
    /// The body is longer than any payment.
    #[error("the request is too long")]
    TooLong,
    /// The body came too slowly.
    #[error("the request took too long")]
    TooSlow,
    /// Path and body name different payments.
    #[error("the path names another payment than the body")]
    OtherId,
    /// Nothing of this name.
    #[error("there is no such resource")]
    NotFound,
    /// No payment of this id.
    #[error("there is no payment of this id")]
    UnknownPayment,
    /// The id is another payment's.
    #[error("this id was used for another payment")]
    OtherPayment,
    /// The card reading was used.
    #[error("this card reading was used under another id")]
    CardUsed,
    /// The id was abandoned.
    #[error("this id was abandoned")]
    Abandoned,
    /// The payment does not fit the till, and how.
    #[error("the payment is not for this till: {0}")]
    NotAllowed(&'static str),
    /// The amount is over the limit.
    #[error("the amount is over the limit of {0}")]
    OverLimit(Amount),
    /// The gate is blocked while the day is being closed.
    #[error("the gateway is closing the day")]
    GateClosing,
    /// The acquirer wants no closing.
    #[error("this till's days are not closed by request")]
    NoCloseDay,
    /// Orders are not final, and nobody confirmed them.
    #[error("orders are not final")]
    OpenOrders,
    /// Another day or shift than the one that was looked at.
    #[error("the day or shift that was looked at is over")]
    Over,
    /// More orders, or days, than are counted at once.
    #[error("the period has more than can be counted at once")]
    TooMany,
    /// A later transaction cannot begin, and why.
    #[error("{0}")]
    NotPossible(#[from] NotPossible),
    /// A receipt has letters that receipt printers do not have; it was not counted.
    #[error("the receipt has letters that a receipt printer does not have")]
    PrinterLetters,
    /// A foreign host or origin.
    #[error("the request comes from a foreign host or origin")]
    Foreign,
    /// No session.
    #[error("the till has not shown its token")]
    NoSession,
    /// The token is wrong or was used.
    #[error("the token is wrong or was used before")]
    WrongToken,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignIn,
    /// Another role has the right, and which at least.
    #[error("this needs a {}", .0.word())]
    Role(Role),
    /// A wrong PIN, and how many more may be.
    #[error("name and PIN do not fit")]
    WrongPin {
        /// How many.
        left: u32,
    },
    /// After wrong PINs no PIN is taken, and for how long.
    #[error("too many wrong PINs")]
    PinLocked {
        /// So many milliseconds more.
        ms: u64,
    },
    /// The PIN has fewer digits than these.
    #[error("the PIN is too short")]
    ShortPin(u32),
    /// The PIN is one of those that everybody tries.
    #[error("the PIN is easy to guess")]
    TrivialPin,
    /// The name is too long, or none.
    #[error("this cannot be a name")]
    BadName,
    /// Somebody has the name, or had it.
    #[error("the name is taken")]
    NameTaken,
    /// Nobody has this name.
    #[error("nobody has this name")]
    UnknownOperator,
    /// Nobody changes their own role or lets themselves in no more.
    #[error("nobody does this to themselves")]
    Oneself,
    /// The checksum of a callback does not fit.
    #[error("the callback is not from the gateway")]
    Forged,
    /// The store failed; nothing was sent on its strength.
    #[error("the proxy's store failed")]
    Store,
    /// A defect of the proxy.
    #[error("the proxy failed")]
    Internal,
}

impl Problem {
    /// HTTP status, stable code, and what the cashier is told: whose fault, what became of the money, what to do.
    fn parts(&self, say: &Say) -> (StatusCode, &'static str, Cow<'static, str>) {
        let (status, code, cashier) = match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", say.page_does_not_fit()),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "too-long", say.page_does_not_fit()),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", say.too_slow()),
            Self::OtherId => (StatusCode::UNPROCESSABLE_ENTITY, "other-id", say.page_does_not_fit()),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", say.page_does_not_fit()),
            Self::UnknownPayment => (StatusCode::NOT_FOUND, "unknown-payment", say.unknown_payment()),
            Self::OtherPayment => {
                (StatusCode::UNPROCESSABLE_ENTITY, "other-payment", say.page_does_not_fit())
            }
            Self::CardUsed => (StatusCode::CONFLICT, "card-used", say.card_used()),
            Self::Abandoned => (StatusCode::GONE, "abandoned", say.abandoned()),
            Self::NotAllowed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-allowed", say.not_set_up()),
            Self::OverLimit(most) => {
                let text = say.over_limit(&speech::amount(*most, say));
                return (StatusCode::UNPROCESSABLE_ENTITY, "over-limit", text.into());
            }
            Self::GateClosing => (StatusCode::CONFLICT, "gate-closing", say.gate_closing()),
            Self::NoCloseDay => (StatusCode::CONFLICT, "no-close-day", say.no_close_day()),
            Self::OpenOrders => (StatusCode::CONFLICT, "open-orders", say.open_orders()),
            Self::Over => (StatusCode::CONFLICT, "over", say.over()),
            Self::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, "too-many", say.too_many()),
            Self::NotPossible(why) => not_possible(why, say),
            Self::PrinterLetters => {
                (StatusCode::UNPROCESSABLE_ENTITY, "printer-letters", say.printer_letters())
            }
            Self::Foreign => (StatusCode::FORBIDDEN, "foreign", say.not_set_up()),
            Self::NoSession => (StatusCode::UNAUTHORIZED, "no-session", say.no_session()),
            Self::WrongToken => (StatusCode::FORBIDDEN, "wrong-token", say.not_set_up()),
            Self::SignIn => (StatusCode::UNAUTHORIZED, "sign-in", say.sign_in()),
            Self::Role(Role::Cashier) => (StatusCode::FORBIDDEN, "role", say.needs_somebody()),
            Self::Role(Role::Supervisor) => (StatusCode::FORBIDDEN, "role", say.needs_supervisor()),
            Self::Role(Role::Manager) => (StatusCode::FORBIDDEN, "role", say.needs_manager()),
            Self::WrongPin { left: 1 } => (StatusCode::FORBIDDEN, "wrong-pin", say.wrong_pin_last()),
            Self::WrongPin { left } => {
                return (StatusCode::FORBIDDEN, "wrong-pin", say.wrong_pin(&left.to_string()).into());
            }
            Self::PinLocked { ms } => {
                let text = match ms.div_ceil(60_000) {
                    1 => say.pin_locked_minute().to_owned(),
                    minutes => say.pin_locked(&minutes.to_string()),
                };
                return (StatusCode::TOO_MANY_REQUESTS, "pin-locked", text.into());
            }
            Self::ShortPin(least) => {
                let text = say.short_pin(&least.to_string());
                return (StatusCode::UNPROCESSABLE_ENTITY, "short-pin", text.into());
            }
            Self::TrivialPin => (StatusCode::UNPROCESSABLE_ENTITY, "trivial-pin", say.trivial_pin()),
            Self::BadName => (StatusCode::UNPROCESSABLE_ENTITY, "bad-name", say.bad_name()),
            Self::NameTaken => (StatusCode::CONFLICT, "name-taken", say.name_taken()),
            Self::UnknownOperator => (StatusCode::NOT_FOUND, "unknown-operator", say.page_does_not_fit()),
            Self::Oneself => (StatusCode::CONFLICT, "oneself", say.oneself()),
            Self::Forged => (StatusCode::FORBIDDEN, "forged", say.not_set_up()),
            Self::Store => (StatusCode::SERVICE_UNAVAILABLE, "store", say.server_fault()),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", say.server_fault()),
        };
        (status, code, cashier.into())
    }
}

/// Nothing was sent in any of these cases.
fn not_possible(why: &NotPossible, say: &Say) -> (StatusCode, &'static str, &'static str) {
    match why {
        NotPossible::Open => (StatusCode::CONFLICT, "transaction-open", say.transaction_open()),
        NotPossible::NotInThisState => (StatusCode::CONFLICT, "not-in-this-state", say.not_in_this_state()),
        NotPossible::MoreThanLeft { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "more-than-left", say.more_than_left())
        }
        NotPossible::NoPart => (StatusCode::UNPROCESSABLE_ENTITY, "no-part", say.no_part()),
        NotPossible::NoAmount => (StatusCode::UNPROCESSABLE_ENTITY, "no-amount", say.no_amount()),
        NotPossible::OtherRequest => (StatusCode::UNPROCESSABLE_ENTITY, "other-request", say.other_request()),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Store
    }
}

impl From<payment::settlement::Overflow> for Problem {
    fn from(_: payment::settlement::Overflow) -> Self {
        Self::TooMany
    }
}

/// Of a call that is about no payment.
fn drawn() -> String {
    let mut trace = [0; 16];
    // A trace id names a line of the log; without randomness all of them are the same, and that is all.
    let _ = getrandom::fill(&mut trace);
    hex::encode(trace)
}

#[derive(Serialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    problem: api::Problem,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, cashier) = self.parts(&speech::say());
        let trace_id = current::refused(code).map_or_else(drawn, |trace| trace.to_string());
        tracing::warn!(code, trace_id, problem = %self, "request refused");
        let problem = api::Problem {
            code: code.to_owned(),
            status: status.as_u16(),
            title: self.to_string(),
            cashier: cashier.into_owned(),
            trace_id,
        };
        let document = Document { kind: format!("urn:mpos:problem:{code}"), problem };
        (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document)).into_response()
    }
}
