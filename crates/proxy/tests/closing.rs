//! Closing the day, X and Z reports and takings through the router, over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::order::{Answer, Status};
use payment::settlement::{self, DayTotals, Reply, Sum};
use proxy::desk::Desk;
use proxy::metrics::Metrics;
use proxy::routes::App;
use proxy::settlement::{LATE_MS, close_if_due};
use proxy::store::{Store, sqlite::SqliteStore};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::over_every_store;
use support::{
    BLOB, Did, Fake, ID, call, config, get, managed, memory::Memory, outcome, payment, post, quick, says,
    send, until,
};
use tokio::sync::Semaphore;

const CLOSE_DAY: &str = "/api/v1/close-day";
const OTHER_ID: &str = "BBBBBBBBBBBBBBBBBBBB";

over_every_store! {
    equal_totals_close_the_day_once
    totals_that_differ_are_told_and_noticed
    no_payment_passes_while_the_gate_is_closing
    a_lost_answer_is_asked_for_again_with_the_same_id
    what_is_not_final_has_to_be_confirmed_and_counts_the_day_after
    a_refusal_settles_nothing
    a_shift_is_closed_once
    a_day_that_is_due_is_closed_but_not_over_what_is_open
    takings_are_a_table_and_a_file
}

async fn open(store: impl Store + 'static, gateway: Fake) -> Router {
    open_with(store, gateway, "[close_day]\nneeded = true\ntime_zone = 'Europe/Riga'\n").await
}

async fn open_with(store: impl Store + 'static, gateway: Fake, settings: &str) -> Router {
    open_desk(store, gateway, settings).await.0
}

async fn open_desk(store: impl Store + 'static, gateway: Fake, settings: &str) -> (Router, Desk) {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), |text| text + settings);
    let metrics = Arc::new(Metrics::default());
    let desk = Desk::open(store, gateway, quick(), metrics.clone(), config.settings.merchant.language)
        .await
        .unwrap();
    let app = App::new(&config, 8080, desk.clone(), metrics).unwrap();
    (managed(app.router(dir.path()), &desk).await, desk)
}

fn eur(count: u64, minor: u64) -> Sum {
    let amount = payment::money::Amount::new(minor, payment::money::Currency::from_code("EUR").unwrap());
    Sum { count, amount }
}

/// The gateway takes it, with these totals of sales.
fn taken(blocked: bool, count: u64, minor: u64) -> Reply {
    Reply::Answered(Box::new(settlement::Answer {
        agreed: true,
        blocked,
        code: Some("00".into()),
        number: Some("510321889824".into()),
        totals: Some(DayTotals { sale: eur(count, minor), reversal: eur(0, 0) }),
        ..settlement::Answer::default()
    }))
}

async fn sale(router: &Router, id: &str, blob: &str) {
    let (status, _) = call(router, post("/api/v1/payments", &payment(id, blob))).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    until(router, id, |view| outcome(view) == Some("approved")).await;
}

async fn day(router: &Router) -> Value {
    let (status, day) = call(router, get(CLOSE_DAY)).await;
    assert_eq!(status, StatusCode::OK, "{day}");
    day
}

async fn close(router: &Router, since: &Value, confirmed: &[&str]) -> (StatusCode, Value) {
    call(router, post(CLOSE_DAY, &json!({ "since": since, "confirm_open": confirmed }))).await
}

/// Asks until the closing stands so.
async fn stands(router: &Router, state: &str) -> Value {
    let watching = async {
        loop {
            let day = day(router).await;
            if day["last"]["state"] == state {
                return day;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), watching).await.expect("the closing never came to that")
}

fn closings(gateway: &Fake) -> Vec<String> {
    let did = gateway.did.borrow();
    let ids = did.iter().filter_map(|did| match did {
        Did::CloseDay(id) => Some(id.clone()),
        _ => None,
    });
    ids.collect()
}

async fn notices(router: &Router) -> Vec<String> {
    let (_, terminal) = call(router, get("/api/v1/terminal")).await;
    let titles =
        terminal["notices"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap().to_owned());
    titles.collect()
}

async fn equal_totals_close_the_day_once(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    *gateway.closing.lock().unwrap() = taken(false, 1, 1042);
    let router = open(store, gateway.clone()).await;
    sale(&router, ID, BLOB).await;
    let before = day(&router).await;
    assert_eq!(
        (&before["needed"], &before["since"], &before["time_zone"]),
        (&json!(true), &json!(0), &json!("Europe/Riga"))
    );
    let total = json!([{"kind": "sale", "count": 1, "sum": {"minor": 1042, "currency": "EUR"}}]);
    assert_eq!((&before["totals"], &before["last"]), (&total, &Value::Null));
    assert_eq!(close(&router, &json!(0), &[]).await.0, StatusCode::OK);
    let after = stands(&router, "closed").await;
    assert_eq!((&after["totals"], &after["since"]), (&json!([]), &after["last"]["until"]));
    assert_eq!(after["last"]["answer"]["number"], "510321889824");
    // The second press is of a day that is over.
    let (status, problem) = close(&router, &json!(0), &[]).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("over")));
    assert_eq!(closings(&gateway).len(), 1);
    assert!(notices(&router).await.is_empty());
    sale(&router, OTHER_ID, "E408DFAE5A0444444444").await;
    assert_eq!(day(&router).await["totals"], total, "the next day");
}

