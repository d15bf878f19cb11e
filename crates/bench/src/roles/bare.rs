//! The baseline: what HTTP, JSON and the fingerprints cost where nothing is stored and nobody is asked.

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt};
use payment::api::{StartPayment, Terms};
use proxy::fingerprint::{CardKey, Fingerprints};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// As the proxy's streams.
const HEARTBEAT: Duration = Duration::from_secs(5);

pub(super) fn router() -> Result<Router> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    Ok(Router::new()
        .route("/api/v1/payments", post(take))
        .route("/events", get(events))
        .with_state(Arc::new(CardKey::new(key))))
}

async fn take(
    State(key): State<Arc<CardKey>>,
    Json(payment): Json<StartPayment>,
) -> Result<(StatusCode, Json<Terms>), StatusCode> {
    let prints = Fingerprints::of(&payment, &key).map_err(|_| StatusCode::BAD_REQUEST)?;
    std::hint::black_box(prints);
    Ok((StatusCode::ACCEPTED, Json(payment.terms)))
}

/// A stream that has nothing to tell.
async fn events() -> Body {
    let first = stream::iter([Bytes::from_static(b"data: {}\n\n")]);
    let beats = stream::unfold((), async |()| {
        tokio::time::sleep(HEARTBEAT).await;
        Some((Bytes::from_static(b":\n\n"), ()))
    });
    Body::from_stream(first.chain(beats).map(Ok::<_, Infallible>))
}
