//! The list of payments, a payment's steps, and its receipts, through the router over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::order::{Answer, Status};
use proxy::store::Store;
use serde_json::{Value, json};
use support::over_every_store;
use support::{Fake, ID, call, get, nudge, payment, post, proxy, report, says, send, until, with};

const PAYMENTS: &str = "/api/v1/payments";

over_every_store! {
    the_latest_come_first_page_by_page
    what_is_not_known_stands_on_top
    a_payment_is_found_by_what_people_have_of_it
    every_step_is_told_with_its_source
    the_file_has_every_payment_and_no_formula
    the_second_print_is_a_duplicate
    what_is_asked_wrongly_is_refused
}

/// The id of the `n`th payment.
fn id(n: u8) -> String {
    let letter = char::from(b'A' + n);
    format!("AAAAAAAAAAAAAAAAAAA{letter}")
}

/// Takes a payment of so many minor units with this card, to its end.
async fn sale(router: &Router, n: u8, minor: u64, last4: &str) {
    let change = json!({
        "amount": {"minor": minor, "currency": "EUR"}, "card": {"last4": last4, "scheme": "Visa"},
    });
    let blob = format!("E408DFAE5A04476173{n:02X}");
    let (status, _) = call(router, post(PAYMENTS, &with(payment(&id(n), &blob), change))).await;
    assert_eq!(status, StatusCode::ACCEPTED);
}

async fn settled(router: &Router, n: u8) {
    until(router, &id(n), |view| view["state"] == "final").await;
}

async fn history(router: &Router, query: &str) -> Value {
    let (status, page) = call(router, get(&format!("/api/v1/history{query}"))).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|view| view["terms"]["attempt"].as_str().unwrap().to_owned())
        .collect()
}

async fn the_latest_come_first_page_by_page(store: impl Store + 'static) {
    let (router, _) = proxy(store, Fake::default().answering(says(Status::Declined))).await;
    for n in 0..7 {
        sale(&router, n, 2_000 + u64::from(n), "0119").await;
        settled(&router, n).await;
    }
    let (mut seen, mut query) = (vec![], "?limit=3".to_owned());
    loop {
        let page = history(&router, &query).await;
        assert!(page["open"].as_array().unwrap().is_empty());
        seen.push(ids(&page["payments"]));
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=3&before={next}"),
            None => break,
        }
    }
    let lengths: Vec<_> = seen.iter().map(Vec::len).collect();
    assert_eq!(lengths[..3], [3, 3, 1]);
    assert_eq!(seen.concat(), (0..7).rev().map(id).collect::<Vec<_>>(), "each once");
}

async fn what_is_not_known_stands_on_top(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Unknown));
    let (router, _) = proxy(store, gateway.clone()).await;
    sale(&router, 0, 1_042, "0119").await;
    until(&router, &id(0), |view| view["state"] == "processing").await;
    let chip = json!({"entry": "chip"});
    let waiting = with(payment(&id(1), "E4AA"), chip);
    *gateway.answer.lock().unwrap() = says(Status::Declined);
    settled(&router, 0).await;
    *gateway.answer.lock().unwrap() = Answer::Report(Box::new(payment::order::Report {
        awaits_card: true,
        issuer: Some(payment::api::IssuerAnswer { response_code: "00".into(), data: None }),
        ..report(Status::Processing)
    }));
    call(&router, post(PAYMENTS, &waiting)).await;
    until(&router, &id(1), |view| view["state"] == "await_card").await;
    call(&router, post(&format!("{PAYMENTS}/{}/card-lost", id(1)), &json!({}))).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    let view = until(&router, &id(1), |view| view["needs_person"].is_string()).await;
    assert_eq!(view["state"], "keep_or_give_back");
    let page = history(&router, "").await;
    assert_eq!((ids(&page["open"]), ids(&page["payments"])), (vec![id(1)], vec![id(0)]));
    let page = history(&router, "?status=open").await;
    assert_eq!((ids(&page["open"]), ids(&page["payments"])), (vec![id(1)], vec![]));
    let page = history(&router, "?status=not_paid").await;
    assert_eq!((ids(&page["open"]), ids(&page["payments"])), (vec![], vec![id(0)]));
}

