//! `/payments/{id}/events` through the router, over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use axum_server::Handle;
use futures_util::StreamExt as _;
use payment::api::EVENTS_HEARTBEAT_MS;
use payment::order::{Rules, Status};
use proxy::desk::Desk;
use proxy::metrics::Metrics;
use proxy::routes::App;
use proxy::server::Listener;
use proxy::store::{Store, sqlite::SqliteStore};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::over_every_store;
use support::until;
use support::{
    BLOB, Fake, ID, call, config, get, memory::Memory, nudge, outcome, payment, post, says, send, terms,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const PAYMENTS: &str = "/api/v1/payments";
const NOTHING_NEW: &str = ":";
const LIMIT: Duration = Duration::from_secs(20);

over_every_store! {
    the_first_view_comes_at_once_and_each_change_after_it
    a_page_that_comes_back_is_told_what_it_has_not_seen
    a_slow_page_is_told_how_things_stand_and_not_what_it_missed
    many_pages_ask_the_gateway_no_more_than_none
    what_is_not_known_or_was_abandoned_has_no_events
    a_closed_desk_ends_every_stream
}

/// A proxy that asks the gateway only when it is told to, with its metrics.
async fn quiet_proxy(store: impl Store + 'static, gateway: Fake) -> (Router, Desk, Arc<Metrics>) {
    let dir = tempfile::tempdir().unwrap();
    let metrics = Arc::new(Metrics::default());
    let rules = Rules { poll_ms: 3_600_000, ..Rules::default() };
    let desk = Desk::open(store, gateway, rules, metrics.clone(), language::Language::English).await.unwrap();
    let config = config(dir.path(), |text| text);
    (App::new(&config, 8080, desk.clone(), metrics.clone()).unwrap().router(dir.path()), desk, metrics)
}

/// What a page that listens is sent.
struct Events {
    body: BodyDataStream,
    text: String,
}

/// An event's id and its view.
type Told = (String, Value);

impl Events {
    async fn of(router: &Router) -> Self {
        Self::after(router, None).await
    }

    /// For a page that has seen the event of this id.
    async fn after(router: &Router, seen: Option<&str>) -> Self {
        let mut request = get(&format!("{PAYMENTS}/{ID}/events"));
        if let Some(seen) = seen {
            request.headers_mut().insert("last-event-id", seen.parse().unwrap());
        }
        let response = send(router, request).await;
        assert_eq!(response.status(), StatusCode::OK);
        for (name, value) in [("cache-control", "no-store"), ("content-type", "text/event-stream")] {
            assert_eq!(response.headers()[name], value);
        }
        assert!(!response.headers().contains_key("content-encoding"), "never compressed");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event or comment; `None` once the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(event);
            }
            let chunk = tokio::time::timeout(LIMIT, self.body.next()).await.expect("nothing is said");
            self.text.push_str(std::str::from_utf8(&chunk?.unwrap()).unwrap());
        }
    }

    async fn told(&mut self) -> Told {
        let event = self.next().await.expect("the stream has ended");
        let told = event.strip_prefix("data: ").and_then(|event| event.split_once("\nid: "));
        let (view, id) = told.unwrap_or_else(|| panic!("{event}"));
        (id.to_owned(), serde_json::from_str(view).unwrap())
    }

    async fn view(&mut self) -> Value {
        self.told().await.1
    }

    /// The first event of whose view `wanted` holds.
    async fn see(&mut self, wanted: impl Fn(&Value) -> bool) -> Told {
        loop {
            let told = self.told().await;
            if wanted(&told.1) {
                return told;
            }
        }
    }
}

/// A view as `GET /payments/{id}` has it, but for the time.
fn plain(mut view: Value) -> Value {
    view["next_poll_ms"] = json!(0);
    view
}

