//! `/notices`, and what was called back about a payment.

use super::{App, access::Who, terminal};
use crate::clock;
use crate::problem::Problem;
use crate::staff::Person;
use crate::store::ledger::Heard;
use axum::Json;
use axum::extract::{Path, State};
use payment::api::Terminal;
use payment::role::Right;

/// The till as it is then, without the notice.
pub(super) async fn acknowledge(
    State(app): State<App>,
    who: Who,
    id: Result<Path<u64>, axum::extract::rejection::PathRejection>,
) -> Result<Json<Terminal>, Problem> {
    let Path(id) = id.map_err(|_| Problem::Malformed)?;
    app.desk.store().acknowledge(id, clock::unix_ms()).await?;
    terminal(State(app), who).await
}

pub(super) async fn history(
    State(app): State<App>,
    person: Person,
    super::payments::Id(id): super::payments::Id,
) -> Result<Json<Vec<Heard>>, Problem> {
    let view = app.desk.payment(&id).await?;
    if !app.is_shown(Some(&person), &view) {
        app.staff.allow(&person, Right::AllHistory)?;
    }
    Ok(Json(app.desk.store().heard(id.as_str()).await?))
}
