//! What is kept of callbacks, and what staff hear of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::order::Status;
use paynet::ControlKey;
use proxy::callback::Callbacks;
use proxy::desk::Desk;
use proxy::store::Store;
use proxy::store::closings::Closings as _;
use proxy::store::ledger::Ledger as _;
use proxy::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use sqlx::Connection as _;
use std::path::Path;
use support::{
    BLOB, Fake, ID, KEY, call, get, memory::Memory, outcome, payment, post, proxy, says, send, until,
};

fn key() -> ControlKey {
    ControlKey::try_from(KEY.to_owned()).unwrap()
}

/// A callback as the gateway signs it; the rest of the query is not covered.
fn signed(status: &str, orderid: &str, id: &str, rest: &str) -> String {
    let control = paynet::control::callback(status, orderid, id, &key());
    format!(
        "/callback?status={status}&orderid={orderid}&client_orderid={id}&merchant_order={id}&{rest}&control={control}"
    )
}

struct World {
    page: Router,
    callbacks: Router,
    desk: Desk,
    gateway: Fake,
}

impl World {
    /// One payment of 10.42 EUR, approved as order 4711.
    async fn paid(store: impl Store + 'static) -> Self {
        let gateway = Fake::default().answering(says(Status::Approved));
        let (page, desk) = proxy(store, gateway.clone()).await;
        let called = Callbacks { desk: desk.clone(), control_key: key(), metrics: std::sync::Arc::default() };
        let callbacks = called.router();
        call(&page, post("/api/v1/payments", &payment(ID, BLOB))).await;
        until(&page, ID, |view| outcome(view) == Some("approved")).await;
        Self { page, callbacks, desk, gateway }
    }

    async fn hears(&self, query: &str) {
        assert_eq!(send(&self.callbacks, get(query)).await.status(), StatusCode::OK, "{query}");
    }

    async fn notices(&self) -> Vec<Value> {
        let (_, terminal) = call(&self.page, get("/api/v1/terminal")).await;
        terminal["notices"].as_array().unwrap().clone()
    }

    async fn titles(&self) -> Vec<String> {
        self.notices().await.iter().map(|notice| notice["title"].as_str().unwrap().to_owned()).collect()
    }

    async fn history(&self) -> Vec<Value> {
        let (status, history) = call(&self.page, get(&format!("/api/v1/payments/{ID}/history"))).await;
        assert_eq!(status, StatusCode::OK);
        history.as_array().unwrap().clone()
    }
}

/// Runs a check over each store.
macro_rules! over_both_stores {
    ($($check:ident),* $(,)?) => { $(
        mod $check {
            #[tokio::test]
            async fn in_memory() {
                super::$check(super::Memory::new()).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                let dir = tempfile::tempdir().unwrap();
                super::$check(super::SqliteStore::open(&dir.path().join("db")).await.unwrap()).await;
            }
        }
    )* };
}

over_both_stores!(
    the_end_of_a_payment_is_kept_and_says_nothing_new,
    later_transactions_are_history_and_a_notice,
    amounts_that_do_not_fit_are_listed,
    orders_that_are_not_ours_are_listed,
    what_is_kept_is_no_card_data,
    an_acknowledged_notice_stays_away,
);

async fn the_end_of_a_payment_is_kept_and_says_nothing_new(store: impl Store + 'static) {
    let world = World::paid(store).await;
    for _ in 0..2 {
        world.hears(&signed("approved", "4711", ID, "type=sale&amount=10.42")).await;
    }
    let history = world.history().await;
    assert_eq!(history.len(), 1, "a duplicate is kept once: {history:?}");
    assert_eq!(history[0]["orderid"], "4711");
    assert_eq!((&history[0]["type"], &history[0]["status"]), (&json!("sale"), &json!("approved")));
    assert_eq!(history[0]["amount"], "10.42");
    assert!(history[0]["received_at"].as_u64().unwrap() > 0);
    assert_eq!(world.titles().await, [""; 0]);
    let unknown = get("/api/v1/payments/BBBBBBBBBBBBBBBBBBBB/history");
    assert_eq!(call(&world.page, unknown).await.0, StatusCode::NOT_FOUND);
}

