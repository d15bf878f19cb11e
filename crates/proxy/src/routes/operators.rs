//! `/sign-in`, `/sign-out` and `/operators`.

use super::{App, access::Who, body::Body, terminal};
use crate::problem::Problem;
use crate::staff::Person;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use payment::api::{AddOperator, ChangeOperator, Deed, Door, Operator, SignIn, Terminal};
use payment::role::Right;

/// The till as it is for whoever is signed in now, and what their browser holds from now on.
type Turned = Result<([(HeaderName, HeaderValue); 1], Json<Terminal>), Problem>;

/// What whoever is signed in may do; nothing where that is nobody.
pub(super) async fn rights(State(app): State<App>, Who(who): Who) -> Json<Vec<Right>> {
    Json(who.map(|who| app.staff.rights(&who)).unwrap_or_default())
}

pub(super) async fn names(State(app): State<App>) -> Result<Json<Door>, Problem> {
    Ok(Json(app.staff.door().await?))
}

/// Whoever was signed in at this browser before is signed out by it.
pub(super) async fn sign_in(
    State(app): State<App>,
    Who(before): Who,
    headers: HeaderMap,
    Body(asked): Body<SignIn>,
) -> Turned {
    let opened = app.staff.sign_in(asked).await?;
    if let Some((before, session)) = before.zip(app.session(&headers)) {
        app.staff.sign_out(before, session).await?;
    }
    app.turned(opened).await
}

pub(super) async fn sign_out(State(app): State<App>, Who(who): Who, headers: HeaderMap) -> Turned {
    if let Some((who, session)) = who.zip(app.session(&headers)) {
        app.staff.sign_out(who, session).await?;
    }
    Ok(([(header::SET_COOKIE, app.hold("")?)], terminal(State(app), Who(None)).await?))
}

pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<Operator>>, Problem> {
    Ok(Json(app.staff.list().await?))
}

/// Answers everybody; or, for the first manager, who is signed in by it, nobody else.
pub(super) async fn add(
    State(app): State<App>,
    Who(by): Who,
    Body(new): Body<AddOperator>,
) -> Result<(HeaderMap, Json<Vec<Operator>>), Problem> {
    let mut headers = HeaderMap::new();
    if let Some((_, session)) = app.staff.add(by, new).await? {
        headers.insert(header::SET_COOKIE, app.hold(&session)?);
    }
    Ok((headers, Json(app.staff.list().await?)))
}

pub(super) async fn change(
    State(app): State<App>,
    by: Person,
    Body(asked): Body<ChangeOperator>,
) -> Result<Json<Vec<Operator>>, Problem> {
    app.staff.change(by, asked).await?;
    Ok(Json(app.staff.list().await?))
}

pub(super) async fn trail(State(app): State<App>) -> Result<Json<Vec<Deed>>, Problem> {
    Ok(Json(app.staff.deeds().await?))
}

impl App {
    async fn turned(self, (person, session): (Person, String)) -> Turned {
        let held = [(header::SET_COOKIE, self.hold(&session)?)];
        Ok((held, terminal(State(self), Who(Some(person))).await?))
    }
}
