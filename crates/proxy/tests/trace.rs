//! The trace of a payment: who asked whom, by which ids, in the log as well, and what is never in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use axum::response::IntoResponse as _;
use payment::api::{Party, Trace, TracedCall};
use payment::attempt::AttemptId;
use payment::order::Status;
use payment::trace::{TraceId, TraceParent};
use paynet::{Dialect, Merchant};
use proxy::gateway::PaynetGateway;
use proxy::metrics::Metrics;
use proxy::store::{Store, sqlite::SqliteStore};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use support::over_every_store;
use support::{
    BLOB, Fake, ID, KEY, call, get, memory::Memory, outcome, payment, post, proxy, readers, says, terms,
    until, with,
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

const PAYMENTS: &str = "/api/v1/payments";
/// A step of a page.
const SPAN: &str = "00f067aa0ba902b7";

fn id(n: u8) -> AttemptId {
    AttemptId::from_random([n; AttemptId::LEN])
}

fn from_page(attempt: &AttemptId) -> String {
    format!("00-{}-{SPAN}-01", TraceId::of(attempt))
}

fn traced(mut request: Request<Body>, traceparent: &str) -> Request<Body> {
    request.headers_mut().append(TraceParent::HEADER, HeaderValue::from_str(traceparent).unwrap());
    request
}

fn start(attempt: &AttemptId, blob: &str) -> Request<Body> {
    post(PAYMENTS, &payment(attempt.as_str(), blob))
}

async fn trace(router: &Router, attempt: &AttemptId) -> Trace {
    let (status, trace) = call(router, get(&format!("{PAYMENTS}/{attempt}/trace"))).await;
    assert_eq!(status, StatusCode::OK, "{trace}");
    serde_json::from_value(trace).unwrap()
}

/// From, to, call, HTTP status and what was said.
fn line(call: &TracedCall) -> String {
    let answer = &call.answer;
    let said = [&answer.said, &answer.status].into_iter().flatten().map(|word| format!(" {word}"));
    let code = answer.code.map(|code| format!(" {code}"));
    let http = answer.http.map(|http| format!(" {http}")).unwrap_or_default();
    let said: String = said.chain(code).collect();
    format!("{}>{} {}{http}{said}", call.from.word(), call.to.word(), call.call)
}

fn lines(trace: &Trace) -> Vec<String> {
    trace.calls.iter().map(line).collect()
}

over_every_store! {
    every_call_of_a_payment_is_a_line
    five_hundred_polls_stay_readable
    a_refusal_is_traced_and_named_by_the_payments_trace
    what_is_no_traceparent_of_the_payment_is_ignored
    looking_at_a_payment_begins_no_trace
}

async fn every_call_of_a_payment_is_a_line(store: impl Store + 'static) {
    let attempt = id(1);
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, _) = proxy(store, gateway.clone()).await;
    let before = proxy::clock::unix_ms();
    call(&router, traced(start(&attempt, BLOB), &from_page(&attempt))).await;
    gateway.asked.subscribe().wait_for(|asked| *asked >= 3).await.unwrap();
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    until(&router, attempt.as_str(), |view| outcome(view) == Some("approved")).await;
    let asked = json!({"request": ID, "reason": "broken"});
    call(&router, post(&format!("{PAYMENTS}/{attempt}/return"), &asked)).await;
    gateway.has_done(2).await;
    until(&router, attempt.as_str(), |view| view["later"][0]["state"] != "sending").await;
    let trace = trace(&router, &attempt).await;
    assert_eq!((&trace.attempt, trace.trace), (&attempt, TraceId::of(&attempt)));
    assert_eq!((trace.version.as_str(), trace.left_out), (env!("CARGO_PKG_VERSION"), 0));
    assert!(trace.since <= trace.now && trace.now >= before);
    let said = lines(&trace);
    for wanted in [
        "page>proxy start 202",
        "proxy>gateway sale",
        "proxy>gateway status",
        "page>proxy view 200",
        "page>proxy return 200",
        "proxy>gateway return",
    ] {
        assert!(said.iter().any(|line| line == wanted), "{wanted}: {said:?}");
    }
    let first = trace.calls.iter().find(|call| call.call.as_str() == "start").unwrap();
    assert_eq!(first.parent.unwrap().to_string(), SPAN);
    assert_ne!(first.span.to_string(), SPAN);
    assert!(first.sent.is_none() && first.received.is_some_and(|bytes| bytes > 100), "{first:?}");
    assert!(first.at >= before && first.at <= trace.now);
    let polls = trace.calls.iter().find(|call| call.call.as_str() == "status").unwrap();
    assert!(polls.times >= 3 && polls.last_at >= polls.at, "{polls:?}");
    assert_eq!((polls.from, polls.to, polls.parent), (Party::Proxy, Party::Gateway, None));
}

