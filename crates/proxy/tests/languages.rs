//! Whoever asks is answered in their language; receipts and what is written down for staff are in the shop's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use payment::money::Currency;
use payment::order::{Answer, Status};
use proxy::desk::Desk;
use proxy::metrics::Metrics;
use proxy::routes::App;
use proxy::settlement::close_if_due;
use proxy::store::Store;
use serde_json::{Value, json};
use std::sync::Arc;
use support::{BLOB, Fake, ID, call, config, get, managed, outcome, over_every_store, payment, post, quick};
use support::{proxy_with, report, says, until, with};

over_every_store! {
    what_is_wrong_is_said_in_the_language_of_whoever_asks
    receipts_are_in_the_shop_s_language_or_in_one_of_their_own
    an_arabic_receipt_is_no_printer_s_and_not_counted
    what_staff_read_later_is_written_in_the_shop_s_language
    what_a_person_has_to_settle_is_said_in_the_shop_s_language
}

const PRINTS: &str = "/api/v1/payments/AAAAAAAAAAAAAAAAAAAA/prints";

fn asking(mut request: Request<Body>, languages: &str) -> Request<Body> {
    request.headers_mut().insert("accept-language", HeaderValue::from_str(languages).unwrap());
    request
}

/// A German shop.
async fn german(store: impl Store + 'static, gateway: Fake) -> (Router, Desk) {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), |text| text.replace("name = 'M'", "name = 'M'\nlanguage = 'de'"));
    let metrics = Arc::new(Metrics::default());
    let language = config.settings.merchant.language;
    let desk = Desk::open(store, gateway, quick(), metrics.clone(), language).await.unwrap();
    let app = App::new(&config, 8080, desk.clone(), metrics).unwrap();
    (managed(app.router(dir.path()), &desk).await, desk)
}

