//! The people at the till, over each store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use payment::order::Status;
use payment::role::{Right, Rights, Role};
use proxy::desk::Desk;
use proxy::metrics::Metrics;
use proxy::operations::OPENAPI;
use proxy::routes::App;
use proxy::routes::access::{ACCESS, Access};
use proxy::staff::Tries;
use proxy::staff::reset::ResetError;
use proxy::store::{Store, sqlite::SqliteStore};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use support::{
    BLOB, Fake, ID, call, config, get, memory::Memory, outcome, payment, post, quick, says, send, until, with,
};

const MANAGER_PIN: &str = "258013";
const CASHIER_PIN: &str = "2580";
const MINUTE: u64 = 60_000;

/// A till, and the cookie of whoever is signed in there.
struct Shop {
    router: Router,
    desk: Desk,
    cookie: Option<String>,
}

impl Shop {
    /// A till that is not open to all, with nobody yet.
    async fn new(store: impl Store + 'static) -> Self {
        Self::with(store, |text| text.replace("open = true", "open = false")).await
    }

    async fn with(store: impl Store + 'static, change: impl FnOnce(String) -> String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path(), change);
        let metrics = Arc::new(Metrics::default());
        let gateway = Fake::default().answering(says(Status::Approved));
        let desk = Desk::open(store, gateway, quick(), metrics.clone(), config.settings.merchant.language)
            .await
            .unwrap();
        let router = App::new(&config, 8080, desk.clone(), metrics).unwrap().router(dir.path());
        Self { router, desk, cookie: None }
    }

    /// With the manager Max signed in, and the cashier Ann and the supervisor Sue.
    async fn staffed(store: impl Store + 'static) -> Self {
        let mut shop = Self::new(store).await;
        shop.employ().await;
        shop
    }

    async fn employ(&mut self) {
        assert_eq!(self.say("operators", &person("Max", "manager", MANAGER_PIN)).await.0, StatusCode::OK);
        assert_eq!(self.say("operators", &person("Ann", "cashier", CASHIER_PIN)).await.0, StatusCode::OK);
        assert_eq!(self.say("operators", &person("Sue", "supervisor", "8143")).await.0, StatusCode::OK);
    }