async fn five_hundred_polls_stay_readable(store: impl Store + 'static) {
    let attempt = id(2);
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, start(&attempt, BLOB)).await;
    for _ in 0..500 {
        call(&router, get(&format!("{PAYMENTS}/{attempt}"))).await;
    }
    let trace = trace(&router, &attempt).await;
    assert!(trace.calls.len() <= 4, "{:?}", lines(&trace));
    let polls = trace.calls.iter().find(|call| call.call.as_str() == "view").unwrap();
    assert_eq!(polls.times, 500);
}

async fn a_refusal_is_traced_and_named_by_the_payments_trace(store: impl Store + 'static) {
    let attempt = id(3);
    let (router, _) = proxy(store, Fake::default()).await;
    let much = json!({"amount": {"minor": 500_001, "currency": "EUR"}});
    let body = with(payment(attempt.as_str(), BLOB), much);
    let (_, problem) = call(&router, post(PAYMENTS, &body)).await;
    assert_eq!(
        (&problem["code"], &problem["trace_id"]),
        (&json!("over-limit"), &json!(TraceId::of(&attempt)))
    );
    assert_eq!(lines(&trace(&router, &attempt).await), ["page>proxy start 422 over-limit"]);
    // What is about no payment has a name of its own.
    let (_, problem) = call(&router, get("/api/v1/nothing")).await;
    assert_eq!(problem["trace_id"].as_str().unwrap().len(), 32);
}

async fn what_is_no_traceparent_of_the_payment_is_ignored(store: impl Store + 'static) {
    let (router, _) = proxy(store, Fake::default()).await;
    let other = from_page(&id(9));
    for (n, header) in
        ["", "00-zz", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", &other].iter().enumerate()
    {
        let n = u8::try_from(n).unwrap();
        let attempt = id(10 + n);
        let request = traced(start(&attempt, &format!("E4{n:02}")), header);
        assert_eq!(call(&router, request).await.0, StatusCode::ACCEPTED, "{header}");
        assert_eq!(trace(&router, &attempt).await.calls[0].parent, None, "{header}");
    }
    let attempt = id(20);
    let twice = traced(traced(start(&attempt, "E499"), &from_page(&attempt)), &from_page(&attempt));
    assert_eq!(call(&router, twice).await.0, StatusCode::ACCEPTED);
    assert_eq!(trace(&router, &attempt).await.calls[0].parent, None, "two say nothing");
}

async fn looking_at_a_payment_begins_no_trace(store: impl Store + 'static) {
    let (router, _) = proxy(store, Fake::default()).await;
    for request in [get(&format!("{PAYMENTS}/{ID}")), post(&format!("{PAYMENTS}/{ID}/ask"), &json!({}))] {
        assert_eq!(call(&router, request).await.1["code"], "unknown-payment");
    }
    let (status, problem) = call(&router, get(&format!("{PAYMENTS}/{ID}/trace"))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("unknown-payment")));
    // One that was abandoned is known, and was called about.
    let abandon = json!({"sent": false, "terms": terms(ID)});
    call(&router, post(&format!("{PAYMENTS}/{ID}/abandon"), &abandon)).await;
    assert_eq!(lines(&trace(&router, &ID.parse().unwrap()).await), ["page>proxy abandon 200"]);
}