async fn later_transactions_are_history_and_a_notice(store: impl Store + 'static) {
    let world = World::paid(store).await;
    world.hears(&signed("approved", "4711", ID, "type=sale&amount=10.42")).await;
    let later = ["reversal", "chargeback", "dispute", "fraud", "retrieval", "capture", "cancel"];
    for kind in later {
        for _ in 0..2 {
            world
                .hears(&signed("approved", "4711", ID, &format!("type={kind}&amount=10.42&reason-code=10.4")))
                .await;
        }
    }
    let titles = world.titles().await;
    assert_eq!(titles.len(), later.len());
    assert!(later.iter().all(|kind| titles.contains(&format!("Later at the gateway: {kind}"))), "{titles:?}");
    let notice = &world.notices().await[0];
    let text = notice["text"].as_str().unwrap();
    assert!(text.contains("Order 4711 over 10.42 EUR, card **** 0119"), "{text}");
    assert!(text.contains("reason 10.4"), "{text}");
    let history = world.history().await;
    let kinds: Vec<_> = history.iter().map(|heard| heard["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 8);
    assert!(later.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let (_, view) = call(&world.page, get(&format!("/api/v1/payments/{ID}"))).await;
    assert_eq!(outcome(&view), Some("approved"), "what the sale's result was is never rewritten");
}

async fn amounts_that_do_not_fit_are_listed(store: impl Store + 'static) {
    let world = World::paid(store).await;
    for amount in ["99.00", "9.00", "", "10.42.0"] {
        world.hears(&signed("approved", "4711", ID, &format!("type=sale&amount={amount}"))).await;
    }
    assert_eq!(world.titles().await, ["Amounts differ"], "a subject is raised once");
    let notices = world.notices().await;
    let text = notices[0]["text"].as_str().unwrap();
    assert!(text.contains("10.42 EUR in order 4711") && text.contains("over 99.00"), "{text}");
    world.hears(&signed("approved", "4711", ID, "type=sale&amount=10.42&currency=USD")).await;
    world.hears(&signed("approved", "4712", ID, "type=sale&amount=10.42")).await;
    assert_eq!(world.titles().await.len(), 2, "another order under our id is another subject");
    let (_, view) = call(&world.page, get(&format!("/api/v1/payments/{ID}"))).await;
    assert_eq!(view["outcome"]["amount"]["minor"], 1042);
}

async fn orders_that_are_not_ours_are_listed(store: impl Store + 'static) {
    let world = World::paid(store).await;
    let asked = *world.gateway.asked.borrow();
    world.hears(&signed("approved", "9001", "BBBBBBBBBBBBBBBBBBBB", "type=sale&amount=5.00")).await;
    for invoice in 1..4 {
        let query = signed(
            "approved",
            &format!("800{invoice}"),
            &format!("invoice-{invoice}"),
            "type=sale&amount=5.00",
        );
        world.hears(&query).await;
    }
    assert_eq!(world.titles().await, ["Payments taken elsewhere", "Payment not known here"]);
    for notice in world.notices().await {
        assert!(notice["text"].as_str().unwrap().contains("elsewhere under the same endpoint"), "{notice}");
    }
    for id in ["BBBBBBBBBBBBBBBBBBBB", "invoice-1", "invoice-3"] {
        assert_eq!(world.desk.store().heard(id).await.unwrap().len(), 1, "{id} is kept");
    }
    assert_eq!(*world.gateway.asked.borrow(), asked, "there is nothing to ask of our own");
}

async fn what_is_kept_is_no_card_data(store: impl Store + 'static) {
    let world = World::paid(store).await;
    let pan = "4761739001010010";
    let rest = format!(
        "type={pan}&amount={pan}&currency={pan}&reason-code={pan}&card-number={pan}&name=A+TAMM&last-four-digits=0010"
    );
    world.hears(&signed("approved", "4711", ID, &rest)).await;
    let history = world.history().await;
    assert_eq!(history[0]["type"], "other");
    let all = format!("{history:?}{:?}", world.notices().await);
    for secret in [pan, "TAMM", "0010"] {
        assert!(!all.contains(secret), "{all}");
    }
}

async fn an_acknowledged_notice_stays_away(store: impl Store + 'static) {
    let world = World::paid(store).await;
    let chargeback = signed("approved", "4711", ID, "type=chargeback&amount=10.42");
    world.hears(&chargeback).await;
    let id = world.notices().await[0]["id"].as_u64().unwrap();
    let (status, terminal) =
        call(&world.page, post(&format!("/api/v1/notices/{id}/acknowledge"), &json!({}))).await;
    assert_eq!((status, &terminal["notices"]), (StatusCode::OK, &json!([])));
    world.hears(&chargeback).await;
    assert_eq!(world.titles().await, [""; 0]);
    assert_eq!(world.history().await.len(), 1, "it is still on the payment's history");
    let strange = post("/api/v1/notices/x/acknowledge", &json!({}));
    assert_eq!(call(&world.page, strange).await.0, StatusCode::BAD_REQUEST);
}

/// The gateway does not wait for the order's turn, nor for the answer to the question.
#[tokio::test]
async fn the_answer_does_not_wait_for_the_question() {
    let store = Memory::new();
    let gateway = Fake::default().answering(says(Status::Processing));
    let (page, desk) = proxy(store, gateway.clone()).await;
    let callbacks = Callbacks { desk, control_key: key(), metrics: std::sync::Arc::default() }.router();
    call(&page, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&page, ID, |view| view["state"] == "processing").await;
    let asked = *gateway.asked.borrow();
    let query = signed("approved", "4711", ID, "type=sale&amount=10.42");
    assert_eq!(send(&callbacks, get(&query)).await.status(), StatusCode::OK);
    gateway.asked.subscribe().wait_for(|now| *now > asked).await.unwrap();
}

/// Notices are for staff: a kiosk has customers before it.
#[tokio::test]
async fn a_kiosk_shows_none() {
    let dir = tempfile::tempdir().unwrap();
    let config = support::config(dir.path(), |text| text + "[rules]\nattended = false\n");
    let metrics = std::sync::Arc::default();
    let store = Memory::new();
    let desk =
        Desk::open(store, Fake::default(), support::quick(), metrics, config.settings.merchant.language)
            .await
            .unwrap();
    let page = proxy::routes::App::new(&config, 8080, desk.clone(), std::sync::Arc::default())
        .unwrap()
        .router(dir.path());
    let callbacks = Callbacks { desk, control_key: key(), metrics: std::sync::Arc::default() }.router();
    send(&callbacks, get(&signed("approved", "1", "invoice-1", "type=sale"))).await;
    let (_, terminal) = call(&page, get("/api/v1/terminal")).await;
    assert_eq!(terminal["notices"], json!([]));
}

/// The schema as version 1 made it.
const VERSION_1: &str = include_str!("support/version_1.sql");

async fn version(path: &Path) -> i64 {
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut database).await.unwrap();
    database.close().await.unwrap();
    version
}

/// The version of a database that this proxy makes.
async fn newest(folder: &std::path::Path) -> i64 {
    let path = folder.join("newest");
    SqliteStore::open(&path).await.unwrap().close().await;
    version(&path).await
}

#[tokio::test]
async fn a_database_of_version_1_opens_with_all_that_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let mut database =
        sqlx::SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
    sqlx::raw_sql(VERSION_1).execute(&mut database).await.unwrap();
    let (order, _) =
        payment::order::Order::accept(serde_json::from_value(support::terms(ID)).unwrap(), 1_800_000_000_000);
    sqlx::query("INSERT INTO attempts VALUES (?, ?, NULL, NULL, 1, 1800000000000)")
        .bind(ID)
        .bind(serde_json::to_string(&order).unwrap())
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.followed().await.unwrap(), std::slice::from_ref(&order));
    assert_eq!(
        store.taken(1_800_000_000_000, 1_800_000_000_001, 9).await.unwrap(),
        std::slice::from_ref(&order)
    );
    assert_eq!(store.moved(1_800_000_000_000, 1_800_000_000_001, 9).await.unwrap(), [order]);
    assert_eq!(store.taken(0, 1_800_000_000_000, 9).await.unwrap(), []);
    let heard = store.heard(ID).await.unwrap();
    assert_eq!((heard.len(), heard[0].amount.as_ref()), (1, None));
    assert!(store.notices(9).await.unwrap().is_empty() && store.last_run().await.unwrap().is_none());
    store.close().await;
    assert_eq!(version(&path).await, newest(dir.path()).await);
    SqliteStore::open(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let later = newest(dir.path()).await + 1;
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let pragma = format!("PRAGMA user_version = {later}");
    sqlx::query(sqlx::AssertSqlSafe(pragma)).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let refused = SqliteStore::open(&path).await;
    assert!(matches!(refused, Err(proxy::store::StoreError::Schema(found)) if found == later), "{refused:?}");
}
