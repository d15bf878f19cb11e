//! A gateway that does what a test says, a store in memory, and a till's requests.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    unused_macros,
    reason = "each test file uses its own part"
)]

pub mod memory;
mod memory_operators;
mod stores;

pub(crate) use stores::over_every_store;

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use axum::{Router, middleware};
use payment::api::{self, Deed, LaterKind};
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::order::{Answer, Cause, Gate, Later, Order, Report, Rules, Status, Submission, Transaction};
use payment::role::Role;
use payment::secret::EncryptedData;
use payment::settlement::{self, Closing};
use paynet::report::Row;
use proxy::config::Config;
use proxy::desk::Desk;
use proxy::gateway::{Call, Gateway, ReportFailure};
use proxy::metrics::Metrics;
use proxy::routes::App;
use proxy::staff::PinHash;
use proxy::store::Store;
use proxy::store::operators::Operator;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

pub const KEY: &str = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20";
pub const BLOB: &str = "E408DFAE5A044761739F";

/// What the gateway was asked to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    Submit(AttemptId, String),
    Advise(String),
    CloseDay(String),
    Later(LaterKind, Option<u64>, String),
}

/// A gateway under a test's control. Clones are the same gateway.
#[derive(Clone)]
pub struct Fake {
    pub did: Arc<watch::Sender<Vec<Did>>>,
    pub asked: Arc<watch::Sender<usize>>,
    pub submission: Arc<Mutex<Submission>>,
    pub answer: Arc<Mutex<Answer>>,
    /// How every later transaction is answered.
    pub later: Arc<Mutex<Submission>>,
    /// Its report's rows, or why there is none.
    pub rows: Arc<Mutex<Result<Vec<Row>, ReportFailure>>>,
    /// How a closing of the day ends.
    pub closing: Arc<Mutex<settlement::Reply>>,
    /// A submission ends when there is a permit.
    pub gate: Arc<Semaphore>,
    /// How often a connection was tried.
    pub connects: Arc<watch::Sender<usize>>,
    /// Whether it takes connections.
    pub is_there: Arc<std::sync::atomic::AtomicBool>,
    /// Where payments of a currency are sent.
    pub endpoints: BTreeMap<Currency, &'static str>,
    /// Where it was called, in order.
    pub called_at: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            did: Arc::new(watch::Sender::new(vec![])),
            asked: Arc::new(watch::Sender::new(0)),
            submission: Arc::new(Mutex::new(accepted())),
            answer: Arc::new(Mutex::new(Answer::Lost)),
            later: Arc::new(Mutex::new(accepted())),
            rows: Arc::new(Mutex::new(Ok(vec![]))),
            closing: Arc::new(Mutex::new(settlement::Reply::Lost)),
            gate: Arc::new(Semaphore::new(1_000_000)),
            connects: Arc::new(watch::Sender::new(0)),
            is_there: Arc::new(true.into()),
            endpoints: BTreeMap::new(),
            called_at: Arc::default(),
        }
    }
}

impl Fake {
    pub fn submitting(end: Submission) -> Self {
        Self { submission: Arc::new(Mutex::new(end)), ..Self::default() }
    }

    pub fn answering(self, answer: Answer) -> Self {
        *self.answer.lock().unwrap() = answer;
        self
    }

    pub fn submits(&self) -> usize {
        self.did.borrow().iter().filter(|did| matches!(did, Did::Submit(..))).count()
    }

    fn note(&self, call: &'static str, order: &Order) {
        self.called_at.lock().unwrap().push((call, order.endpoint.clone()));
    }

    /// Waits until it has done `count` things.
    pub async fn has_done(&self, count: usize) {
        self.did.subscribe().wait_for(|did| did.len() >= count).await.unwrap();
    }
}

impl Gateway for Fake {
    fn endpoint(&self, currency: Currency) -> &str {
        self.endpoints.get(&currency).copied().unwrap_or_default()
    }

    fn submit<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, Submission> {
        Box::pin(async move {
            let did = Did::Submit(order.terms.attempt.clone(), card.expose().to_owned());
            self.note("submit", order);
            self.did.send_modify(|all| all.push(did));
            self.gate.acquire().await.unwrap().forget();
            self.submission.lock().unwrap().clone()
        })
    }

    fn ask<'a>(&'a self, order: &'a Order) -> Call<'a, Answer> {
        Box::pin(async move {
            self.note("ask", order);
            self.asked.send_modify(|count| *count += 1);
            let mut answer = self.answer.lock().unwrap().clone();
            if let Answer::Report(report) = &mut answer {
                report.attempt = order.terms.attempt.to_string();
            }
            answer
        })
    }

    fn advise<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, bool> {
        Box::pin(async move {
            self.note("advise", order);
            let did = Did::Advise(card.expose().to_owned());
            self.did.send_modify(|all| all.push(did));
            true
        })
    }

    fn later<'a>(&'a self, order: &'a Order, later: &'a Later) -> Call<'a, Submission> {
        Box::pin(async move {
            self.note("later", order);
            let reason = match &later.cause {
                Cause::Asked(asked) => asked.reason.clone(),
                Cause::GiveBack(_) => String::new(),
            };
            let did = Did::Later(later.kind, later.amount.map(|amount| amount.minor), reason);
            self.did.send_modify(|all| all.push(did));
            self.later.lock().unwrap().clone()
        })
    }

    fn close_day<'a>(&'a self, closing: &'a Closing) -> Call<'a, settlement::Reply> {
        Box::pin(async move {
            self.did.send_modify(|all| all.push(Did::CloseDay(closing.id.to_string())));
            self.gate.acquire().await.unwrap().forget();
            self.closing.lock().unwrap().clone()
        })
    }

    fn connect(&self) -> Call<'_, bool> {
        Box::pin(async move {
            self.connects.send_modify(|count| *count += 1);
            self.is_there.load(std::sync::atomic::Ordering::SeqCst)
        })
    }

    fn report(&self, _: u64, _: u64) -> Call<'_, Result<Vec<Row>, ReportFailure>> {
        Box::pin(async move { self.rows.lock().unwrap().clone() })
    }
}

