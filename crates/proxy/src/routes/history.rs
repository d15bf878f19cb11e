//! `/history` and a payment's `/timeline`.

use super::{App, payments::Id};
use crate::history::{Wanted, rows};
use crate::problem::Problem;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use payment::api::{Happened, History};

pub(super) async fn list(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<History>, Problem> {
    let Query(wanted) = wanted.map_err(|_| Problem::Malformed)?;
    Ok(Json(wanted.page(&app.desk, app.limits.most.currency).await?))
}

pub(super) async fn csv(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = wanted.map_err(|_| Problem::Malformed)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"payments.csv\""),
    ];
    let rows = rows(wanted, app.desk, app.limits.most.currency);
    Ok((headers, Body::from_stream(rows)).into_response())
}

pub(super) async fn timeline(State(app): State<App>, Id(id): Id) -> Result<Json<Vec<Happened>>, Problem> {
    Ok(Json(app.desk.timeline(&id).await?))
}