#[tokio::test]
async fn a_page_that_goes_away_is_a_line_as_well() {
    let attempt = id(4);
    let (router, _) = proxy(Memory::new(), Fake::default()).await;
    let mut asked = Box::pin(call(&router, start(&attempt, BLOB)));
    let mut waker = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(asked.as_mut().poll(&mut waker).is_pending());
    drop(asked);
    until(&router, attempt.as_str(), |view| view["state"].is_string()).await;
    let said = lines(&trace(&router, &attempt).await);
    assert_eq!(said[0], "page>proxy start gone", "{said:?}");
}

#[tokio::test]
async fn a_restart_forgets_the_trace_and_says_since_when() {
    let dir = tempfile::tempdir().unwrap();
    let open = async || SqliteStore::open(&dir.path().join("db")).await.unwrap();
    let store = open().await;
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, desk) = proxy(store.clone(), gateway).await;
    call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    desk.close();
    store.close().await;
    let stopped = proxy::clock::unix_ms();
    let (router, _) = proxy(open().await, Fake::default()).await;
    call(&router, get(&format!("{PAYMENTS}/{ID}"))).await;
    let trace = trace(&router, &ID.parse().unwrap()).await;
    assert!(trace.calls.is_empty() && trace.since >= stopped, "{trace:?}");
}

/// What this process logs, in the form that the program logs it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let filter = EnvFilter::new("warn,proxy=trace");
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(log.clone()).init();
    log
});

