//! `/history` and a payment's `/timeline`.

use super::{
    App,
    payments::{Id, OWN_MS},
};
use crate::clock;
use crate::history::{Wanted, rows};
use crate::problem::Problem;
use crate::staff::Person;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use payment::api::{Happened, History};
use payment::role::Right;

pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<History>, Problem> {
    let wanted = app.within(person, wanted)?;
    let currency = app.limits.currency().ok_or(Problem::Internal)?;
    Ok(Json(wanted.page(&app.desk, currency).await?))
}

pub(super) async fn csv(
    State(app): State<App>,
    person: Person,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let wanted = app.within(person, wanted)?;
    let currency = app.limits.currency().ok_or(Problem::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"payments.csv\""),
    ];
    let rows = rows(wanted, app.desk, currency);
    Ok((headers, Body::from_stream(rows)).into_response())
}

pub(super) async fn timeline(
    State(app): State<App>,
    person: Person,
    Id(id): Id,
) -> Result<Json<Vec<Happened>>, Problem> {
    app.may_see(&person, &app.desk.payment(&id).await?)?;
    Ok(Json(app.desk.timeline(&id).await?))
}

impl App {
    /// What is wanted, as far as this person may see it.
    fn within(
        &self,
        person: Person,
        wanted: Result<Query<Wanted>, QueryRejection>,
    ) -> Result<Wanted, Problem> {
        let Query(wanted) = wanted.map_err(|_| Problem::Malformed)?;
        let sees_all = self.staff.may(&person, Right::AllHistory);
        let since = clock::unix_ms().saturating_sub(OWN_MS);
        Ok(if sees_all { wanted } else { wanted.own(person.name, since) })
    }
}