    async fn send(&mut self, mut request: Request<Body>) -> (StatusCode, Value) {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert("cookie", HeaderValue::from_str(cookie).unwrap());
        }
        let response = send(&self.router, request).await;
        if let Some(set) = response.headers().get("set-cookie") {
            self.cookie = set.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn say(&mut self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send(post(&format!("/api/v1/{path}"), body)).await
    }

    async fn see(&mut self, path: &str) -> (StatusCode, Value) {
        self.send(get(&format!("/api/v1/{path}"))).await
    }

    async fn sign_in(&mut self, name: &str, pin: &str) -> (StatusCode, Value) {
        self.say("sign-in", &json!({"name": name, "pin": pin})).await
    }

    /// Refused for this reason.
    async fn refused(&mut self, path: &str, body: &Value) -> String {
        let (status, problem) = self.say(path, body).await;
        assert!(!status.is_success(), "{path} {body}: {problem}");
        problem["code"].as_str().unwrap().to_owned()
    }

    /// Time passes over the last use of the session that is open.
    async fn idle(&self, ms: u64) {
        let session = self.cookie.as_deref().unwrap().split_once('=').unwrap().1;
        let digest = Sha256::digest(session.as_bytes()).into();
        let (_, used) = self.desk.store().signed_in(&digest).await.unwrap().unwrap();
        self.desk.store().use_session(&digest, used - ms).await.unwrap();
    }

    /// Time passes over a lock-out.
    async fn wait_out(&self, name: &str) {
        let tries = self.desk.store().tries(name).await.unwrap();
        self.desk.store().keep_tries(name, Tries { locked_until: 1, ..tries }, None).await.unwrap();
    }
}

fn person(name: &str, role: &str, pin: &str) -> Value {
    json!({"name": name, "role": role, "pin": pin})
}

fn change(name: &str, change: &str) -> Value {
    json!({"name": name, "change": change})
}

/// Runs a test's body over both stores.
macro_rules! over_each_store {
    ($($(#[$about:meta])* $name:ident => $test:ident;)*) => {$(
        $(#[$about])*
        #[tokio::test]
        async fn $name() {
            $test(Memory::new()).await;
            let dir = tempfile::tempdir().unwrap();
            $test(SqliteStore::open(&dir.path().join("db")).await.unwrap()).await;
        }
    )*};
}

over_each_store! {
    the_first_to_come_is_the_manager_and_nobody_else => first_start;
    a_weak_pin_or_a_name_that_is_taken_is_refused => weak;
    five_wrong_pins_lock_a_name_out => lock_out;
    a_name_that_is_nobodys_is_answered_as_a_wrong_pin_is => strangers;
    a_person_who_does_nothing_is_signed_out => idle;
    a_manager_changes_everybody_but_themselves => changes;
    each_role_sees_its_own_history => history;
    the_order_carries_the_person_of_the_session => carried;
    a_payment_that_has_begun_goes_on_without_anybody => begun;
    a_refund_needs_a_supervisor => refund;
    everything_is_on_the_trail => trail;
}

async fn first_start(store: impl Store + 'static) {
    let mut shop = Shop::new(store).await;
    let (_, terminal) = shop.see("terminal").await;
    assert_eq!((&terminal["locked"], &terminal["operator"]), (&json!(true), &Value::Null));
    let (_, door) = shop.see("operators/names").await;
    assert_eq!(door, json!({"people": [], "unresolved": 0, "pin_digits": 4, "manager_pin_digits": 6}));
    assert_eq!(shop.refused("operators", &person("Max", "cashier", "2580")).await, "short-pin");
    assert_eq!(shop.cookie, None);
    let (status, people) = shop.say("operators", &person(" Max ", "cashier", MANAGER_PIN)).await;
    assert_eq!((status, &people[0]["role"]), (StatusCode::OK, &json!("manager")), "whatever was asked for");
    let (_, terminal) = shop.see("terminal").await;
    assert_eq!((&terminal["locked"], &terminal["operator"]["name"]), (&json!(false), &json!("Max")));
    let rights: Vec<_> = Rights::default().of(Role::Manager).into_iter().map(Right::word).collect();
    assert_eq!(shop.see("rights").await.1, json!(rights));
    shop.cookie = None;
    assert_eq!(shop.see("rights").await.1, json!([]));
    assert_eq!(shop.refused("operators", &person("Eve", "manager", "271828")).await, "sign-in");
}

async fn weak(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    let cases = [
        (person("Bob", "cashier", "1234"), "trivial-pin"),
        (person("Bob", "manager", "2580"), "short-pin"),
        (person("Bob", "cashier", "123"), "malformed"),
        (person("Bob", "cashier", "25a0"), "malformed"),
        (person("Bob", "owner", "2580"), "malformed"),
        (person("ANN", "cashier", "2580"), "name-taken"),
        (person("", "cashier", "2580"), "bad-name"),
        (person("a\nb", "cashier", "2580"), "bad-name"),
        (person(&"x".repeat(31), "cashier", "2580"), "bad-name"),
    ];
    for (body, code) in cases {
        assert_eq!(shop.refused("operators", &body).await, code, "{body}");
    }
    assert_eq!(shop.see("operators").await.1.as_array().unwrap().len(), 3);
}

async fn lock_out(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.cookie = None;
    for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
        let (status, problem) = shop.sign_in("Ann", "0852").await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("wrong-pin")));
        assert_eq!(problem["cashier"], format!("Wrong PIN, {left} left."));
    }
    for minutes in [5, 10, 20] {
        let (status, problem) = shop.sign_in("Ann", "0852").await;
        assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("pin-locked")));
        assert!(
            problem["cashier"].as_str().unwrap().contains(&format!("Wait {minutes} minutes")),
            "{problem}"
        );
        let right = shop.sign_in("Ann", CASHIER_PIN).await;
        assert_eq!(right.1["code"], "pin-locked", "also for the right one");
        let (_, door) = shop.see("operators/names").await;
        let until = door["people"][0]["locked_until"].as_u64().unwrap();
        assert!(until > proxy::clock::unix_ms() + (minutes - 1) * MINUTE, "{door}");
        shop.wait_out("Ann").await;
    }
    assert_eq!(shop.sign_in("Max", MANAGER_PIN).await.0, StatusCode::OK, "others are not locked out");
    assert_eq!(shop.sign_in("Ann", CASHIER_PIN).await.0, StatusCode::OK, "and Ann not for ever");
    assert_eq!(shop.sign_in("Ann", "0852").await.1["cashier"], "Wrong PIN, 4 tries left.");
    for _ in 0..4 {
        shop.sign_in("Ann", "0852").await;
    }
    shop.sign_in("Max", MANAGER_PIN).await;
    assert_eq!(shop.say("operators/change", &change("Ann", "unlock")).await.0, StatusCode::OK);
    assert_eq!(shop.sign_in("Ann", CASHIER_PIN).await.0, StatusCode::OK);
}