async fn a_payment_is_found_by_what_people_have_of_it(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Declined));
    let (router, _) = proxy(store, gateway.clone()).await;
    for (n, minor, last4) in [(0, 2_000, "0119"), (1, 1_250, "2000"), (2, 99_900, "0434")] {
        sale(&router, n, minor, last4).await;
        settled(&router, n).await;
    }
    let reserve = with(payment(&id(3), "E4BB"), json!({"kind": "preauth"}));
    *gateway.answer.lock().unwrap() = Answer::Report(Box::new(payment::order::Report {
        transaction: Some(payment::order::Transaction::Preauth),
        order_id: "4711".into(),
        ..report(Status::Approved)
    }));
    call(&router, post(PAYMENTS, &reserve)).await;
    settled(&router, 3).await;
    for (query, expected) in [
        ("?q=12.50", vec![1]),
        ("?q=12,50", vec![1]),
        ("?q=999", vec![2]),
        ("?q=0434", vec![2]),
        ("?q=%20AAAAAAAAAAAAAAAAAAAB%20", vec![1]),
        ("?q=aaaaaaaaaaaaaaaaaaab", vec![1]),
        ("?q=AAAA", vec![]),
        ("?q=%25", vec![]),
        ("?q=4711", vec![3, 2, 1, 0]),
        ("?kind=preauth", vec![3]),
        ("?kind=sale", vec![2, 1, 0]),
        ("?status=approved", vec![3]),
        ("?status=not_paid&q=12.50", vec![1]),
        ("?operator=Ann", vec![]),
        ("?to=1000", vec![]),
        ("?from=1000", vec![3, 2, 1, 0]),
        ("?from=99999999999999", vec![]),
    ] {
        let mut found = ids(&history(&router, query).await["payments"]);
        found.sort();
        let mut expected: Vec<_> = expected.into_iter().map(id).collect();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    }
    // 2000 is an amount in whole euros and a card's last four; the sale of 20.00 is neither.
    assert_eq!(ids(&history(&router, "?q=2000").await["payments"]), [id(1)]);
}

async fn every_step_is_told_with_its_source(store: impl Store + 'static) {
    let staged = |status, stage: &str| {
        Answer::Report(Box::new(payment::order::Report { stage: Some(stage.into()), ..report(status) }))
    };
    let gateway = Fake::default().answering(staged(Status::Processing, "sale_processing"));
    let (router, _) = proxy(store, gateway.clone()).await;
    sale(&router, 0, 1_042, "0119").await;
    until(&router, ID, |view| view["stage"] == "sale_processing").await;
    *gateway.answer.lock().unwrap() = staged(Status::Approved, "sale_approved");
    settled(&router, 0).await;
    call(&router, nudge(&format!("{PAYMENTS}/{ID}/return"))).await;
    gateway.has_done(2).await;
    let timeline = format!("{PAYMENTS}/{ID}/timeline");
    let (status, steps) = call(&router, get(&timeline)).await;
    assert_eq!(status, StatusCode::OK);
    let told: Vec<_> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
            assert!(step["at"].as_u64().unwrap() > 1_600_000_000_000);
            (text("source"), text("what"), text("detail"))
        })
        .collect();
    let expected = [
        ("page", "taken", "10.42 EUR"),
        ("gateway", "accepted", "order 4711"),
        ("gateway", "processing", ""),
        ("gateway", "processing", "sale_processing"),
        ("gateway", "approved", "10.42 EUR"),
        ("staff", "giving_back", ""),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect();
    assert_eq!(told[..6], expected);
    assert!(!steps.to_string().contains("0119"), "no card data in {steps}");
    let (status, problem) = call(&router, get(&format!("{PAYMENTS}/{}/timeline", id(9)))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("unknown-payment")));
}

