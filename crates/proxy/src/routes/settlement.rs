//! `/close-day`, `/reports` and `/takings`. Who may ask for them is in the table of `access`.

use super::{App, body::Body};
use crate::problem::Problem;
use crate::settlement::{moved, takings_csv};
use crate::staff::Person;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use payment::role::Right;
use payment::settlement::{By, CloseDay, CloseNow, CloseShift, Period, Report, Takings};
use serde::Deserialize;

/// Where the closing of the day stands, beside what the till's orders add up to.
pub(super) async fn close_day(State(app): State<App>) -> Result<Json<CloseDay>, Problem> {
    let (totals, open) = app.desk.open_day().await?;
    Ok(Json(CloseDay {
        needed: app.close_day.needed,
        at: app.close_day.at.filter(|_| app.close_day.needed).map(|at| at.to_string()),
        time_zone: app.close_day.time_zone.name().to_owned(),
        since: app.desk.day_since().await?,
        totals,
        open,
        last: app.desk.closing().await,
    }))
}

/// Answers as soon as it is stored and its request runs; the page asks for the rest.
pub(super) async fn close_now(
    State(app): State<App>,
    person: Person,
    Body(wanted): Body<CloseNow>,
) -> Result<Json<CloseDay>, Problem> {
    if !app.close_day.needed {
        return Err(Problem::NoCloseDay);
    }
    if !wanted.confirm_open.is_empty() {
        app.staff.allow(&person, Right::CloseDayOverOpen)?;
    }
    let currency = app.limits.currency().ok_or(Problem::Internal)?;
    app.desk.close_day(wanted, Some(person.name), currency).await?;
    close_day(State(app)).await
}

pub(super) async fn x_report(State(app): State<App>) -> Result<Json<Report>, Problem> {
    Ok(Json(app.desk.open_shift(app.till.to_string()).await?))
}

pub(super) async fn close_shift(
    State(app): State<App>,
    person: Person,
    Body(shift): Body<CloseShift>,
) -> Result<Json<Report>, Problem> {
    Ok(Json(app.desk.close_shift(shift.from, app.till.to_string(), Some(person.name)).await?))
}

/// A Z report again.
pub(super) async fn z_report(
    State(app): State<App>,
    number: Result<Path<u64>, PathRejection>,
) -> Result<Json<Report>, Problem> {
    let Path(number) = number.map_err(|_| Problem::Malformed)?;
    app.desk.store().report(Some(number)).await?.map(Json).ok_or(Problem::NotFound)
}

#[derive(Deserialize)]
pub(super) struct Days {
    from: String,
    to: String,
    #[serde(default)]
    by: By,
}

type Asked = Result<Query<Days>, QueryRejection>;

pub(super) async fn takings(State(app): State<App>, days: Asked) -> Result<Json<Takings>, Problem> {
    Ok(Json(of_days(&app, days).await?))
}

pub(super) async fn takings_file(
    State(app): State<App>,
    days: Asked,
) -> Result<([(HeaderName, String); 2], String), Problem> {
    let takings = of_days(&app, days).await?;
    let name = format!("attachment; filename=\"takings-{}-{}.csv\"", takings.from, takings.to);
    let kind = "text/csv; charset=utf-8".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], takings_csv(&takings)))
}

async fn of_days(app: &App, days: Asked) -> Result<Takings, Problem> {
    let Query(Days { from, to, by }) = days.map_err(|_| Problem::Malformed)?;
    let zone = &app.close_day.time_zone;
    let range = zone.days(&from, &to).ok_or(Problem::TooMany)?;
    let period = Period { from: range.start, until: range.end, carried: vec![] };
    let (mut movements, open) = period.sort(moved(app.desk.store(), &period).await?);
    movements.extend(open);
    let rows = Takings::rows(by, &movements, |at| zone.moment(at))?;
    Ok(Takings { from, to, time_zone: zone.name().to_owned(), by, rows })
}
