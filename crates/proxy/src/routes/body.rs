//! Reading a request's JSON without leaving card data behind.

use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// The longest body: 16 kB of hex and the payment round it.
const LONGEST: usize = 32 * 1024;

/// A JSON body. The copies of its bytes that are ours are overwritten; what is wrong with it is never repeated.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // A form of a foreign page cannot have this type without asking first.
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if kind.is_none_or(|kind| kind.split(';').next().map(str::trim) != Some("application/json")) {
            return Err(Problem::Malformed);
        }
        let bytes = axum::body::to_bytes(request.into_body(), LONGEST).await.map_err(|_| Problem::TooLong)?;
        let bytes = bytes.try_into_mut().map(|bytes| Zeroizing::new(Vec::from(bytes)));
        let parsed = match &bytes {
            Ok(bytes) => serde_json::from_slice(bytes),
            // Still shared with the connection's buffer, which we cannot overwrite.
            Err(bytes) => serde_json::from_slice(bytes),
        };
        parsed.map(Self).map_err(|error| {
            tracing::debug!(line = error.line(), column = error.column(), "a body cannot be read");
            Problem::Malformed
        })
    }
}