async fn strangers(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.say("operators/change", &change("Sue", "disable")).await;
    shop.cookie = None;
    for _ in 0..6 {
        let (status, mut known) = shop.sign_in("Ann", "0852").await;
        known["trace_id"].take();
        for name in ["Nobody", "Sue"] {
            let pin = if name == "Sue" { "8143" } else { "0852" };
            let (other, mut stranger) = shop.sign_in(name, pin).await;
            stranger["trace_id"].take();
            assert_eq!((other, &stranger), (status, &known), "{name}");
        }
    }
    // However many names are tried, those of the staff stay locked out.
    for n in 0..70 {
        shop.desk.store().keep_tries(&format!("x{n}"), Tries::default().after_wrong(1), None).await.unwrap();
    }
    assert_eq!(shop.sign_in("Ann", CASHIER_PIN).await.1["code"], "pin-locked");
}

async fn idle(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.sign_in("Ann", CASHIER_PIN).await;
    let signed = |terminal: &Value| terminal["operator"]["name"] == "Ann";
    shop.idle(4 * MINUTE).await;
    assert!(signed(&shop.see("terminal").await.1));
    shop.see(&format!("payments/{ID}")).await;
    shop.idle(MINUTE + 1).await;
    let (_, terminal) = shop.see("terminal").await;
    assert_eq!(terminal["locked"], true, "what the page asks by itself keeps nobody signed in");
    assert_eq!(shop.see("payments").await.1["code"], "sign-in");
    for path in ["terminal?here", "payments"] {
        shop.sign_in("Ann", CASHIER_PIN).await;
        shop.idle(4 * MINUTE).await;
        shop.see(path).await;
        shop.idle(4 * MINUTE).await;
        assert!(signed(&shop.see("terminal").await.1), "{path} is a person's doing");
    }
    let held = shop.cookie.clone();
    assert_eq!(shop.say("sign-out", &Value::Null).await.1["locked"], true);
    shop.cookie = held;
    assert_eq!(shop.see("terminal").await.1["locked"], true, "the proxy has forgotten the session as well");
}

async fn changes(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    for what in ["disable", "role"] {
        let body = with(change("Max", what), json!({"role": "cashier"}));
        assert_eq!(shop.refused("operators/change", &body).await, "oneself");
    }
    assert_eq!(shop.refused("operators/change", &change("Eve", "disable")).await, "unknown-operator");
    let promote = with(change("Ann", "role"), json!({"role": "manager"}));
    assert_eq!(shop.refused("operators/change", &promote).await, "short-pin", "with a cashier's PIN");
    let (_, people) = shop.say("operators/change", &with(promote, json!({"pin": "271828"}))).await;
    assert_eq!(people[0]["role"], "manager");
    let max = shop.cookie.take();
    assert_eq!(shop.sign_in("Ann", "271828").await.0, StatusCode::OK);
    let ann = shop.cookie.replace(max.unwrap());
    let reset = with(change("Ann", "pin"), json!({"pin": "314159"}));
    assert_eq!(shop.say("operators/change", &reset).await.0, StatusCode::OK);
    let max = std::mem::replace(&mut shop.cookie, ann);
    assert_eq!(shop.see("terminal").await.1["locked"], true, "a new PIN signs out");
    assert_eq!(shop.sign_in("Ann", "314159").await.0, StatusCode::OK);
    let ann = std::mem::replace(&mut shop.cookie, max);
    assert_eq!(shop.say("operators/change", &change("Ann", "disable")).await.0, StatusCode::OK);
    let max = std::mem::replace(&mut shop.cookie, ann);
    assert_eq!(shop.refused("operators/change", &change("Max", "disable")).await, "sign-in");
    assert_eq!(shop.sign_in("Ann", "314159").await.1["code"], "wrong-pin");
    let (_, door) = shop.see("operators/names").await;
    assert_eq!(door["people"], json!([{"name": "Max"}, {"name": "Sue"}]), "who may not sign in is not shown");
    shop.cookie = max;
    assert_eq!(shop.say("operators/change", &change("Ann", "enable")).await.0, StatusCode::OK);
    assert_eq!(shop.sign_in("Ann", "314159").await.0, StatusCode::OK);
}

