//! What the merchant's operations see: health, metrics and the API's description, on a listener of their own.

use crate::{desk::Desk, metrics::Metrics};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::get;
use std::sync::Arc;

/// OpenAPI 3.1 of exactly the routes that exist.
pub const OPENAPI: &str = include_str!("openapi.json");

/// What operations need.
#[derive(Debug, Clone)]
pub struct Operations {
    /// Answers whether the store works, and how much there is to follow.
    pub desk: Desk,
    /// The counters.
    pub metrics: Arc<Metrics>,
}

impl Operations {
    /// `/healthz`, `/readyz`, `/metrics`, `/openapi.json`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .route("/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], OPENAPI)))
            .with_state(self)
    }
}

/// Ready to take payments: the store answers. A gateway that is away does not make the proxy unready: open orders are
/// still shown and followed.
async fn ready(State(app): State<Operations>) -> (StatusCode, &'static str) {
    match app.desk.payments(1).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n"),
    }
}

async fn metrics(State(app): State<Operations>) -> ([(header::HeaderName, &'static str); 1], String) {
    let (followed, need_person) = app.desk.workload();
    let text = app.metrics.text(followed, need_person);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