async fn start(router: &Router) {
    assert_eq!(call(router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::ACCEPTED);
}

async fn ask(router: &Router) {
    call(router, post(&format!("{PAYMENTS}/{ID}/ask"), &json!({}))).await;
}

async fn the_first_view_comes_at_once_and_each_change_after_it(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    gateway.gate.forget_permits(1_000_000);
    let (router, _) = support::proxy(store, gateway.clone()).await;
    start(&router).await;
    let mut events = Events::of(&router).await;
    assert_eq!(events.view().await["state"], "sending");
    gateway.gate.add_permits(1);
    let taken = events.view().await;
    assert_eq!((&taken["state"], &taken["order_id"]), (&json!("processing"), &json!("4711")));
    *gateway.answer.lock().unwrap() = says(Status::Declined);
    let told = events.view().await;
    assert_eq!(outcome(&told), Some("declined"), "each change once: {told}");
    let (_, asked) = call(&router, get(&format!("{PAYMENTS}/{ID}"))).await;
    assert_eq!(plain(told), plain(asked), "what is pushed is what is answered");
}

async fn a_page_that_comes_back_is_told_what_it_has_not_seen(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, _) = support::proxy(store, gateway.clone()).await;
    start(&router).await;
    let (seen, _) = Events::of(&router).await.see(|view| view["order_id"] == "4711").await;
    let mut back = Events::after(&router, Some(&seen)).await;
    assert_eq!(
        back.next().await.as_deref(),
        Some(NOTHING_NEW),
        "it has that view, and hears that it is heard"
    );
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    let end = back.told().await;
    assert_eq!(outcome(&end.1), Some("approved"));
    // While nobody listened:
    assert_eq!(Events::after(&router, Some(&seen)).await.told().await, end);
    for nonsense in ["", "0", "\u{e4}"] {
        assert_eq!(Events::after(&router, Some(nonsense)).await.told().await, end, "{nonsense}");
    }
}

async fn a_slow_page_is_told_how_things_stand_and_not_what_it_missed(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    gateway.gate.forget_permits(1_000_000);
    let (router, _) = support::proxy(store, gateway.clone()).await;
    start(&router).await;
    let mut slow = Events::of(&router).await;
    assert_eq!(slow.view().await["state"], "sending");
    // Three changes that it does not take.
    gateway.gate.add_permits(1);
    until(&router, ID, |view| view["state"] == "processing").await;
    *gateway.answer.lock().unwrap() = says(Status::Unknown);
    until(&router, ID, |view| view["unknown"] == true).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(outcome(&slow.view().await), Some("approved"));
}

async fn many_pages_ask_the_gateway_no_more_than_none(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, desk, metrics) = quiet_proxy(store, gateway.clone()).await;
    start(&router).await;
    let asked = gateway.asked.subscribe().wait_for(|asked| *asked == 1).await.map(|asked| *asked).unwrap();
    let mut pages = Vec::new();
    for _ in 0..50 {
        let mut events = Events::of(&router).await;
        events.see(|view| view["order_id"] == "4711").await;
        pages.push(events);
    }
    let text = |metrics: &Metrics| metrics.text(0, 0);
    assert!(text(&metrics).contains("mpos_event_streams 50\n"), "{}", text(&metrics));
    assert_eq!(*gateway.asked.borrow(), asked);
    let keep = nudge(&format!("{PAYMENTS}/{ID}/return"));
    assert_eq!(call(&router, keep).await.0, StatusCode::OK, "a call is answered beside them");
    drop(pages);
    assert!(text(&metrics).contains("mpos_event_streams 0\n"), "{}", text(&metrics));
    drop(desk);
}

async fn what_is_not_known_or_was_abandoned_has_no_events(store: impl Store + 'static) {
    let (router, _, metrics) = quiet_proxy(store, Fake::default()).await;
    let events = || get(&format!("{PAYMENTS}/{ID}/events"));
    let (status, problem) = call(&router, events()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("unknown-payment")));
    let abandon = post(&format!("{PAYMENTS}/{ID}/abandon"), &json!({"sent": false, "terms": terms(ID)}));
    call(&router, abandon).await;
    let (status, problem) = call(&router, events()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("unknown-payment")));
    let (status, _) = call(&router, get(&format!("{PAYMENTS}/short/events"))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(metrics.text(0, 0).contains("mpos_event_streams 0\n"));
}