pub fn accepted() -> Submission {
    Submission::Accepted { order_id: "4711".into(), serial_number: Some("sn-1".into()) }
}

/// A report of the sale of [`payment`]; the fake fills in the attempt.
pub fn report(status: Status) -> Report {
    Report {
        attempt: String::new(),
        order_id: "4711".into(),
        transaction: Some(Transaction::Sale),
        status,
        amount: Amount::from_major("10.42", Currency::from_code("EUR").unwrap()).ok(),
        serial_number: Some("sn-1".into()),
        stage: None,
        awaits_card: false,
        issuer: None,
        online_check: false,
        reason: payment::api::Reason::default(),
        receipt: BTreeMap::new(),
        gate: Some(Gate { partial_capture: true, partial_return: true }),
    }
}

pub fn says(status: Status) -> Answer {
    Answer::Report(Box::new(report(status)))
}

/// Intervals that a test can wait for.
pub fn quick() -> Rules {
    Rules {
        poll_ms: 5,
        chip_poll_ms: 5,
        not_found_grace_ms: 30,
        not_found_gap_ms: 5,
        void: true,
        ..Rules::default()
    }
}

pub fn config(dir: &Path, change: impl FnOnce(String) -> String) -> Config {
    let text = format!(
        "listen = '127.0.0.1:0'\npage = '{0}'\ndatabase = '{0}/db'\n[till]\nname = 'T'\npreauth = true\nopen = true\n[merchant]\n\
         name = 'M'\n[gateway]\nurl = 'http://127.0.0.1:1/paynet'\nlogin = 'merchantlogin'\nendpoint = '1111'\n\
         sandbox = true\ncurrency = 'EUR'\nlimit_minor = 500000\n",
        dir.display()
    );
    let path = dir.join("proxy.toml");
    std::fs::write(&path, change(text)).unwrap();
    Config::load(&path, |name| (name == "MPOS_CONTROL_KEY").then(|| KEY.to_owned())).unwrap()
}

/// A proxy on `localhost:8080` over this store and gateway, with a manager signed in.
pub async fn proxy(store: impl Store + 'static, gateway: impl Gateway + 'static) -> (Router, Desk) {
    proxy_with(store, gateway, "").await
}

/// The same with more settings.
pub async fn proxy_with(
    store: impl Store + 'static,
    gateway: impl Gateway + 'static,
    settings: &str,
) -> (Router, Desk) {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), |text| text + settings);
    let metrics = Arc::new(Metrics::default());
    let desk = Desk::open(store, gateway, quick(), metrics.clone(), config.settings.merchant.language)
        .await
        .unwrap();
    let app = App::new(&config, 8080, desk.clone(), metrics).unwrap();
    (managed(app.router(dir.path()), &desk).await, desk)
}

/// The router as a browser finds it in which a manager is signed in.
pub async fn managed(router: Router, desk: &Desk) -> Router {
    let manager = Operator {
        name: "Max".into(),
        role: Role::Manager,
        pin: PinHash::nobodys(),
        disabled: false,
        last_seen: None,
    };
    let session = Sha256::digest(b"max").into();
    let now = proxy::clock::unix_ms();
    let deed = Deed { at: now, who: Some("Max".into()), did: api::Did::SignedIn, whom: None };
    // A store that a test has made fail has nobody.
    let _ = desk.store().keep_operator(&manager, &deed).await;
    let _ = desk.store().sign_in(&session, "Max", 0, &deed).await;
    router.layer(middleware::map_request(async |mut request: Request<Body>| {
        request.headers_mut().entry("cookie").or_insert(HeaderValue::from_static("staff=max"));
        request
    }))
}

pub const ID: &str = "AAAAAAAAAAAAAAAAAAAA";

pub fn terms(id: &str) -> Value {
    json!({
        "attempt": id, "kind": "sale", "amount": {"minor": 1042, "currency": "EUR"}, "entry": "contactless",
        "reader": {"family": "miura", "serial": "000123"}, "card": {"last4": "0119", "scheme": "Visa"},
    })
}

pub fn payment(id: &str, blob: &str) -> Value {
    with(terms(id), json!({"encrypted_data": blob}))
}

pub fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()
}

pub fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("host", "localhost:8080")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// Without a body, as the sale's page gives back.
pub fn nudge(path: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "localhost:8080")
        .header("content-type", "application/json")
        .body(Body::empty())
        .unwrap()
}

pub async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

pub async fn call(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = send(router, request).await;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// Asks for the payment until `wanted` holds of it.
pub async fn until(router: &Router, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let watching = async {
        loop {
            let (_, view) = call(router, get(&format!("/api/v1/payments/{id}"))).await;
            if wanted(&view) {
                return view;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), watching).await.expect("the payment never came to that")
}

pub fn outcome(view: &Value) -> Option<&str> {
    view["outcome"]["outcome"].as_str()
}

/// Reader families, and the gateway's names for what they encrypt.
#[must_use]
pub fn readers() -> std::collections::BTreeMap<String, String> {
    [("miura".to_owned(), "miura".to_owned())].into()
}
