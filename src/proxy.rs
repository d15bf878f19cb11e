//! The calls to the proxy, `/api/v1`. None is repeated here: what is asked again, and when, the till decides.

use crate::browser;
use crate::shell;
use crate::stream::{self, Readable};
use js_sys::Promise;
use payment::api::{Abandon, Abandoned, Problem, StartPayment, Terminal, TillView};
use payment::attempt::AttemptId;
use payment::json::{self, FromJson};
use payment::till::{Event, Posted};
use payment::trace::TraceParent;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};
use zeroize::Zeroizing;

/// How long an answer may take. The proxy answers from its store.
const LIMIT_MS: u32 = 8_000;
/// The proxy's code for a payment that it does not know.
const UNKNOWN_PAYMENT: &str = "unknown-payment";
/// Larger than any payment, so that the buffer never moves and leaves no copy of card data behind.
const BODY_BYTES: usize = 32 * 1024;

/// What came back.
pub enum Answer<T> {
    /// What was asked for.
    Got(T),
    /// The proxy's refusal.
    Refused(Problem),
    /// Nothing that the proxy said: no connection, no time, or words of somebody else.
    Nothing,
}

impl<T> Answer<T> {
    /// What was asked for, if that is what came back.
    pub fn got(self) -> Option<T> {
        match self {
            Self::Got(value) => Some(value),
            Self::Refused(_) | Self::Nothing => None,
        }
    }
}

/// What the till may do, and who is signed in. `here` says that somebody is at the till, which keeps them signed in.
pub async fn terminal(here: bool) -> Answer<Terminal> {
    call("GET", if here { "terminal?here" } else { "terminal" }.to_owned(), None).await
}

/// Takes a notice off the list; answers what the till may do, with the notices that are left.
pub(crate) async fn acknowledge(id: u64) -> Answer<Terminal> {
    call("POST", format!("notices/{id}/acknowledge"), None).await
}

/// This till's open payments, and the latest others.
pub async fn payments() -> Answer<Vec<TillView>> {
    call("GET", "payments".to_owned(), None).await
}

pub(crate) async fn start(payment: &StartPayment) -> Posted {
    let id = &payment.terms.attempt;
    match answer(send("POST", "payments".to_owned(), Some(body(payment)), Some(id)).await) {
        Answer::Got(view) => Posted::View(Box::new(view)),
        Answer::Refused(problem) => Posted::Refused(problem),
        Answer::Nothing => Posted::NoAnswer,
    }
}

/// As `payment::till::Event::Abandoned` wants it.
pub(crate) async fn abandon(id: &AttemptId, abandon: &Abandon) -> Option<Option<TillView>> {
    match call("POST", format!("payments/{id}/abandon"), Some(body(abandon))).await.got()? {
        Abandoned::NotCharged => Some(None),
        Abandoned::Known(view) => Some(Some(*view)),
    }
}

/// Asks how a payment stands, with no verb, or tells something about it, and hears how it stands then.
pub(crate) async fn tell(id: &AttemptId, verb: &str, body: Option<Body>) -> Event {
    let method = if verb.is_empty() { "GET" } else { "POST" };
    match call(method, format!("payments/{id}{verb}"), body).await {
        Answer::Refused(problem) if problem.code == UNKNOWN_PAYMENT => Event::NotKnown,
        answer => Event::Told(answer.got()),
    }
}

/// Hands on, line by line, what the proxy says of a payment from here on, until it ends or the signal ends it. `seen` is
/// the id of the last event, which is not told again.
pub(crate) async fn listen(
    path: String,
    seen: String,
    signal: &AbortSignal,
    hear: &dyn Fn(&str),
) -> Option<()> {
    let answer = request("GET", path, None, ("last-event-id", &seen), None, signal)?;
    let response: Response = JsFuture::from(answer).await.ok()?.unchecked_into();
    let body = response.body().filter(|_| response.ok())?;
    let reader = body.unchecked_into::<Readable>().get_reader();
    let mut line = Vec::new();
    while let Some(bytes) = stream::bytes(JsFuture::from(reader.read()).await.ok()?) {
        for byte in bytes {
            if byte == b'\n' {
                hear(std::str::from_utf8(&line).unwrap_or_default());
                line.clear();
            } else {
                line.push(byte);
            }
        }
    }
    None
}

/// JSON for the proxy, overwritten when dropped.
pub type Body = Zeroizing<Vec<u8>>;

/// What is written as JSON; an empty body, which the proxy refuses, in place of what cannot be.
pub fn body(value: &impl Serialize) -> Body {
    let mut json = Zeroizing::new(Vec::with_capacity(BODY_BYTES));
    if serde_json::to_writer(&mut *json, value).is_err() {
        json.clear();
    }
    json
}

/// Calls `/api/v1/{path}`.
pub async fn call<T: FromJson>(method: &str, path: String, body: Option<Body>) -> Answer<T> {
    answer(send(method, path, body, None).await)
}

fn answer<T: FromJson>(answer: Option<(bool, String)>) -> Answer<T> {
    let Some((ok, text)) = answer else { return Answer::Nothing };
    if ok {
        return json::read(&text).map_or(Answer::Nothing, Answer::Got);
    }
    json::read(&text).map_or(Answer::Nothing, Answer::Refused)
}

async fn send(
    method: &str,
    path: String,
    body: Option<Body>,
    about: Option<&AttemptId>,
) -> Option<(bool, String)> {
    let signal = AbortSignal::timeout_with_u32(LIMIT_MS);
    let answer = request(method, path, body, ("content-type", "application/json"), about, &signal)?;
    let response: Response = JsFuture::from(answer).await.ok()?.unchecked_into();
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some((response.ok(), text.as_string().unwrap_or_default()))
}

/// A call about a payment, this one or the one that its path names, says which trace it belongs to.
fn request(
    method: &str,
    path: String,
    body: Option<Body>,
    (header, value): (&str, &str),
    about: Option<&AttemptId>,
    signal: &AbortSignal,
) -> Option<Promise> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(signal));
    if let Some(body) = body {
        init.set_body(&std::str::from_utf8(&body).ok()?.into());
    }
    let headers = Headers::new().ok()?;
    headers.set(header, value).ok()?;
    headers.set("accept-language", &shell::language()).ok()?;
    let path_names = path.strip_prefix("payments/").and_then(|path| path.get(..AttemptId::LEN)?.parse().ok());
    if let Some(id) = about.or(path_names.as_ref()) {
        let _ = headers.set(TraceParent::HEADER, &browser::traceparent(id));
    }
    init.set_headers(&headers);
    Some(web_sys::window()?.fetch_with_str_and_init(&format!("/api/v1/{path}"), &init))
}
