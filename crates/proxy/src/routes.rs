//! The page's calls, under `/api/v1`.

pub mod access;
mod body;
mod events;
mod history;
mod later;
mod notices;
mod operators;
mod payments;
mod receipts;
mod settlement;

use crate::config::{Config, Limits};
use crate::desk::Desk;
use crate::guard::{self, Origin, TillToken};
use crate::health::LastTried;
use crate::metrics::Metrics;
use crate::settlement::CloseDaySettings;
use crate::staff::Staff;
use crate::trace::incoming;
use crate::{page, problem::Problem, speech};
use access::Who;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use language::Language;
use payment::api::{Health, Keying, Merchant, Party, Terminal};
use payment::role::{ManagersOnly, Right, Signed};
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
    language: Language,
    /// Where the gateway has its receipts: `{host}/paynet/view-receipt`, without the endpoint and the receipt's id.
    receipts: Arc<str>,
    /// Where an order is that names no endpoint.
    endpoint: Arc<str>,
    keying: Arc<Keying>,
    attended: bool,
    pub(crate) staff: Staff,
    /// Sales are taken without anybody signed in.
    pub(crate) open: bool,
    /// The till speaks TLS.
    tls: bool,
    close_day: Arc<CloseDaySettings>,
    last_tried: Arc<LastTried>,
}

impl App {
    /// The page's server for `config`, listening on `port`.
    ///
    /// # Errors
    /// [`ManagersOnly`], which [`Config::load`] has looked for.
    pub fn new(config: &Config, port: u16, desk: Desk, metrics: Arc<Metrics>) -> Result<Self, ManagersOnly> {
        let settings = &config.settings;
        Ok(Self {
            staff: Staff::new(settings, desk.clone())?,
            desk,
            metrics,
            limits: Arc::new(config.limits.clone()),
            origins: settings.origins(port).into(),
            till_token: config.till_token,
            till: settings.till.name.as_str().into(),
            merchant: Arc::new(settings.merchant.texts()),
            language: settings.merchant.language,
            keying: Arc::new(settings.till.keying.clone()),
            receipts: format!("{}/view-receipt", settings.gateway.url.trim_end_matches('/')).into(),
            endpoint: settings.gateway.endpoint.as_str().into(),
            attended: settings.rules.attended,
            open: settings.is_open(),
            tls: settings.tls.is_some() || settings.trusted_proxy,
            close_day: Arc::new(settings.close_day.clone()),
            last_tried: Arc::default(),
        })
    }

    /// The page and its calls; the page's files come from `folder`.
    pub fn router(self, folder: &Path) -> Router {
        self.beside(page::files(folder))
    }

    /// The page and its calls; the page is the one inside this program, if there is one.
    pub fn router_with_own_page(self) -> Option<Router> {
        Some(self.beside(page::built_in()?))
    }

    fn beside(self, files: Router) -> Router {
        let api = Router::new()
            .route("/terminal", get(terminal))
            .route("/health", get(health))
            .route("/payments", get(payments::list).post(payments::start))
            .route("/payments/{id}", get(payments::show))
            .route("/payments/{id}/events", get(events::events))
            .route("/payments/{id}/abandon", post(payments::abandon))
            .route("/payments/{id}/advice", post(payments::advise))
            .route("/payments/{id}/card-lost", post(payments::card_lost))
            .route("/payments/{id}/keep", post(payments::keep))
            .route("/payments/{id}/capture", post(later::capture))
            .route("/payments/{id}/return", post(later::give_back))
            .route("/payments/{id}/void", post(later::void))
            .route("/payments/{id}/ask", post(payments::ask))
            .route("/payments/{id}/trace", get(payments::trace))
            .route("/payments/{id}/history", get(notices::history))
            .route("/payments/{id}/timeline", get(history::timeline))
            .route("/payments/{id}/receipt", get(receipts::show))
            .route("/payments/{id}/prints", post(receipts::print))
            .route("/history", get(history::list))
            .route("/history.csv", get(history::csv))
            .route("/notices/{id}/acknowledge", post(notices::acknowledge))
            .route("/sign-in", post(operators::sign_in))
            .route("/sign-out", post(operators::sign_out))
            .route("/rights", get(operators::rights))
            .route("/operators", get(operators::list).post(operators::add))
            .route("/operators/names", get(operators::names))
            .route("/operators/change", post(operators::change))
            .route("/operators/trail", get(operators::trail))
            .route("/close-day", get(settlement::close_day).post(settlement::close_now))
            .route("/reports/x", get(settlement::x_report))
            .route("/reports/z", post(settlement::close_shift))
            .route("/reports/z/{id}", get(settlement::z_report))
            .route("/takings", get(settlement::takings))
            .route("/takings.csv", get(settlement::takings_file))
            .route_layer(middleware::from_fn_with_state(self.clone(), access::access))
            .route_layer(middleware::from_fn_with_state(
                (self.desk.traces().clone(), Party::Page),
                incoming::follow,
            ))
            .fallback(async || Problem::NotFound)
            .layer(middleware::map_response(page::never_stored));
        Router::new()
            .nest("/api/v1", api)
            .route("/enter", get(guard::enter))
            .fallback_service(files)
            .layer(middleware::from_fn_with_state(self.clone(), guard::guard))
            .layer(middleware::map_response(page::harden))
            .layer(middleware::from_fn(speech::asked))
            .with_state(self)
    }
}

async fn health(State(app): State<App>) -> Json<Health> {
    Json(app.last_tried.health(&app.desk, &app.metrics).await)
}

async fn terminal(State(app): State<App>, Who(who): Who) -> Result<Json<Terminal>, Problem> {
    let mut limits = app.limits.most(who.as_ref().map(|person| person.role)).into_iter();
    let limit = limits.next().ok_or(Problem::Internal)?;
    // They are for staff. A store that fails is told of where it matters.
    let may_see = |person| app.attended && app.staff.may(person, Right::Notices);
    let notices = match who.as_ref().is_some_and(may_see) {
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
        gate_closing: app.desk.gate_closing().await,
        notices,
        locked: who.is_none() && !app.open,
        operator: who.map(|person| Signed { name: person.name, role: person.role }),
    }))
}
