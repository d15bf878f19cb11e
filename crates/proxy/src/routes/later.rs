//! `/payments/{id}/capture`, `/return` and `/void`.

use super::payments::{Id, View, is_plain};
use super::{App, body::Body};
use crate::problem::Problem;
use axum::Json;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request, State};
use payment::api::{AskLater, LaterKind};
use payment::attempt::AttemptId;
use payment::order::{Asked, Event};

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

pub(super) async fn capture(State(app): State<App>, Id(id): Id, Body(asked): Body<AskLater>) -> View {
    ask(app, id, LaterKind::Capture, Some(asked)).await
}

pub(super) async fn give_back(State(app): State<App>, Id(id): Id, Wanted(asked): Wanted) -> View {
    ask(app, id, LaterKind::Return, asked).await
}

pub(super) async fn void(State(app): State<App>, Id(id): Id, Body(asked): Body<AskLater>) -> View {
    ask(app, id, LaterKind::Void, Some(asked)).await
}

/// Everything that moves money after the sale comes through here: who may, and who it was, is decided at this place.
async fn ask(app: App, id: AttemptId, kind: LaterKind, asked: Option<AskLater>) -> View {
    let Some(AskLater { request, amount, reason }) = asked else {
        return Ok(Json(app.desk.handle(id, Event::GiveBack).await?));
    };
    // The gateway's `comment` is mandatory where there is one.
    let is_missing = reason.trim().is_empty() && kind != LaterKind::Capture;
    if is_missing || !is_plain(&reason, AskLater::LONGEST_REASON) {
        return Err(Problem::NotAllowed("the reason must be a plain text of 1 to 50 characters"));
    }
    let asked = Asked { request, amount, reason, operator: None };
    Ok(Json(app.desk.ask_later(id, kind, asked).await?))
}
