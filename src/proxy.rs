//! The calls to the proxy, `/api/v1`. None is repeated here: what is asked again, and when, the till decides.

use crate::stream::Readable;
use payment::api::{Abandon, Abandoned, PaymentEvent, PaymentView, Problem, StartPayment, Terminal};
use payment::attempt::AttemptId;
use payment::json::{self, FromJson};
use payment::till::{Event, Posted};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
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
pub(crate) enum Answer<T> {
    /// What was asked for.
    Got(T),
    /// The proxy's refusal.
    Refused(Problem),
    /// Nothing that the proxy said: no connection, no time, or words of somebody else.
    Nothing,
}

impl<T> Answer<T> {
    pub(crate) fn got(self) -> Option<T> {
        match self {
            Self::Got(value) => Some(value),
            Self::Refused(_) | Self::Nothing => None,
        }
    }
}

pub(crate) async fn terminal() -> Answer<Terminal> {
    call("GET", "terminal".to_owned(), None).await
}

/// This till's open payments.
pub(crate) async fn open_payments() -> Answer<Vec<PaymentView>> {
    call("GET", "payments".to_owned(), None).await
}

pub(crate) async fn start(payment: &StartPayment) -> Posted {
    match call("POST", "payments".to_owned(), Some(body(payment))).await {
        Answer::Got(view) => Posted::View(Box::new(view)),
        Answer::Refused(problem) => Posted::Refused(problem),
        Answer::Nothing => Posted::NoAnswer,
    }
}

/// As `payment::till::Event::Abandoned` wants it.
pub(crate) async fn abandon(id: &AttemptId, abandon: &Abandon) -> Option<Option<PaymentView>> {
    match call("POST", format!("payments/{id}/abandon"), Some(body(abandon))).await.got()? {
        Abandoned::NotCharged => Some(None),
        Abandoned::Known(view) => Some(Some(*view)),
    }
}

/// How a payment stands.
pub(crate) async fn view(id: &AttemptId) -> Event {
    told(call("GET", format!("payments/{id}"), None).await)
}

/// Tells or asks something about a payment, and hears how it stands then.
pub(crate) async fn tell(id: &AttemptId, verb: &str, body: Option<Body>) -> Event {
    told(call("POST", format!("payments/{id}/{verb}"), body).await)
}

/// Hands on what the proxy says of a payment, until it ends or the signal ends it; `None` says that it has nothing to
/// say. What was said at the position `after` is not said again.
pub(crate) async fn listen(
    id: &AttemptId,
    after: Option<String>,
    signal: &AbortSignal,
    hear: impl Fn(Option<PaymentEvent>),
) -> Result<(), JsValue> {
    let query = after.map(|position| format!("?after={position}")).unwrap_or_default();
    let response = request("GET", format!("payments/{id}/events{query}"), None, signal).await?;
    let body = response.body().filter(|_| response.ok()).ok_or(JsValue::NULL)?;
    let reader = body.unchecked_into::<Readable>().get_reader();
    let mut line = Vec::new();
    while let Some(bytes) = reader.next().await? {
        for byte in bytes {
            if byte != b'\n' {
                line.push(byte);
            } else if line.is_empty() {
                hear(None);
            } else {
                let text = std::str::from_utf8(&line).map_err(|_| JsValue::NULL)?;
                hear(Some(json::read(text).ok_or(JsValue::NULL)?));
                line.clear();
            }
        }
    }
    Ok(())
}

fn told(answer: Answer<PaymentView>) -> Event {
    match answer {
        Answer::Refused(problem) if problem.code == UNKNOWN_PAYMENT => Event::NotKnown,
        answer => Event::Told(answer.got()),
    }
}

/// JSON for the proxy, overwritten when dropped.
pub(crate) type Body = Zeroizing<Vec<u8>>;

/// What is written as JSON; an empty body, which the proxy refuses, in place of what cannot be.
pub(crate) fn body(value: &impl Serialize) -> Body {
    let mut json = Zeroizing::new(Vec::with_capacity(BODY_BYTES));
    if serde_json::to_writer(&mut *json, value).is_err() {
        json.clear();
    }
    json
}

async fn call<T: FromJson>(method: &str, path: String, body: Option<Body>) -> Answer<T> {
    let Ok((ok, text)) = send(method, path, body).await else { return Answer::Nothing };
    if ok {
        return json::read(&text).map_or(Answer::Nothing, Answer::Got);
    }
    json::read(&text).map_or(Answer::Nothing, Answer::Refused)
}

async fn send(method: &str, path: String, body: Option<Body>) -> Result<(bool, String), JsValue> {
    let response = request(method, path, body, &AbortSignal::timeout_with_u32(LIMIT_MS)).await?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}

async fn request(
    method: &str,
    path: String,
    body: Option<Body>,
    signal: &AbortSignal,
) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(signal));
    if let Some(body) = body {
        let text = std::str::from_utf8(&body).map_err(|_| JsValue::NULL)?;
        init.set_body(&text.into());
        let headers = Headers::new()?;
        headers.set("content-type", "application/json")?;
        init.set_headers(&headers);
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let request = window.fetch_with_str_and_init(&format!("/api/v1/{path}"), &init);
    JsFuture::from(request).await?.dyn_into()
}