const OTHER: &str = "BBBBBBBBBBBBBBBBBBBB";

async fn history(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    for (name, pin, id, blob) in [("Ann", CASHIER_PIN, ID, BLOB), ("Sue", "8143", OTHER, "AABB")] {
        shop.sign_in(name, pin).await;
        assert_eq!(shop.say("payments", &payment(id, blob)).await.0, StatusCode::ACCEPTED);
        until(&shop.router, id, |view| outcome(view) == Some("approved")).await;
    }
    let seen = |(_, all): (StatusCode, Value)| -> BTreeSet<String> {
        let ids =
            all.as_array().unwrap().iter().map(|view| view["terms"]["attempt"].as_str().unwrap().to_owned());
        ids.collect()
    };
    assert_eq!(seen(shop.see("payments").await), [ID.to_owned(), OTHER.to_owned()].into());
    shop.sign_in("Ann", CASHIER_PIN).await;
    assert_eq!(seen(shop.see("payments").await), [ID.to_owned()].into());
    assert_eq!(shop.see(&format!("payments/{ID}/history")).await.0, StatusCode::OK);
    assert_eq!(shop.see(&format!("payments/{OTHER}/history")).await.1["code"], "role");
}

async fn carried(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.sign_in("Ann", CASHIER_PIN).await;
    let claimed = with(payment(ID, BLOB), json!({"operator": "Max"}));
    let (status, view) = shop.say("payments", &claimed).await;
    assert_eq!((status, &view["operator"]), (StatusCode::ACCEPTED, &json!("Ann")), "whatever the page says");
    shop.sign_in("Sue", "8143").await;
    let (_, again) = shop.say("payments", &payment(ID, BLOB)).await;
    assert_eq!(again["operator"], "Ann", "who took it stays");
    assert_eq!(until(&shop.router, ID, |view| outcome(view) == Some("approved")).await["operator"], "Ann");
}

async fn begun(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    assert_eq!(shop.say("payments", &payment(ID, BLOB)).await.0, StatusCode::ACCEPTED);
    shop.say("sign-out", &Value::Null).await;
    assert_eq!(shop.refused("payments", &payment(OTHER, "AABB")).await, "sign-in");
    let advice = json!({"approved": true, "encrypted_data": "AABB"});
    for (verb, body) in
        [("ask", json!({})), ("card-lost", json!({})), ("advice", advice), ("keep", json!({}))]
    {
        assert_eq!(shop.say(&format!("payments/{ID}/{verb}"), &body).await.0, StatusCode::OK, "{verb}");
    }
    assert_eq!(shop.see(&format!("payments/{ID}")).await.0, StatusCode::OK);
    let abandon = json!({"sent": false, "terms": support::terms(OTHER)});
    let (_, abandoned) = shop.say(&format!("payments/{OTHER}/abandon"), &abandon).await;
    assert_eq!(abandoned["abandoned"], "not_charged");
}

async fn refund(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.sign_in("Ann", CASHIER_PIN).await;
    shop.say("payments", &payment(ID, BLOB)).await;
    until(&shop.router, ID, |view| outcome(view) == Some("approved")).await;
    let back = format!("payments/{ID}/return");
    let asked = json!({"request": OTHER, "reason": "goods came back"});
    let (status, problem) = shop.say(&back, &asked).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("role")));
    assert_eq!(problem["title"], "this needs a supervisor");
    shop.say("sign-out", &Value::Null).await;
    assert_eq!(shop.refused(&back, &asked).await, "sign-in");
    shop.sign_in("Sue", "8143").await;
    let (_, view) = shop.say(&back, &asked).await;
    assert_eq!((&view["later"][0]["kind"], &view["later"][0]["operator"]), (&json!("return"), &json!("Sue")));
}