async fn totals_that_differ_are_told_and_noticed(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    *gateway.closing.lock().unwrap() = taken(false, 2, 2084);
    let router = open(store, gateway).await;
    sale(&router, ID, BLOB).await;
    close(&router, &json!(0), &[]).await;
    let day = stands(&router, "differs").await;
    assert_eq!(day["last"]["ours"]["sale"]["count"], 1);
    assert_eq!(day["last"]["answer"]["totals"]["sale"]["amount"]["minor"], 2084);
    assert_eq!(notices(&router).await, ["Totals differ"]);
}

async fn no_payment_passes_while_the_gate_is_closing(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    *gateway.closing.lock().unwrap() = taken(true, 0, 0);
    let router = open(store, gateway.clone()).await;
    sale(&router, ID, BLOB).await;
    *gateway.closing.lock().unwrap() = taken(true, 1, 1042);
    close(&router, &json!(0), &[]).await;
    stands(&router, "blocked").await;
    let (_, terminal) = call(&router, get("/api/v1/terminal")).await;
    assert!(terminal["gate_closing"].is_u64());
    let (status, problem) =
        call(&router, post("/api/v1/payments", &payment(OTHER_ID, "E408DFAE5A0444444444"))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("gate-closing")));
    let (status, _) = call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "what is known is answered");
    let asked = json!({ "request": OTHER_ID, "reason": "broken" });
    let (status, problem) = call(&router, post(&format!("/api/v1/payments/{ID}/return"), &asked)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("gate-closing")));
    assert_eq!(gateway.submits(), 1);
    *gateway.closing.lock().unwrap() = taken(false, 1, 1042);
    close(&router, &json!(0), &[]).await;
    stands(&router, "closed").await;
    assert!(closings(&gateway).iter().all(|id| *id == closings(&gateway)[0]));
    sale(&router, OTHER_ID, "E408DFAE5A0444444444").await;
    let (_, terminal) = call(&router, get("/api/v1/terminal")).await;
    assert_eq!(terminal["gate_closing"], Value::Null);
}

async fn a_lost_answer_is_asked_for_again_with_the_same_id(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let router = open(store, gateway.clone()).await;
    close(&router, &json!(0), &[]).await;
    stands(&router, "unknown").await;
    sale(&router, ID, BLOB).await;
    *gateway.closing.lock().unwrap() = Reply::Duplicate;
    assert_eq!(close(&router, &json!(0), &[]).await.0, StatusCode::OK);
    let day = stands(&router, "closed").await;
    assert_eq!(day["last"]["answer"], Value::Null, "accepted, totals unknown");
    assert_eq!(day["totals"][0]["count"], 1, "what was taken meanwhile is the next day's");
    let sent = closings(&gateway);
    assert_eq!((sent.len(), &sent[0]), (2, &sent[1]));
}

async fn what_is_not_final_has_to_be_confirmed_and_counts_the_day_after(store: impl Store + 'static) {
    let gateway = Fake::default().answering(Answer::Lost);
    *gateway.closing.lock().unwrap() = taken(false, 0, 0);
    let router = open(store, gateway.clone()).await;
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    let open = day(&router).await["open"].clone();
    assert_eq!((&open[0]["attempt"], &open[0]["result"]), (&json!(ID), &json!("open")));
    let (status, problem) = close(&router, &json!(0), &[]).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("open-orders")));
    let (status, _) = close(&router, &json!(0), &[OTHER_ID]).await;
    assert_eq!((status, closings(&gateway).len()), (StatusCode::CONFLICT, 0));
    close(&router, &json!(0), &[ID]).await;
    stands(&router, "closed").await;
    assert_eq!(day(&router).await["open"][0]["attempt"], ID, "carried on");
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    assert_eq!(day(&router).await["totals"][0]["sum"]["minor"], 1042);
}

async fn a_refusal_settles_nothing(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    *gateway.closing.lock().unwrap() = Reply::NoConnection;
    let router = open(store, gateway.clone()).await;
    sale(&router, ID, BLOB).await;
    close(&router, &json!(0), &[]).await;
    let day = stands(&router, "refused").await;
    assert_eq!((&day["since"], &day["totals"][0]["count"]), (&json!(0), &json!(1)), "the day goes on");
    *gateway.closing.lock().unwrap() = taken(false, 1, 1042);
    close(&router, &json!(0), &[]).await;
    stands(&router, "closed").await;
    let sent = closings(&gateway);
    assert_ne!(sent[0], sent[1], "another request");
}