async fn paid(router: &Router) {
    call(router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(router, ID, |view| outcome(view) == Some("approved")).await;
}

fn has(printed: &Value, text: &[u8]) -> bool {
    let bytes = hex::decode(printed["bytes"].as_str().unwrap()).unwrap();
    bytes.windows(text.len()).any(|part| part == text)
}

async fn what_is_wrong_is_said_in_the_language_of_whoever_asks(store: impl Store + 'static) {
    let (router, _) = proxy_with(store, Fake::default(), "[limits]\nmanager = { EUR = 100000 }\n").await;
    let mut much = payment(ID, BLOB);
    much["amount"]["minor"] = json!(123_456);
    for (languages, said) in [
        ("en-GB", "The limit is 1,000.00 EUR. Nothing was charged."),
        ("de-AT,en;q=0.5", "Das Limit ist 1.000,00 EUR. Es wurde nichts abgebucht."),
        ("fr,ru;q=0.4,es;q=0.3", "Лимит 1\u{a0}000,00 EUR. Ничего не списано."),
        ("es;q=0.7,ar;q=0.6", "El límite es 1000,00 EUR. No se ha cobrado nada."),
        ("ar", "الحد هو \u{2068}1,000.00 EUR\u{2069}. لم يخصم شيء."),
        ("fr", "The limit is 1,000.00 EUR."),
    ] {
        let (status, problem) = call(&router, asking(post("/api/v1/payments", &much), languages)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["cashier"].as_str().unwrap().starts_with(said), "{languages}: {problem}");
        assert_eq!(problem["code"], "over-limit", "{languages}");
        assert_eq!(problem["title"], "the amount is over the limit of 1000.00 EUR", "{languages}");
    }
    // Also what stands before every call, and what no call answers.
    let mut foreign = asking(get("/api/v1/terminal"), "de");
    foreign.headers_mut().insert("host", HeaderValue::from_static("elsewhere.example"));
    let (_, problem) = call(&router, foreign).await;
    assert_eq!(problem["code"], "foreign");
    assert!(problem["cashier"].as_str().unwrap().starts_with("Diese Kasse"), "{problem}");
    let (_, problem) = call(&router, asking(get("/api/v1/nothing"), "es")).await;
    assert!(problem["cashier"].as_str().unwrap().starts_with("La página"), "{problem}");
    let (_, problem) = call(&router, get("/api/v1/nothing")).await;
    assert!(problem["cashier"].as_str().unwrap().starts_with("The till's page"), "{problem}");
}

async fn receipts_are_in_the_shop_s_language_or_in_one_of_their_own(store: impl Store + 'static) {
    let (router, _) = german(store, Fake::default().answering(says(Status::Approved))).await;
    paid(&router).await;
    let (_, terminal) = call(&router, get("/api/v1/terminal")).await;
    assert_eq!(terminal["merchant"]["language"], "de", "for a page without a connection");
    let (_, view) = call(&router, get(&format!("/api/v1/payments/{ID}/receipt"))).await;
    assert_eq!(view["merchant"]["language"], "de");
    let print = async |language: Option<&str>| {
        let mut body = json!({"copy": "customer", "columns": 42});
        if let Some(language) = language {
            body["language"] = json!(language);
        }
        // The language of whoever prints is not that of the receipt.
        call(&router, asking(post(PRINTS, &body), "ru")).await
    };
    let (_, printed) = print(None).await;
    assert!(has(&printed, b"KUNDENBELEG") && has(&printed, b"10,42 EUR"), "the shop's");
    let (_, printed) = print(Some("es-MX")).await;
    assert_eq!(printed["duplicate"], 1, "counted like any other");
    assert!(has(&printed, b"*** DUPLICADO 1, ") && has(&printed, b"COPIA PARA EL CLIENTE"));
    let (_, printed) = print(Some("ru")).await;
    assert_eq!(printed["duplicate"], 2);
    assert!(has(&printed, b"\x8e\x84\x8e\x81\x90\x85\x8d\x8e"), "ODOBRENO, approved, in code page 866");
    let (_, printed) = print(Some("en")).await;
    assert!(printed["duplicate"] == 3 && has(&printed, b"CUSTOMER COPY"));
    let (status, problem) = print(Some("fr")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
    assert_eq!(print(None).await.1["duplicate"], 4, "what was refused was not counted");
}

async fn an_arabic_receipt_is_no_printer_s_and_not_counted(store: impl Store + 'static) {
    let (router, _) = german(store, Fake::default().answering(says(Status::Approved))).await;
    paid(&router).await;
    let arabic = |columns: u32| json!({"copy": "customer", "columns": columns, "language": "ar"});
    let (status, problem) = call(&router, asking(post(PRINTS, &arabic(48)), "ar")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("printer-letters")));
    assert!(problem["cashier"].as_str().unwrap().starts_with("لم يطبع الإيصال"), "{problem}");
    let (status, printed) = call(&router, post(PRINTS, &arabic(0))).await;
    assert_eq!((status, &printed["duplicate"]), (StatusCode::OK, &json!(0)), "a page prints it as a picture");
    assert_eq!(printed["bytes"], Value::Null);
}

async fn what_staff_read_later_is_written_in_the_shop_s_language(store: impl Store + 'static) {
    let gateway = Fake::default().answering(Answer::Lost);
    let (router, desk) = german(store, gateway.clone()).await;
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    let now = proxy::clock::unix_ms();
    close_if_due(&desk, Currency::from_code("EUR").unwrap(), 0, now, now).await.unwrap();
    let (_, terminal) = call(&router, asking(get("/api/v1/terminal"), "ru")).await;
    let notice = &terminal["notices"][0];
    assert_eq!(notice["title"], "Tag nicht abgeschlossen");
    assert!(notice["text"].as_str().unwrap().starts_with("Es wurde nichts abgerechnet."), "{notice}");
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    paid(&router).await;
    call(&router, post(PRINTS, &json!({"copy": "customer"}))).await;
    let (_, steps) = call(&router, get(&format!("/api/v1/payments/{ID}/timeline"))).await;
    let details: Vec<_> =
        steps.as_array().unwrap().iter().filter_map(|step| step["detail"].as_str()).collect();
    assert!(
        ["10,42 EUR", "Auftrag 4711", "Kundenbeleg"].iter().all(|told| details.contains(told)),
        "{details:?}"
    );
}

async fn what_a_person_has_to_settle_is_said_in_the_shop_s_language(store: impl Store + 'static) {
    let gateway = Fake::default().answering(Answer::Report(Box::new(payment::order::Report {
        awaits_card: true,
        issuer: Some(payment::api::IssuerAnswer { response_code: "00".into(), data: None }),
        ..report(Status::Processing)
    })));
    let (router, _) = german(store, gateway.clone()).await;
    let chip = with(payment(ID, BLOB), json!({"entry": "chip"}));
    call(&router, post("/api/v1/payments", &chip)).await;
    until(&router, ID, |view| view["state"] == "await_card").await;
    call(&router, post(&format!("/api/v1/payments/{ID}/card-lost"), &json!({}))).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    let view = until(&router, ID, |view| view["needs_person"].is_string()).await;
    let fact = "genehmigt ohne die Bestätigung der Karte: behalten oder zurückgeben";
    assert_eq!(view["needs_person"], fact);
    let (_, steps) = call(&router, get(&format!("/api/v1/payments/{ID}/timeline"))).await;
    let step = steps.as_array().unwrap().iter().find(|step| step["what"] == "needs_person").unwrap();
    assert_eq!(step["detail"], fact);
}
