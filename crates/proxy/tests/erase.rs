//! Erasing customers' data: nothing of it is left in the database's files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::http::StatusCode;
use payment::order::{Answer, Status};
use proxy::books::Books;
use proxy::desk::Desk;
use proxy::keep::{Keep, erase_older, erase_order};
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::store::sqlite::SqliteStore;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use support::{Fake, ID, call, config, get, payment, post, proxy, report, send, until, with};

const PAYMENTS: &str = "/api/v1/payments";
const DAY_MS: u64 = 24 * 3_600_000;
const PERSONAL: [&str; 4] = ["MARIA TAMM", "7319", "3011", "maria@customers.example"];

/// The id of the `n`th payment.
fn id(n: usize) -> String {
    let alphabet: Vec<char> = ('A'..='Z').collect();
    format!("AAAAAAAAAAAAAAAAA{}{}{}", alphabet[n / 676], alphabet[n / 26 % 26], alphabet[n % 26])
}

/// A proxy over this file whose gateway approves and names the cardholder, with so many settled payments.
async fn shop(file: &Path, payments: usize) -> (axum::Router, Desk, SqliteStore) {
    let mut approved = report(Status::Approved);
    approved.receipt.insert("cardholder-name".into(), PERSONAL[0].into());
    approved.receipt.insert("last-four-digits".into(), PERSONAL[1].into());
    approved.receipt.insert("processor-rrn".into(), "429716049460".into());
    let gateway = Fake::default().answering(Answer::Report(Box::new(approved)));
    let store = SqliteStore::open(file).await.unwrap();
    let (router, desk) = proxy(store.clone(), gateway).await;
    for n in 0..payments {
        let personal = json!({
            "email": PERSONAL[3],
            "card": {"last4": PERSONAL[1], "scheme": "Visa", "holder": PERSONAL[0], "expiry": PERSONAL[2]},
        });
        let blob = format!("E408DFAE5A{n:08X}");
        let (status, _) = call(&router, post(PAYMENTS, &with(payment(&id(n), &blob), personal))).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    for n in 0..payments {
        until(&router, &id(n), |view| view["state"] == "final").await;
    }
    (router, desk, store)
}

/// How often each of these stands in the files of the database.
fn found(file: &Path, wanted: &[&str]) -> Vec<usize> {
    let folder = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let files: Vec<Vec<u8>> = folder.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    let count = |text: &&str| {
        let has = |bytes: &Vec<u8>| bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count();
        files.iter().map(has).sum()
    };
    wanted.iter().map(count).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_what_was_kept_long_enough() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    // More than a page of the database, so that rows have moved between pages.
    let (router, desk, store) = shop(&file, 60).await;
    assert!(found(&file, &PERSONAL).iter().all(|count| *count > 0), "it is kept at first");
    let now = proxy::clock::unix_ms();
    let keep = Keep { names_days: Some(30), last4_days: Some(90), emails_days: Some(30), ..Keep::default() };
    assert_eq!(keep.erase_due(&desk, now + 29 * DAY_MS).await.unwrap(), 0);
    assert!(found(&file, &PERSONAL).iter().all(|count| *count > 0), "its time is not over");

    assert_eq!(keep.erase_due(&desk, now + 31 * DAY_MS).await.unwrap(), 120, "60 names and 60 addresses");
    let counts = found(&file, &PERSONAL);
    assert_eq!((counts[0], counts[3]), (0, 0), "{counts:?}");
    assert!(counts[1] > 0 && counts[2] > 0, "the card's mask stays longer");
    assert_eq!(keep.erase_due(&desk, now + 31 * DAY_MS).await.unwrap(), 0, "once");

    assert_eq!(keep.erase_due(&desk, now + 91 * DAY_MS).await.unwrap(), 60);
    assert_eq!(found(&file, &PERSONAL), [0; 4]);

    let (_, view) = call(&router, get(&format!("{PAYMENTS}/{}", id(0)))).await;
    assert_eq!(view["erased"], true);
    assert_eq!(view["receipt"]["processor-rrn"], "429716049460");
    assert_eq!(view["terms"]["card"], json!({"last4": "", "scheme": "Visa"}));
    let (_, steps) = call(&router, get(&format!("{PAYMENTS}/{}/timeline", id(0)))).await;
    assert_eq!(steps.as_array().unwrap().iter().filter(|step| step["what"] == "erased").count(), 3);
    store.close().await;
    assert_eq!(found(&file, &PERSONAL), [0; 4], "nor when it is stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_erases_one_order_or_all_that_are_old() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    let (router, desk, _) = shop(&file, 3).await;
    assert!(erase_order(&desk, ID.parse().unwrap()).await.unwrap());
    assert!(!erase_order(&desk, ID.parse().unwrap()).await.unwrap(), "nothing is left to erase");
    let (_, view) = call(&router, get(&format!("{PAYMENTS}/{ID}"))).await;
    assert_eq!(view["erased"], true);
    let (_, other) = call(&router, get(&format!("{PAYMENTS}/{}", id(1)))).await;
    assert_eq!(other["terms"]["card"]["last4"], PERSONAL[1]);
    assert_eq!(erase_older(&desk, 1).await.unwrap(), 0, "none is a day old");
    while proxy::clock::unix_ms() <= other["accepted_at"].as_u64().unwrap() + 1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(erase_older(&desk, 0).await.unwrap(), 2);
    assert_eq!(found(&file, &PERSONAL), [0; 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_settled_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    let (router, desk) =
        proxy(SqliteStore::open(&file).await.unwrap(), Fake::default().answering(Answer::Lost)).await;
    call(&router, post(PAYMENTS, &payment(ID, "E4"))).await;
    assert!(!erase_order(&desk, ID.parse().unwrap()).await.unwrap());
    let (_, view) = call(&router, get(&format!("{PAYMENTS}/{ID}"))).await;
    assert_eq!(view["terms"]["card"]["last4"], "0119");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_erase_and_say_what() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    let (_, desk, _) = shop(&file, 2).await;
    let metrics = Arc::new(Metrics::default());
    let books = Books::new(desk.clone(), metrics.clone(), file.clone());
    let operations = Operations { desk, metrics, books, database: file.clone() }.router();
    let ask = async |query: &str| {
        let response = send(&operations, post(&format!("/erase{query}"), &json!({}))).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    for query in ["", "?older_than=1&order=AAAAAAAAAAAAAAAAAAAA", "?order=A", "?older_than=-1"] {
        assert_eq!(ask(query).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(ask("?order=ZZZZZZZZZZZZZZZZZZZZ").await.0, StatusCode::NOT_FOUND);
    let (status, said) = ask(&format!("?order={ID}")).await;
    assert_eq!((status, said.as_str()), (StatusCode::OK, "erased the personal data of 1 payment\n"));
    assert_eq!(ask(&format!("?order={ID}")).await.0, StatusCode::BAD_REQUEST, "nothing is left to erase");
}

#[test]
fn the_settings_say_how_long() {
    let dir = tempfile::tempdir().unwrap();
    let set = config(dir.path(), |text| format!("{text}[keep]\nnames_days = 30\nlast4_days = 540\n"));
    let expected = Keep { names_days: Some(30), last4_days: Some(540), ..Keep::default() };
    assert_eq!(set.settings.keep, expected);
    assert_eq!(config(dir.path(), |text| text).settings.keep, Keep::default(), "it stays unless it is said");
}
