//! `/payments/{id}/capture`, `/return` and `/void`.

use super::payments::{Id, View, is_plain, is_undecided};
use super::{App, access::Who, body::Body};
use crate::problem::Problem;
use crate::staff::Person;
use axum::Json;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request, State};
use payment::api::{AskLater, Kind, LaterKind, PaymentView};
use payment::attempt::AttemptId;
use payment::order::{Asked, Event};
use payment::role::Right;

/// What is asked for; nothing where the sale's page gives back what it asks about or has just shown.
pub(super) struct Wanted(Option<AskLater>);

impl<S: Send + Sync> FromRequest<S> for Wanted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(None));
        }
        Body::from_request(request, state).await.map(|Body(asked)| Self(Some(asked)))
    }
}

pub(super) async fn capture(
    State(app): State<App>,
    Who(who): Who,
    Id(id): Id,
    Body(asked): Body<AskLater>,
) -> View {
    ask(app, who, id, LaterKind::Capture, Some(asked)).await
}

pub(super) async fn give_back(
    State(app): State<App>,
    Who(who): Who,
    Id(id): Id,
    Wanted(asked): Wanted,
) -> View {
    ask(app, who, id, LaterKind::Return, asked).await
}

pub(super) async fn void(
    State(app): State<App>,
    Who(who): Who,
    Id(id): Id,
    Body(asked): Body<AskLater>,
) -> View {
    ask(app, who, id, LaterKind::Void, Some(asked)).await
}

/// Everything that moves money after the sale comes through here.
async fn ask(app: App, who: Option<Person>, id: AttemptId, kind: LaterKind, asked: Option<AskLater>) -> View {
    let payment = app.desk.payment(&id).await?;
    // The till's own question belongs to whoever stands there, and has no body.
    if asked.is_some() || !is_undecided(&payment) {
        app.staff.allow(who.as_ref().ok_or(Problem::SignIn)?, right(kind, &payment))?;
    }
    let Some(AskLater { request, amount, reason }) = asked else {
        return Ok(Json(app.desk.handle(id, Event::GiveBack).await?));
    };
    // The gateway's `comment` is mandatory where there is one.
    let is_missing = reason.trim().is_empty() && kind != LaterKind::Capture;
    if is_missing || !is_plain(&reason, AskLater::LONGEST_REASON) {
        return Err(Problem::NotAllowed("the reason must be a plain text of 1 to 50 characters"));
    }
    let asked = Asked { request, amount, reason, operator: who.map(|person| person.name) };
    Ok(Json(app.desk.ask_later(id, kind, asked).await?))
}

fn right(kind: LaterKind, payment: &PaymentView) -> Right {
    let is_captured = payment.left.capture.is_none();
    match kind {
        LaterKind::Capture => Right::Capture,
        LaterKind::Void => Right::Void,
        // What is only reserved is released.
        LaterKind::Return if payment.terms.kind == Kind::Preauth && !is_captured => Right::Capture,
        LaterKind::Return => Right::Refund,
    }
}
