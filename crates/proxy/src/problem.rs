//! Everything that can be wrong with a request, as problem documents (RFC 9457).

use crate::store::StoreError;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use payment::{api, money::Amount};
use serde::Serialize;

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
    /// A foreign host or origin.
    #[error("the request comes from a foreign host or origin")]
    Foreign,
    /// No session.
    #[error("the till has not shown its token")]
    NoSession,
    /// The token is wrong or was used.
    #[error("the token is wrong or was used before")]
    WrongToken,
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
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        const PAGE: &str = "The till's page and its server do not fit together. Nothing was charged by this request. \
                            Reload the page.";
        const SETUP: &str =
            "This till is not set up for this payment. Nothing was charged. Call your support.";
        const SERVER: &str = "The till's server has a fault. Nothing new was sent. Call your support.";
        match self {
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
            Self::Foreign => (StatusCode::FORBIDDEN, "foreign", SETUP),
            Self::NoSession => (
                StatusCode::UNAUTHORIZED,
                "no-session",
                "This till has not been let in. Nothing was charged by this request. Call your support.",
            ),
            Self::WrongToken => (StatusCode::FORBIDDEN, "wrong-token", SETUP),
            Self::Forged => (StatusCode::FORBIDDEN, "forged", SETUP),
            Self::Store => (StatusCode::SERVICE_UNAVAILABLE, "store", SERVER),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", SERVER),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Store
    }
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
        let mut trace = [0; 8];
        // A trace id names a line of the log; without randomness all of them are the same, and that is all.
        let _ = getrandom::fill(&mut trace);
        let trace_id = hex::encode(trace);
        tracing::warn!(code, trace_id, problem = %self, "request refused");
        let problem = api::Problem {
            code: code.to_owned(),
            status: status.as_u16(),
            title: self.to_string(),
            cashier: match &self {
                Self::OverLimit(most) => format!("The limit is {most}. {cashier}"),
                _ => cashier.to_owned(),
            },
            trace_id,
        };
        let document = Document { kind: format!("urn:mpos:problem:{code}"), problem };
        (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document)).into_response()
    }
}