async fn trail(store: impl Store + 'static) {
    let mut shop = Shop::staffed(store).await;
    shop.say("operators/change", &change("Ann", "disable")).await;
    shop.say("sign-out", &Value::Null).await;
    for _ in 0..5 {
        shop.sign_in("Sue", "0852").await;
    }
    shop.sign_in("Nobody", "0852").await;
    shop.sign_in("Max", MANAGER_PIN).await;
    let (_, deeds) = shop.see("operators/trail").await;
    let told = deeds.as_array().unwrap().iter().rev().map(|deed| {
        let word = |name: &str| deed[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", word("who"), word("did"), word("whom"))
    });
    let told: Vec<_> = told.collect();
    let wrong = "Sue wrong_pin -";
    let expected = [
        "Max made_manager -",
        "Max signed_in -",
        "Max made_cashier Ann",
        "Max made_supervisor Sue",
        "Max disabled Ann",
        "Max signed_out -",
        wrong,
        wrong,
        wrong,
        wrong,
        "Sue locked_out -",
        "Max signed_in -",
    ];
    assert_eq!(told, expected);
    shop.sign_in("Sue", "8143").await;
}

#[tokio::test]
async fn a_lock_out_and_who_is_signed_in_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let store = SqliteStore::open(&path).await.unwrap();
    let mut shop = Shop::staffed(store.clone()).await;
    for _ in 0..5 {
        shop.sign_in("Ann", "0852").await;
    }
    let cookie = shop.cookie.clone();
    drop(shop);
    store.close().await;
    let mut shop = Shop::new(SqliteStore::open(&path).await.unwrap()).await;
    assert_eq!(shop.sign_in("Ann", CASHIER_PIN).await.1["code"], "pin-locked");
    shop.cookie = cookie;
    assert_eq!(shop.see("terminal").await.1["operator"]["name"], "Max");
    let file: Vec<u8> = ["db", "db-wal"]
        .iter()
        .flat_map(|name| std::fs::read(dir.path().join(name)).unwrap_or_default())
        .collect();
    let holds = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$") && !holds(MANAGER_PIN));
    let session = shop.cookie.as_deref().unwrap().split_once('=').unwrap().1;
    assert!(!holds(session), "only its digest is kept");
}

/// As the box's owner does it, with the proxy stopped.
#[tokio::test]
async fn a_lost_managers_pin_is_drawn_anew_on_the_box() {
    let dir = tempfile::tempdir().unwrap();
    support::config(dir.path(), |text| text);
    let (file, path) = (dir.path().join("proxy.toml"), dir.path().join("db"));
    let reset = async |name| proxy::staff::reset::reset_manager(&file, name).await;
    assert!(matches!(reset(None).await, Err(ResetError::Nobody)));
    let store = SqliteStore::open(&path).await.unwrap();
    let mut shop = Shop::staffed(store.clone()).await;
    for _ in 0..5 {
        shop.sign_in("Max", "0852").await;
    }
    assert!(matches!(reset(None).await, Err(ResetError::Store(_))), "a running proxy has the file");
    let cookie = shop.cookie.clone();
    drop(shop);
    store.close().await;
    let (name, pin) = reset(None).await.unwrap();
    assert_eq!((name.as_str(), pin.digits(), pin.is_trivial()), ("Max", 8, false));
    let mut shop = Shop::new(SqliteStore::open(&path).await.unwrap()).await;
    assert_eq!(shop.sign_in("Max", MANAGER_PIN).await.1["code"], "wrong-pin");
    shop.cookie = cookie;
    assert_eq!(shop.see("terminal").await.1["locked"], true, "old sessions are over");
    assert_eq!(shop.sign_in("Max", pin.expose()).await.0, StatusCode::OK);
    let (_, deeds) = shop.see("operators/trail").await;
    let told = |deed: &Value| (deed["who"].is_null(), deed["did"] == "reset_pin", deed["whom"] == "Max");
    assert!(deeds.as_array().unwrap().iter().any(|deed| told(deed) == (true, true, true)), "{deeds}");
}

#[tokio::test]
async fn a_wrong_pin_counts_though_nobody_waits_for_the_answer() {
    let shop = Shop::staffed(Memory::new()).await;
    let request = post("/api/v1/sign-in", &json!({"name": "Ann", "pin": "0852"}));
    let router = shop.router.clone();
    let mut asked = Box::pin(async move { call(&router, request).await });
    let mut waker = std::task::Context::from_waker(std::task::Waker::noop());
    while shop.desk.store().tries("Ann").await.unwrap().wrong == 0 {
        assert!(asked.as_mut().poll(&mut waker).is_pending());
        tokio::task::yield_now().await;
    }
    drop(asked);
    assert_eq!(shop.desk.store().tries("Ann").await.unwrap().wrong, 1);
}

/// The id of a payment that nobody has made, and every other part of a path.
fn uri(path: &str) -> String {
    path.replace("/notices/{id}", "/notices/1").replace("{id}", OTHER)
}

fn request(method: &str, path: &str) -> Request<Body> {
    if method == "GET" { get(&uri(path)) } else { post(&uri(path), &json!({})) }
}

