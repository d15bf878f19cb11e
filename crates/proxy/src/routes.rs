//! The page's calls, under `/api/v1`.

mod body;
mod events;
mod notices;
mod payments;

use crate::config::{Config, Limits};
use crate::desk::Desk;
use crate::guard::{self, Origin, TillToken};
use crate::metrics::Metrics;
use crate::{page, problem::Problem};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use payment::api::{Keying, Merchant, Terminal};
use std::path::Path;
use std::sync::Arc;

/// How many notices a page is told of.
const NOTICES: u32 = 20;

/// What the page's calls need.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) desk: Desk,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) origins: Arc<[Origin]>,
    pub(crate) till_token: Option<TillToken>,
    till: Arc<str>,
    merchant: Arc<Merchant>,
    keying: Arc<Keying>,
    attended: bool,
}

impl App {
    /// The page's server for `config`, listening on `port`.
    #[must_use]
    pub fn new(config: &Config, port: u16, desk: Desk, metrics: Arc<Metrics>) -> Self {
        Self {
            desk,
            metrics,
            limits: Arc::new(config.limits.clone()),
            origins: config.settings.origins(port).into(),
            till_token: config.till_token,
            till: config.settings.till.name.as_str().into(),
            merchant: Arc::new(config.settings.merchant.clone()),
            keying: Arc::new(config.settings.till.keying.clone()),
            attended: config.settings.rules.attended,
        }
    }

    /// The page and its calls; the page's files come from `folder`.
    pub fn router(self, folder: &Path) -> Router {
        let api = Router::new()
            .route("/terminal", get(terminal))
            .route("/payments", get(payments::list).post(payments::start))
            .route("/payments/{id}", get(payments::show))
            .route("/payments/{id}/events", get(events::events))
            .route("/payments/{id}/abandon", post(payments::abandon))
            .route("/payments/{id}/advice", post(payments::advise))
            .route("/payments/{id}/card-lost", post(payments::card_lost))
            .route("/payments/{id}/keep", post(payments::keep))
            .route("/payments/{id}/return", post(payments::give_back))
            .route("/payments/{id}/ask", post(payments::ask))
            .route("/payments/{id}/history", get(notices::history))
            .route("/notices/{id}/acknowledge", post(notices::acknowledge))
            .fallback(async || Problem::NotFound)
            .layer(middleware::map_response(page::never_stored));
        Router::new()
            .nest("/api/v1", api)
            .route("/enter", get(guard::enter))
            .fallback_service(page::files(folder))
            .layer(middleware::from_fn_with_state(self.clone(), guard::guard))
            .layer(middleware::map_response(page::harden))
            .with_state(self)
    }
}

async fn terminal(State(app): State<App>) -> Result<Json<Terminal>, Problem> {
    let mut limits = app.limits.most(None).into_iter();
    let limit = limits.next().ok_or(Problem::Internal)?;
    // They are for staff, and a kiosk has customers before it. A store that fails is told of where it matters.
    let notices = match app.attended {
        true => app.desk.store().notices(NOTICES).await.unwrap_or_default(),
        false => vec![],
    };
    Ok(Json(Terminal {
        till: app.till.to_string(),
        merchant: (*app.merchant).clone(),
        limit,
        other_limits: limits.collect(),
        keying: app.keying.as_ref().clone(),
        sandbox: app.limits.sandbox,
        attended: app.attended,
        preauth: app.limits.preauth,
        readers: app.limits.readers.keys().cloned().collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        gateway_reachable: app.metrics.gateway_reachable(),
        notices,
    }))
}
