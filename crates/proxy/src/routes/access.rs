//! Who may make which call.

use super::App;
use crate::cookie;
use crate::problem::Problem;
use crate::staff::Person;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use payment::role::Right;

/// What a call asks of whoever makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever is at the till; nobody is looked up, so that it is answered while the store fails.
    Stranger,
    /// Whoever is at the till, before anybody has signed in.
    Anyone,
    /// Whoever knows the payment's id: 100 random bits that the till drew which began it. A payment that has begun is
    /// seen to its end whoever is signed in, and also when nobody is any more: a lock must not stand between a customer's
    /// card and the bank's answer. That is following it, the card's decision, a card that is lost, abandoning it, asking
    /// now, and *keep or give back* of an approval that the card never confirmed.
    Holder,
    /// Whoever takes payments: a person with this right, or a till that is open to all by itself.
    Till(Right),
    /// A person with this right; while there is nobody, whoever is first.
    First(Right),
    /// A person with this right.
    Person(Right),
}

use Access::{Anyone, First, Holder, Stranger, Till};

/// Every call, and what it asks. A call that is not here is not answered.
pub const ACCESS: &[(&str, &str, Access)] = &[
    ("GET", "/api/v1/terminal", Anyone),
    ("GET", "/api/v1/health", Stranger),
    ("GET", "/api/v1/operators/names", Anyone),
    ("GET", "/api/v1/rights", Anyone),
    ("POST", "/api/v1/sign-in", Anyone),
    ("POST", "/api/v1/sign-out", Anyone),
    ("GET", "/api/v1/operators", Access::Person(Right::Operators)),
    ("POST", "/api/v1/operators", First(Right::Operators)),
    ("POST", "/api/v1/operators/change", Access::Person(Right::Operators)),
    ("GET", "/api/v1/operators/trail", Access::Person(Right::Operators)),
    // Sale or reserve, as its body says; and the scope of the list, are looked at again where they are known.
    ("POST", "/api/v1/payments", Till(Right::Sale)),
    ("GET", "/api/v1/payments", Till(Right::OwnHistory)),
    ("GET", "/api/v1/payments/{id}", Holder),
    ("GET", "/api/v1/payments/{id}/events", Holder),
    ("GET", "/api/v1/payments/{id}/trace", Holder),
    ("POST", "/api/v1/payments/{id}/abandon", Holder),
    ("POST", "/api/v1/payments/{id}/advice", Holder),
    ("POST", "/api/v1/payments/{id}/card-lost", Holder),
    ("POST", "/api/v1/payments/{id}/ask", Holder),
    ("POST", "/api/v1/payments/{id}/keep", Holder),
    ("POST", "/api/v1/payments/{id}/capture", Access::Person(Right::Capture)),
    ("POST", "/api/v1/payments/{id}/void", Access::Person(Right::Void)),
    // Of an approval that the card confirmed it is a refund, or releases what was reserved, and asks for that right.
    ("POST", "/api/v1/payments/{id}/return", Holder),
    ("GET", "/api/v1/payments/{id}/history", Access::Person(Right::OwnHistory)),
    // The scope of each, own or everybody's, is looked at where it is known.
    ("GET", "/api/v1/payments/{id}/timeline", Access::Person(Right::OwnHistory)),
    ("GET", "/api/v1/payments/{id}/receipt", Access::Person(Right::OwnHistory)),
    ("POST", "/api/v1/payments/{id}/prints", Access::Person(Right::OwnHistory)),
    ("GET", "/api/v1/history", Access::Person(Right::OwnHistory)),
    ("GET", "/api/v1/history.csv", Access::Person(Right::OwnHistory)),
    ("GET", "/api/v1/close-day", Access::Person(Right::CloseDay)),
    // Over payments that are not final it asks for a further right.
    ("POST", "/api/v1/close-day", Access::Person(Right::CloseDay)),
    ("GET", "/api/v1/reports/x", Access::Person(Right::Report)),
    ("POST", "/api/v1/reports/z", Access::Person(Right::CloseDay)),
    ("GET", "/api/v1/reports/z/{id}", Access::Person(Right::Report)),
    ("GET", "/api/v1/takings", Access::Person(Right::Takings)),
    ("GET", "/api/v1/takings.csv", Access::Person(Right::Takings)),
    ("POST", "/api/v1/notices/{id}/acknowledge", Access::Person(Right::Notices)),
];

/// Who is signed in, if anybody.
#[derive(Debug, Clone)]
pub(crate) struct Who(pub(crate) Option<Person>);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or(Problem::Internal)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Who::from_request_parts(parts, state).await?.0.ok_or(Problem::SignIn)
    }
}

/// Lets a call through if whoever makes it may make it, and notes who that is.
pub(super) async fn access(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let found = ACCESS.iter().find(|(known, named, _)| (*known, *named) == (method, path));
    let Some(&(_, _, access)) = found else { return Problem::NotFound.into_response() };
    // Polls and what the page does by itself keep nobody signed in. The page says with a poll that it was touched.
    let is_used = request.uri().query() == Some("here") || !matches!(access, Stranger | Anyone | Holder);
    match app.who_may(request.headers(), access, is_used).await {
        Ok(who) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

impl App {
    async fn who_may(&self, headers: &HeaderMap, access: Access, is_used: bool) -> Result<Who, Problem> {
        let who = match self.session(headers).filter(|_| access != Stranger) {
            Some(session) => self.staff.signed_in(session, is_used).await?,
            None => None,
        };
        match (access, &who) {
            (Stranger | Anyone | Holder, _) => {}
            (Till(_), None) if self.open => {}
            (First(_), None) if self.staff.is_empty().await? => {}
            (Till(right) | First(right) | Access::Person(right), Some(person)) => {
                self.staff.allow(person, right)?;
            }
            (Till(_) | First(_) | Access::Person(_), None) => return Err(Problem::SignIn),
        }
        Ok(Who(who))
    }

    /// The session that the browser holds, whether or not it has ended.
    pub(super) fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        cookie::sent(headers, self.session_name())
    }

    /// Over TLS a browser takes a cookie of this name from TLS only.
    fn session_name(&self) -> &'static str {
        if self.tls { "__Secure-staff" } else { "staff" }
    }

    /// What makes the browser hold a session, until it is closed; an empty one makes it forget.
    pub(super) fn hold(&self, session: &str) -> Result<HeaderValue, Problem> {
        let name = self.session_name();
        let secure = if self.tls { "; Secure" } else { "" };
        let end = if session.is_empty() { "; Max-Age=0" } else { "" };
        let cookie = format!("{name}={session}; Path=/api; HttpOnly; SameSite=Strict{secure}{end}");
        HeaderValue::from_str(&cookie).map_err(|_| Problem::Internal)
    }
}