async fn a_shift_is_closed_once(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let router = open_with(store, gateway, "").await;
    sale(&router, ID, BLOB).await;
    let (_, x) = call(&router, get("/api/v1/reports/x")).await;
    assert_eq!((&x["from"], &x["totals"][0]["count"], &x["number"]), (&json!(0), &json!(1), &Value::Null));
    assert_eq!(x["operators"][0]["totals"], x["totals"]);
    let z = |from| post("/api/v1/reports/z", &json!({ "from": from }));
    let (status, first) = call(&router, z(0)).await;
    assert_eq!((status, &first["number"], &first["totals"]), (StatusCode::OK, &json!(1), &x["totals"]));
    assert_eq!(call(&router, z(0)).await.1, first, "a second press");
    assert_eq!(call(&router, z(17)).await.1["code"], "over");
    let (_, x) = call(&router, get("/api/v1/reports/x")).await;
    assert_eq!((&x["from"], &x["totals"]), (&first["until"], &json!([])));
    let (_, second) = call(&router, z(first["until"].as_u64().unwrap())).await;
    assert_eq!((&second["number"], &second["from"]), (&json!(2), &first["until"]));
    assert_eq!(call(&router, get("/api/v1/reports/z/1")).await.1, first);
    assert_eq!(call(&router, get("/api/v1/reports/z/3")).await.0, StatusCode::NOT_FOUND);
    let (status, problem) = close(&router, &json!(0), &[]).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("no-close-day")));
}

async fn a_day_that_is_due_is_closed_but_not_over_what_is_open(store: impl Store + 'static) {
    let gateway = Fake::default().answering(Answer::Lost);
    *gateway.closing.lock().unwrap() = taken(false, 1, 1042);
    let (router, desk) =
        open_desk(store, gateway.clone(), "[close_day]\nneeded = true\nat = '23:30'\n").await;
    let now = proxy::clock::unix_ms();
    let currency = payment::money::Currency::from_code("EUR").unwrap();
    let tick = async |due: u64, now: u64| close_if_due(&desk, currency, 0, due, now).await.unwrap();
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    tick(now, now).await;
    tick(now, now + 1).await;
    assert_eq!((notices(&router).await, closings(&gateway).len()), (vec!["Day not closed".to_owned()], 0));
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    tick(now, now + LATE_MS).await;
    assert_eq!(closings(&gateway).len(), 0, "too late to do it by itself");
    tick(now, now + LATE_MS - 1).await;
    stands(&router, "closed").await;
    tick(now, now + 2).await;
    assert_eq!((closings(&gateway).len(), notices(&router).await.len()), (1, 1));
    assert_eq!(day(&router).await["at"], "23:30");
}

async fn takings_are_a_table_and_a_file(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let router = open(store, gateway).await;
    sale(&router, ID, BLOB).await;
    let zone = proxy::settlement::Zone::try_from("Europe/Riga".to_owned()).unwrap();
    let today = zone.moment(proxy::clock::unix_ms()).day;
    let ask = |path: &str, by: &str| get(&format!("/api/v1/{path}?from={today}&to={today}&by={by}"));
    for (by, name) in [("day", today.as_str()), ("operator", "Max"), ("kind", "sale"), ("result", "approved")]
    {
        let (_, takings) = call(&router, ask("takings", by)).await;
        let row = &takings["rows"][0];
        assert_eq!((&row["name"], &row["came"]["amount"]["minor"]), (&json!(name), &json!(1042)), "{by}");
    }
    let response = send(&router, ask("takings.csv", "day")).await;
    assert!(response.headers()["content-disposition"].to_str().unwrap().contains("takings-"));
    let file = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let file = String::from_utf8(file.to_vec()).unwrap();
    assert_eq!(file.lines().nth(1), Some(format!("\"{today}\",EUR,1,10.42,0,0.00").as_str()));
    let (status, _) = call(&router, get("/api/v1/takings?from=2026-02-01&to=2026-01-01")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(call(&router, get("/api/v1/takings?from=2026-02-01")).await.0, StatusCode::BAD_REQUEST);
}

/// Killed while the first answer is on its way: the same id is sent again, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_goes_on_with_the_id_that_was_stored() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let held = Fake { gate: Arc::new(Semaphore::new(0)), ..Fake::default() };
    let store = SqliteStore::open(&path).await.unwrap();
    let router = open(store.clone(), held.clone()).await;
    close(&router, &json!(0), &[]).await;
    held.has_done(1).await;
    store.close().await;
    let gateway = Fake::default();
    *gateway.closing.lock().unwrap() = Reply::Duplicate;
    let router = open(SqliteStore::open(&path).await.unwrap(), gateway.clone()).await;
    stands(&router, "closed").await;
    assert_eq!(closings(&gateway), closings(&held));
}

/// Of many who press at once one closing begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_press_at_once_one_closes_the_day() {
    let gateway = Fake { gate: Arc::new(Semaphore::new(0)), ..Fake::default() };
    let router = open(Memory::new(), gateway.clone()).await;
    let presses = (0..20).map(|_| {
        let router = router.clone();
        tokio::spawn(async move { close(&router, &json!(0), &[]).await.0 })
    });
    for press in presses.collect::<Vec<_>>() {
        assert_eq!(press.await.unwrap(), StatusCode::OK);
    }
    gateway.has_done(1).await;
    assert_eq!(closings(&gateway).len(), 1);
}
