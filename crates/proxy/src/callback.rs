//! The gateway's callbacks, on a listener of their own. A callback is a hint: it moves nothing, it only makes us ask.

use crate::store::{Attempt, ledger::Heard};
use crate::trace::{current, incoming};
use crate::{clock, desk::Desk, metrics::Metrics, notice, problem::Problem};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use payment::{api::Party, attempt::AttemptId, order::Event};
use paynet::{Callback, CallbackError, ControlKey};
use std::sync::Arc;
use tracing::Instrument as _;

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
            .route_layer(from_fn_with_state((self.desk.traces().clone(), Party::Gateway), incoming::follow))
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
    // The merchant may take payments elsewhere too, under ids that are not ours.
    let id = callback.client_orderid.parse::<AttemptId>().ok();
    id.as_ref().inspect(|id| current::about(id));
    tracing::info!(attempt = callback.client_orderid, "callback arrived");
    let heard = Heard::of(&callback, clock::unix_ms());
    let order = match &id {
        Some(id) => app.desk.store().find(id).await?.and_then(Attempt::order),
        None => None,
    };
    let notice = notice::about(&callback.client_orderid, &heard, order.as_ref(), app.desk.say());
    app.desk.store().remember(&callback.client_orderid, &heard, notice.as_ref()).await?;
    if let (Some(id), Some(_)) = (id, order) {
        // Its turn may have to wait for others; the gateway must not.
        let asked = async move {
            if let Err(problem) = app.desk.handle(id.clone(), Event::AskNow).await {
                tracing::warn!(attempt = %id, %problem, "a callback's question has to wait for its turn");
            }
        };
        tokio::spawn(asked.in_current_span());
    }
    Ok("OK")
}