#[tokio::test]
async fn every_call_asks_for_its_right() {
    let mut shop = Shop::staffed(Memory::new()).await;
    let mut open = Shop::with(Memory::new(), |text| text).await;
    let mut people = vec![(Role::Manager, shop.cookie.take())];
    for (role, name, pin) in [(Role::Supervisor, "Sue", "8143"), (Role::Cashier, "Ann", CASHIER_PIN)] {
        shop.sign_in(name, pin).await;
        people.push((role, shop.cookie.take()));
    }
    open.employ().await;
    open.cookie = None;
    let mut calls = ACCESS.to_vec();
    calls.sort_by_key(|(_, path, _)| path.ends_with("/sign-out"));
    for (method, path, access) in calls {
        let right = match access {
            Access::Stranger | Access::Anyone | Access::Holder => None,
            Access::Till(right) | Access::First(right) | Access::Person(right) => Some(right),
        };
        shop.cookie = None;
        let (status, problem) = shop.send(request(method, path)).await;
        let nobody = (status == StatusCode::UNAUTHORIZED, problem["code"] == "sign-in");
        assert_eq!(nobody, (right.is_some(), right.is_some()), "{method} {path}: {problem}");
        let (_, problem) = open.send(request(method, path)).await;
        let is_till = matches!(access, Access::Till(_));
        assert_eq!(
            problem["code"] == "sign-in",
            right.is_some() && !is_till,
            "{method} {path}, an open till"
        );
        for (role, cookie) in &people {
            shop.cookie.clone_from(cookie);
            let (status, problem) = shop.send(request(method, path)).await;
            let is_refused = right.is_some_and(|right| !Rights::default().has(*role, right));
            assert_ne!(problem["code"], "sign-in", "{method} {path} as {role:?}");
            assert_eq!(problem["code"] == "role", is_refused, "{method} {path} as {role:?}: {problem}");
            assert_eq!(status == StatusCode::FORBIDDEN, is_refused, "{method} {path} as {role:?}: {problem}");
        }
    }
}

#[tokio::test]
async fn every_call_that_is_described_is_in_the_table_and_no_other() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |key| (key.to_uppercase(), path.clone()))
        })
        .filter(|(method, _)| method != "PARAMETERS")
        .collect();
    let listed: Vec<_> =
        ACCESS.iter().map(|(method, path, _)| (method.to_string(), path.to_string())).collect();
    assert_eq!(listed.len(), described.len(), "none twice");
    assert_eq!(BTreeSet::from_iter(listed), described);
}

#[tokio::test]
async fn a_setting_gives_a_right_to_another_role() {
    let rights =
        |text: String| text.replace("open = true", "open = false") + "[rights]\npreauth = 'supervisor'\n";
    let mut shop = Shop::with(Memory::new(), rights).await;
    shop.employ().await;
    shop.sign_in("Ann", CASHIER_PIN).await;
    let reserve = with(payment(ID, BLOB), json!({"kind": "preauth"}));
    assert_eq!(shop.refused("payments", &reserve).await, "role");
    assert_eq!(shop.say("payments", &payment(ID, BLOB)).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_kiosk_is_open_and_shows_nobodys_history() {
    let mut shop =
        Shop::with(Memory::new(), |text| text.replace("open = true\n", "") + "[rules]\nattended = false\n")
            .await;
    assert_eq!(shop.see("terminal").await.1["locked"], false);
    assert_eq!(shop.say("payments", &payment(ID, BLOB)).await.1["operator"], Value::Null);
    until(&shop.router, ID, |view| outcome(view) == Some("approved")).await;
    assert_eq!(shop.see("payments").await.1, json!([]));
}

#[tokio::test]
async fn the_cookie_is_for_the_page_alone() {
    for (more, begins, ends) in [
        ("", "staff=", "; Path=/api; HttpOnly; SameSite=Strict"),
        ("trusted_proxy = true\n", "__Secure-staff=", "; Path=/api; HttpOnly; SameSite=Strict; Secure"),
    ] {
        let shop = Shop::with(Memory::new(), |text| more.to_owned() + &text).await;
        let response =
            send(&shop.router, post("/api/v1/operators", &person("Max", "manager", MANAGER_PIN))).await;
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with(begins) && cookie.ends_with(ends), "{cookie}");
        let session = cookie.strip_prefix(begins).unwrap().split(';').next().unwrap();
        assert_eq!(hex::decode(session).unwrap().len(), 32);
    }
}
