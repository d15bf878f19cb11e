//! Everything that can be wrong with a request, as problem documents (RFC 9457).

use crate::store::StoreError;
use crate::trace::current;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
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
    fn parts(&self) -> (StatusCode, &'static str, Cow<'static, str>) {
        const PAGE: &str = "The till's page and its server do not fit together. Nothing was charged by this request. \
                            Reload the page.";
        const SETUP: &str =
            "This till is not set up for this payment. Nothing was charged. Call your support.";
        const SERVER: &str = "The till's server has a fault. Nothing new was sent. Call your support.";
        let (status, code, cashier) = match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", PAGE),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "too-long", PAGE),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "The network is too slow. The till asks again by itself.",
            ),
            Self::OtherId => (StatusCode::UNPROCESSABLE_ENTITY, "other-id", PAGE),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", PAGE),
            Self::UnknownPayment => (
                StatusCode::NOT_FOUND,
                "unknown-payment",
                "The till's server does not know this payment. That does not mean that nothing was charged.",
            ),
            Self::OtherPayment => (StatusCode::UNPROCESSABLE_ENTITY, "other-payment", PAGE),
            Self::CardUsed => (
                StatusCode::CONFLICT,
                "card-used",
                "This reading of the card has paid already. Look at the other payment before you take the card again.",
            ),
            Self::Abandoned => (
                StatusCode::GONE,
                "abandoned",
                "This payment was cancelled here and will not be sent. The list of payments says how it stands.",
            ),
            Self::NotAllowed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-allowed", SETUP),
            Self::OverLimit(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "over-limit",
                "Nothing was charged. Cashier: a smaller amount, or ask a manager.",
            ),
            Self::GateClosing => (
                StatusCode::CONFLICT,
                "gate-closing",
                "The bank is closing the day. Cashier: wait; the till says when it is open again.",
            ),
            Self::NoCloseDay => (
                StatusCode::CONFLICT,
                "no-close-day",
                "Your acquirer closes the day without being asked. Nothing was sent.",
            ),
            Self::OpenOrders => (
                StatusCode::CONFLICT,
                "open-orders",
                "Payments are not final. Nothing was sent. Manager: wait for them, or confirm the list.",
            ),
            Self::Over => (
                StatusCode::CONFLICT,
                "over",
                "This day or shift was closed meanwhile. Nothing was done. Look at it again.",
            ),
            Self::TooMany => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "too-many",
                "That is more than can be counted at once. Choose fewer days.",
            ),
            Self::NotPossible(why) => not_possible(why),
            Self::Foreign => (StatusCode::FORBIDDEN, "foreign", SETUP),
            Self::NoSession => (
                StatusCode::UNAUTHORIZED,
                "no-session",
                "This till has not been let in. Nothing was charged by this request. Call your support.",
            ),
            Self::WrongToken => (StatusCode::FORBIDDEN, "wrong-token", SETUP),
            Self::SignIn => (
                StatusCode::UNAUTHORIZED,
                "sign-in",
                "Nobody is signed in. Nothing was charged by this request. Sign in first.",
            ),
            Self::Role(role) => return (StatusCode::FORBIDDEN, "role", Self::needs(*role)),
            Self::WrongPin { left } => {
                let tries = if *left == 1 { "1 try" } else { &format!("{left} tries") };
                return (StatusCode::FORBIDDEN, "wrong-pin", format!("Wrong PIN, {tries} left.").into());
            }
            Self::PinLocked { ms } => {
                let minutes = ms.div_ceil(60_000);
                let minutes = if minutes == 1 { "1 minute" } else { &format!("{minutes} minutes") };
                let text = format!("Too many wrong PINs. Wait {minutes}, or ask a manager to unlock you.");
                return (StatusCode::TOO_MANY_REQUESTS, "pin-locked", text.into());
            }
            Self::ShortPin(least) => {
                let text = format!("This PIN needs at least {least} digits. Choose a longer one.");
                return (StatusCode::UNPROCESSABLE_ENTITY, "short-pin", text.into());
            }
            Self::TrivialPin => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "trivial-pin",
                "This PIN is easy to guess. Choose one without rows or repeats.",
            ),
            Self::BadName => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-name",
                "A name has 1 to 30 characters. Choose a shorter one.",
            ),
            Self::NameTaken => (
                StatusCode::CONFLICT,
                "name-taken",
                "Somebody has this name, or had it. Add a surname or a letter.",
            ),
            Self::UnknownOperator => (StatusCode::NOT_FOUND, "unknown-operator", PAGE),
            Self::Oneself => {
                (StatusCode::CONFLICT, "oneself", "Nobody can do this to themselves. Ask another manager.")
            }
            Self::Forged => (StatusCode::FORBIDDEN, "forged", SETUP),
            Self::Store => (StatusCode::SERVICE_UNAVAILABLE, "store", SERVER),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", SERVER),
        };
        (status, code, cashier.into())
    }

    fn needs(role: Role) -> Cow<'static, str> {
        match role {
            Role::Cashier => "This needs somebody who is signed in.",
            Role::Supervisor => "This needs a supervisor or a manager. Ask one to sign in.",
            Role::Manager => "This needs a manager. Ask one to sign in.",
        }
        .into()
    }
}

/// Nothing was sent in any of these cases.
fn not_possible(why: &NotPossible) -> (StatusCode, &'static str, &'static str) {
    match why {
        NotPossible::Open => (
            StatusCode::CONFLICT,
            "transaction-open",
            "Another capture, refund or void of this payment is not finished. Nothing new was sent. Wait for its result.",
        ),
        NotPossible::NotInThisState => (
            StatusCode::CONFLICT,
            "not-in-this-state",
            "This payment does not allow that as it stands. Nothing was sent. Look at the payment again.",
        ),
        NotPossible::MoreThanLeft { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "more-than-left",
            "The amount is more than is left of this payment. Nothing was sent. Enter a smaller one.",
        ),
        NotPossible::NoPart => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-part",
            "The bank's gateway takes the whole amount only. Nothing was sent.",
        ),
        NotPossible::NoAmount => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-amount",
            "The amount must be more than zero, in the payment's currency. Nothing was sent.",
        ),
        NotPossible::OtherRequest => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "other-request",
            "The page and its server do not fit together. Nothing new was sent. Reload the page.",
        ),
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
        let (status, code, cashier) = self.parts();
        let trace_id = current::refused(code).map_or_else(drawn, |trace| trace.to_string());
        tracing::warn!(code, trace_id, problem = %self, "request refused");
        let problem = api::Problem {
            code: code.to_owned(),
            status: status.as_u16(),
            title: self.to_string(),
            cashier: match &self {
                Self::OverLimit(most) => format!("The limit is {most}. {cashier}"),
                _ => cashier.into_owned(),
            },
            trace_id,
        };
        let document = Document { kind: format!("urn:mpos:problem:{code}"), problem };
        (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document)).into_response()
    }
}
