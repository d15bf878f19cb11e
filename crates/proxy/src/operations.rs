//! What the merchant's operations see: health, metrics and the API's description, on a listener of their own.

use crate::books::{Books, BooksError, Days, Summary, parse_day};
use crate::problem::Problem;
use crate::{backup, clock, keep};
use crate::{desk::Desk, metrics::Metrics};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, extract::Query};
use payment::attempt::AttemptId;
use serde::Deserialize;
use std::path::PathBuf;
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
    /// Compared on request.
    pub books: Books,
    /// The file that backups are of, and beside which they are made.
    pub database: PathBuf,
}

impl Operations {
    /// `/healthz`, `/readyz`, `/metrics`, `/openapi.json`, `POST /reconcile`, `POST /erase` and `POST /backup`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .route("/reconcile", post(reconcile))
            .route("/erase", post(erase))
            .route("/backup", post(back_up))
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

#[derive(Deserialize)]
struct Period {
    from: Option<String>,
    to: Option<String>,
}

/// Answers where the file is and how much is in it; its reader must be able to read the file.
async fn reconcile(
    State(app): State<Operations>,
    Query(period): Query<Period>,
) -> Result<Json<Summary>, (StatusCode, String)> {
    let day = |text: &String| parse_day(text).map_err(|why| (StatusCode::BAD_REQUEST, why));
    let days = match (&period.from, &period.to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some(Days { from: day(from)?, to: day(to)? }),
        _ => return Err((StatusCode::BAD_REQUEST, "from and to go together".to_owned())),
    };
    // It goes on to its end even if whoever asked goes away.
    let done = tokio::spawn(async move { app.books.reconcile(days).await }).await;
    let done = done.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "the proxy failed".to_owned()))?;
    done.map(Json).map_err(|error| {
        let status = match error {
            BooksError::Period | BooksError::TooMany => StatusCode::BAD_REQUEST,
            BooksError::Report(_) => StatusCode::BAD_GATEWAY,
            BooksError::Store(_) | BooksError::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, error.to_string())
    })
}

/// Answers where the backup is; its reader must be able to read the file.
async fn back_up(State(app): State<Operations>) -> Result<String, (StatusCode, String)> {
    // It goes on to its end even if whoever asked goes away.
    let done =
        tokio::spawn(async move { backup::make(app.desk.store(), &app.database, clock::unix_ms()).await });
    let failed = |why: String| (StatusCode::INTERNAL_SERVER_ERROR, why);
    let path = done.await.map_err(|_| failed("the proxy failed".to_owned()))?;
    path.map(|path| format!("{}\n", path.display())).map_err(|error| failed(error.to_string()))
}

#[derive(Deserialize)]
struct Erased {
    older_than: Option<u32>,
    order: Option<AttemptId>,
}

/// Answers in a sentence what was erased.
async fn erase(
    State(app): State<Operations>,
    Query(which): Query<Erased>,
) -> Result<String, (StatusCode, String)> {
    // It goes on to its end even if whoever asked goes away.
    let done = tokio::spawn(async move {
        match (which.older_than, which.order) {
            (Some(days), None) => {
                let count = keep::erase_older(&app.desk, days).await.map_err(Problem::from)?;
                Ok(format!("erased the personal data of {count} payments\n"))
            }
            (None, Some(id)) => match keep::erase_order(&app.desk, id).await? {
                true => Ok("erased the personal data of 1 payment\n".to_owned()),
                false => Err(Problem::NotAllowed("it is not settled, or nothing is left to erase")),
            },
            _ => Err(Problem::Malformed),
        }
    });
    let done = done.await.unwrap_or(Err(Problem::Internal));
    done.map_err(|problem| {
        let status = match problem {
            Problem::Store | Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::UnknownPayment => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, problem.to_string())
    })
}
