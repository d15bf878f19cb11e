//! Who may talk to the proxy: the page from its own origin, on a till that was let in.

use crate::cookie::{self, digest};
use crate::problem::Problem;
use crate::routes::App;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};
use subtle::ConstantTimeEq;

/// How long a request may take, its body included. Nothing here waits for the gateway.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Named so that a browser takes it from this host only, over TLS only.
const COOKIE: &str = "__Host-till";

/// An origin of the page: scheme, host and port as browsers write them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// The origin of these parts.
    #[must_use]
    pub fn new(scheme: &str, host: &str, port: u16) -> Self {
        Self(format!("{scheme}://{host}:{port}"))
    }

    /// What a browser sends as `Host`.
    fn host(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host)
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        let url = reqwest::Url::parse(&text).map_err(|_| NotAnOrigin)?;
        let origin = url.origin().ascii_serialization();
        // No host has a star in its name; an operator who writes one means a pattern, and an origin is none.
        if ["http", "https"].contains(&url.scheme()) && origin == text && !text.contains('*') {
            Ok(Self(text))
        } else {
            Err(NotAnOrigin)
        }
    }
}

/// The operator wrote something else than an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is written as https://till.shop.example, with a port only where it is not the scheme's own"
)]
pub struct NotAnOrigin;

/// The digest of what a till shows once to be let in.
#[derive(Clone, Copy)]
pub struct TillToken([u8; 32]);

impl TillToken {
    /// Takes the token's text.
    ///
    /// # Errors
    /// [`WeakToken`] for fewer than 20 characters.
    pub fn new(text: &str) -> Result<Self, WeakToken> {
        if text.len() < 20 { Err(WeakToken) } else { Ok(Self(digest(text))) }
    }
}

impl fmt::Debug for TillToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The operator's token could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a till token has at least 20 random characters")]
pub struct WeakToken;

/// Refuses what comes from elsewhere or takes too long, and everything on a till that is not let in.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Err(problem) = app.admits(request.headers(), request.uri().path()).await {
        return problem.into_response();
    }
    tokio::time::timeout(TIME_LIMIT, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::TooSlow.into_response())
}

impl App {
    async fn admits(&self, headers: &HeaderMap, path: &str) -> Result<(), Problem> {
        let host = one(headers, "host")?.ok_or(Problem::Foreign)?;
        let is_ours = |origin: &Origin| origin.host() == host;
        if !self.origins.iter().any(is_ours) {
            return Err(Problem::Foreign);
        }
        if let Some(origin) = one(headers, "origin")?
            && !self.origins.iter().any(|ours| is_ours(ours) && ours.0 == origin)
        {
            return Err(Problem::Foreign);
        }
        // `none`: the person typed the address or opened the installed app.
        if one(headers, "sec-fetch-site")?.is_some_and(|site| !["same-origin", "none"].contains(&site)) {
            return Err(Problem::Foreign);
        }
        // The page's files hold nothing secret; a till that is not let in may show them.
        match &self.till_token {
            Some(token) if path.starts_with("/api/") => {
                let session = cookie::sent(headers, COOKIE).ok_or(Problem::NoSession)?;
                let known = self.desk.store().has_session(&token.0, &digest(session)).await?;
                if known { Ok(()) } else { Err(Problem::NoSession) }
            }
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Enter {
    token: String,
}

/// `GET /enter?token=…`: exchanges the till token, once, for the session that this browser keeps.
pub(crate) async fn enter(
    State(app): State<App>,
    Query(enter): Query<Enter>,
) -> Result<impl IntoResponse, Problem> {
    let token = app.till_token.ok_or(Problem::NotFound)?;
    if !bool::from(token.0.ct_eq(&digest(&enter.token))) {
        return Err(Problem::WrongToken);
    }
    let secret = cookie::draw()?;
    if !app.desk.store().open_session(&token.0, &digest(&secret)).await? {
        return Err(Problem::WrongToken);
    }
    // 400 days is the longest that browsers keep a cookie.
    let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::Internal)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")))
}

/// A header that must not be there twice.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Problem::Foreign),
        _ => Err(Problem::Foreign),
    }
}