async fn the_file_has_every_payment_and_no_formula(store: impl Store + 'static) {
    let reason =
        payment::api::Reason { code: Some("116".into()), message: Some("=HYPERLINK(\"x\"), \"no\"".into()) };
    let declined = payment::order::Report { reason, ..report(Status::Declined) };
    let gateway = Fake::default().answering(Answer::Report(Box::new(declined)));
    let (router, _) = proxy(store, gateway).await;
    for n in 0..3 {
        sale(&router, n, 1_042, "0119").await;
        settled(&router, n).await;
    }
    let answer = send(&router, get("/api/v1/history.csv?q=0119")).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        text.starts_with("taken at (UTC),attempt,order,kind,asked,approved,currency,status,code,message")
    );
    assert!(
        text.contains(",4711,sale,10.42,,EUR,declined,116,\"'=HYPERLINK(\"\"x\"\"), \"\"no\"\"\","),
        "{text}"
    );
    assert!(text.contains("Visa,0119,contactless"));
}

async fn the_second_print_is_a_duplicate(store: impl Store + 'static) {
    let mut approved = report(Status::Approved);
    approved.receipt.insert("receipt-id".into(), "9f3c".into());
    approved.receipt.insert("terminal-id".into(), "25204003".into());
    let gateway = Fake::default().answering(Answer::Report(Box::new(approved)));
    let (router, _) = proxy(store, gateway).await;
    sale(&router, 0, 1_042, "0119").await;
    settled(&router, 0).await;
    let (status, view) = call(&router, get(&format!("{PAYMENTS}/{ID}/receipt"))).await;
    assert_eq!(
        (status, &view["till"], &view["merchant"]["name"]),
        (StatusCode::OK, &json!("T"), &json!("M"))
    );
    assert_eq!(view["link"], "http://127.0.0.1:1/paynet/view-receipt/1111/9f3c");
    let prints = format!("{PAYMENTS}/{ID}/prints");
    for (copy, expected) in
        [("merchant", 0), ("customer", 0), ("customer", 1), ("customer", 2), ("merchant", 1)]
    {
        let (status, printed) = call(&router, post(&prints, &json!({"copy": copy}))).await;
        assert_eq!((status, &printed["duplicate"]), (StatusCode::OK, &json!(expected)), "{copy}");
        assert_eq!(printed["bytes"], Value::Null);
    }
    let wanted = json!({"copy": "customer", "columns": 42, "zone": 180});
    let (_, printed) = call(&router, post(&prints, &wanted)).await;
    let bytes = hex::decode(printed["bytes"].as_str().unwrap()).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(
        has("*** DUPLICATE 3, ") && has("CUSTOMER COPY") && has("25204003") && has("view-receipt/1111/9f3c")
    );
    let (_, steps) = call(&router, get(&format!("{PAYMENTS}/{ID}/timeline"))).await;
    let printed = steps.as_array().unwrap().iter().filter(|step| step["what"] == "printed").count();
    assert_eq!(printed, 6);
}

async fn what_is_asked_wrongly_is_refused(store: impl Store + 'static) {
    let (router, _) = proxy(store, Fake::default().answering(says(Status::Approved))).await;
    for query in ["?before=1", "?before=x-AAAA", "?status=paid", "?kind=gift", "?limit=-1", "?sort=amount"] {
        let (status, problem) = call(&router, get(&format!("/api/v1/history{query}"))).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")), "{query}");
    }
    sale(&router, 0, 1_042, "0119").await;
    let prints = format!("{PAYMENTS}/{ID}/prints");
    for print in [
        json!({"copy": "mine"}),
        json!({"copy": "customer", "columns": 41}),
        json!({"copy": "customer", "nth": 9999}),
    ] {
        assert_eq!(call(&router, post(&prints, &print)).await.0, StatusCode::BAD_REQUEST, "{print}");
    }
    let unknown = format!("{PAYMENTS}/{}/prints", id(9));
    assert_eq!(call(&router, post(&unknown, &json!({"copy": "customer"}))).await.0, StatusCode::NOT_FOUND);
}
