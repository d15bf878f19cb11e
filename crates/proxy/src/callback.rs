//! The gateway's callbacks, on a listener of their own. A callback is a hint: it moves nothing, it only makes us ask.

use crate::{clock, desk::Desk, metrics::Metrics, problem::Problem};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use payment::{attempt::AttemptId, order::Event};
use paynet::{Callback, CallbackError, ControlKey};
use std::sync::Arc;

/// What a callback needs.
#[derive(Debug, Clone)]
pub struct Callbacks {
    /// Where the order is.
    pub desk: Desk,
    /// Verifies the checksum.
    pub control_key: ControlKey,
    /// Counts them.
    pub metrics: Arc<Metrics>,
}

impl Callbacks {
    /// `GET /callback`, with whatever path the operator has put behind it at the gateway.
    pub fn router(self) -> Router {
        Router::new()
            .route("/callback", get(callback))
            .route("/callback/{*rest}", get(callback))
            .fallback(async || Problem::NotFound)
            .with_state(self)
    }
}

/// Verified, stored, answered with 200; then the gateway is asked. Any other answer makes the gateway call again.
async fn callback(State(app): State<Callbacks>, RawQuery(query): RawQuery) -> Result<&'static str, Problem> {
    let callback =
        Callback::parse(&query.unwrap_or_default(), &app.control_key).map_err(|error| match error {
            CallbackError::Parameter(_) => Problem::Malformed,
            CallbackError::Forged => {
                app.metrics.callback_forged();
                Problem::Forged
            }
        })?;
    app.metrics.callback_verified();
    tracing::info!(attempt = callback.client_orderid, "callback arrived");
    app.desk.store().remember(&callback, clock::unix_ms()).await?;
    // The merchant may take payments elsewhere too, under ids that are not ours.
    if let Ok(id) = callback.client_orderid.parse::<AttemptId>() {
        match app.desk.handle(id, Event::AskNow).await {
            Ok(_) | Err(Problem::UnknownPayment) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok("OK")
}