/// A gateway's socket, where every secret that it could repeat is in its answers. What it was sent: paths, and what was said
/// of traces.
async fn gateway(code: u16) -> (String, Arc<Mutex<Vec<(String, Option<String>)>>>) {
    let heard = Arc::new(Mutex::new(vec![]));
    let all = heard.clone();
    let router = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let traceparent = headers.get(TraceParent::HEADER).map(|value| value.to_str().unwrap().to_owned());
        all.lock().unwrap().push((uri.path().to_owned(), traceparent));
        let body = String::from_utf8(body.to_vec()).unwrap();
        let id = body.split_once("client_orderid=").unwrap().1.split('&').next().unwrap();
        let common = format!("serial-number=sn-1\n&merchant-order-id={id}\n&paynet-order-id=4711\n");
        let answer = if uri.path().contains("status") {
            format!(
                "type=status-response\n&{common}&status=approved\n&amount=10.42\n&currency=EUR\n&transaction-type=sale\n\
                 &error-code={PAN}\n&card-number={PAN}\n&error-message={KEY}+{BLOB}\n&order-stage={PAN}\n"
            )
        } else {
            format!("type=async-response\n&{common}&status={PAN}\n&error-code=1\n")
        };
        (StatusCode::from_u16(code).unwrap(), answer).into_response()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/paynet", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

const PAN: &str = "4761739001010119";

fn paynet_at(base_url: String, send_traceparent: bool) -> (PaynetGateway, Arc<Metrics>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let merchant = Merchant {
        login: "merchantlogin".to_owned().try_into().unwrap(),
        key: KEY.to_owned().try_into().unwrap(),
        endpoint: "1111".into(),
        dialect: Dialect { base_url, send_traceparent, ..Dialect::default() },
    };
    let metrics = Arc::new(Metrics::default());
    (PaynetGateway::new(merchant, false, readers(), metrics.clone()).unwrap(), metrics)
}

#[tokio::test]
async fn one_trace_goes_from_the_page_to_the_gateway_and_through_the_log_without_a_secret() {
    let log = LOG.clone();
    let attempt = id(30);
    let (url, heard) = gateway(200).await;
    let (router, _) = proxy(Memory::new(), paynet_at(url, true).0).await;
    call(&router, traced(start(&attempt, BLOB), &from_page(&attempt))).await;
    until(&router, attempt.as_str(), |view| outcome(view) == Some("approved")).await;
    // Refused bodies are not repeated either.
    let odd = with(payment(attempt.as_str(), BLOB), json!({"card": {"last4": PAN}}));
    call(&router, post(PAYMENTS, &odd)).await;
    let trace = trace(&router, &attempt).await;
    let said = lines(&trace);
    let wanted = [
        "page>proxy start 202",
        "proxy>gateway sale 200 async-response 1",
        "proxy>gateway status 200 status-response approved",
        "page>proxy start 422 not-allowed",
    ];
    for wanted in wanted {
        assert!(said.iter().any(|line| line == wanted), "{wanted}: {said:?}");
    }
    let sale = trace.calls.iter().find(|call| call.call.as_str() == "sale").unwrap();
    assert!(sale.sent.is_some_and(|bytes| bytes > 100) && sale.received.is_some_and(|bytes| bytes > 50));
    // The gateway heard of the same trace, each call as a step of its own that the proxy's trace has.
    let heard = heard.lock().unwrap().clone();
    assert!(heard.len() >= 2);
    for (path, traceparent) in &heard {
        let parent: TraceParent = traceparent.as_deref().unwrap().parse().unwrap();
        assert_eq!((parent.trace, parent.sampled), (trace.trace, true), "{path}");
        assert!(parent.parent.to_string() != SPAN);
    }
    assert_eq!(heard[0].1.as_deref(), Some(format!("00-{}-{}-01", trace.trace, sale.span).as_str()));
    assert_ne!(heard[0].1, heard[1].1);
    // Every line about the payment stands under both ids.
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let about: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| {
            line.to_string().contains(attempt.as_str()) || line["span"]["trace_id"] == json!(trace.trace)
        })
        .collect();
    for line in &about {
        assert_eq!(line["span"]["trace_id"], json!(trace.trace), "{line}");
        assert_eq!(line["span"]["span_id"].as_str().unwrap().len(), 16, "{line}");
        assert_eq!(line["spans"].as_array().unwrap().len(), 1, "no span holds another: {line}");
    }
    for message in [
        "payment taken",
        "call",
        "gateway called",
        "payment submitted",
        "payment is final",
        "request refused",
    ] {
        assert!(about.iter().any(|line| line["fields"]["message"] == message), "{message}: {text}");
    }
    let of_sale = about.iter().filter(|line| line["span"]["span_id"] == json!(sale.span)).count();
    assert!(of_sale >= 3, "called, its line, submitted: {text}");
    // What was planted is nowhere. A search has to show that it can find.
    let shown = serde_json::to_string(&trace).unwrap();
    for secret in [PAN, KEY, BLOB, &PAN[6..], "merchantlogin"] {
        for (place, text) in [("log", &text), ("trace", &shown)] {
            assert!(!text.contains(secret), "{secret} is in the {place}");
        }
    }
    assert!(text.contains("4711") && shown.contains("async-response"));
}

#[tokio::test]
async fn the_gateway_hears_of_no_trace_unless_it_is_set() {
    let (url, heard) = gateway(200).await;
    let (router, _) = proxy(Memory::new(), paynet_at(url, false).0).await;
    call(&router, traced(start(&id(31), BLOB), &from_page(&id(31)))).await;
    until(&router, id(31).as_str(), |view| outcome(view) == Some("approved")).await;
    let heard = heard.lock().unwrap().clone();
    assert!(heard.len() >= 2 && heard.iter().all(|(_, traceparent)| traceparent.is_none()), "{heard:?}");
}

#[tokio::test]
async fn no_answer_is_a_line_that_says_why() {
    let (router, _) = proxy(Memory::new(), paynet_at("http://127.0.0.1:1/paynet".into(), true).0).await;
    call(&router, start(&id(32), BLOB)).await;
    until(&router, id(32).as_str(), |view| outcome(view) == Some("not_charged")).await;
    let said = lines(&trace(&router, &id(32)).await);
    assert!(said.contains(&"proxy>gateway sale no-connection".to_owned()), "{said:?}");
}