async fn a_closed_desk_ends_every_stream(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, desk, _) = quiet_proxy(store, gateway).await;
    start(&router).await;
    let mut events = Events::of(&router).await;
    events.see(|view| view["order_id"] == "4711").await;
    desk.close();
    while let Some(event) = events.next().await {
        assert_ne!(event, NOTHING_NEW, "it ends before it would have had to say something");
    }
    // Whoever comes now is told how things stand, and sent away.
    let mut late = Events::of(&router).await;
    assert_eq!(late.view().await["order_id"], "4711");
    assert_eq!(late.next().await, None);
}

#[test]
fn an_id_outlives_the_proxy() {
    let dir = tempfile::tempdir().unwrap();
    // A runtime is a process: what runs in it ends with it.
    let run = async |seen: Option<&str>| {
        let store = SqliteStore::open(&dir.path().join("db")).await.unwrap();
        let (router, _) = support::proxy(store, Fake::default().answering(says(Status::Approved))).await;
        if seen.is_none() {
            start(&router).await;
            return Events::of(&router).await.see(|view| view["state"] == "final").await.0;
        }
        Events::after(&router, seen).await.next().await.expect("the stream has ended")
    };
    let seen = Runtime::new().unwrap().block_on(run(None));
    let event = Runtime::new().unwrap().block_on(run(Some(&seen)));
    assert_eq!(event, NOTHING_NEW, "it has that view, and hears that it is heard");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_has_nothing_to_say_says_so() {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, _, _) = quiet_proxy(Memory::new(), gateway.clone()).await;
    start(&router).await;
    let mut events = Events::of(&router).await;
    events.see(|view| view["order_id"] == "4711").await;
    gateway.asked.subscribe().wait_for(|asked| *asked == 1).await.unwrap();
    for _ in 0..3 {
        let before = tokio::time::Instant::now();
        assert_eq!(events.next().await.as_deref(), Some(NOTHING_NEW));
        assert_eq!(before.elapsed(), Duration::from_millis(EVENTS_HEARTBEAT_MS));
    }
    // A change that the page is not shown: when to ask next.
    ask(&router).await;
    assert_eq!(events.next().await.as_deref(), Some(NOTHING_NEW));
}

#[tokio::test]
async fn only_the_page_from_its_own_origin_listens() {
    let (router, _, metrics) = quiet_proxy(Memory::new(), Fake::default()).await;
    start(&router).await;
    let events = || Request::get(format!("{PAYMENTS}/{ID}/events"));
    let foreign = [
        events().header("host", "evil.example"),
        events().header("host", "localhost:8080").header("origin", "http://evil.example"),
        events().header("host", "localhost:8080").header("sec-fetch-site", "cross-site"),
    ];
    for request in foreign {
        let (status, problem) = call(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("foreign")));
    }
    assert!(metrics.text(0, 0).contains("mpos_event_streams 0\n"));
}

#[tokio::test]
async fn a_stop_waits_for_no_page() {
    let (router, desk, _) = quiet_proxy(Memory::new(), Fake::default()).await;
    start(&router).await;
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), None).unwrap();
    let mut page = TcpStream::connect(listener.address().unwrap()).await.unwrap();
    let handle = Handle::new();
    let served = tokio::spawn(listener.serve(router, handle.clone()));
    let head = format!("GET {PAYMENTS}/{ID}/events HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
    page.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n\n\r\n") {
        let read = tokio::time::timeout(LIMIT, page.read_buf(&mut answer)).await;
        assert_ne!(read.expect("nothing is said").unwrap(), 0, "{}", String::from_utf8_lossy(&answer));
    }
    desk.close();
    handle.graceful_shutdown(Some(10 * LIMIT));
    tokio::time::timeout(LIMIT, served).await.expect("the stop waits").unwrap().unwrap();
    page.read_to_end(&mut answer).await.unwrap();
    assert!(answer.ends_with(b"\r\n0\r\n\r\n"), "a whole answer: {}", String::from_utf8_lossy(&answer));
}
