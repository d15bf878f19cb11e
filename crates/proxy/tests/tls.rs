//! TLS of our own, and of a gateway that nobody vouches for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::routing::any;
use axum_server::Handle;
use payment::order::{Order, Submission};
use paynet::{ControlKey, Dialect, Login, Merchant};
use proxy::config::Tls;
use proxy::gateway::{Gateway, PaynetGateway};
use proxy::metrics::Metrics;
use proxy::server::{Listener, ServerError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use support::{BLOB, ID, KEY, payment, readers};

fn certificate(dir: &Path) -> (Tls, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls { certificate: dir.join("cert.pem"), key: dir.join("key.pem") };
    std::fs::write(&tls.certificate, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    (tls, made.cert.pem())
}

/// A server under a certificate of its own that counts its requests.
fn serve(dir: &Path) -> (String, String, Arc<AtomicUsize>) {
    let (tls, pem) = certificate(dir);
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Some(&tls)).unwrap();
    let url = listener.url().unwrap().replace("127.0.0.1", "localhost");
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = requests.clone();
    let router = Router::new().fallback(any(async move || {
        seen.fetch_add(1, SeqCst);
        "here"
    }));
    tokio::spawn(listener.serve(router, Handle::new()));
    (url, pem, requests)
}

#[tokio::test]
async fn the_page_is_served_under_our_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let (url, pem, _) = serve(dir.path());
    assert!(url.starts_with("https://"));
    let trusted = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy().build().unwrap();
    assert_eq!(client.get(url).send().await.unwrap().text().await.unwrap(), "here");
}

#[tokio::test]
async fn a_gateway_that_nobody_vouches_for_is_sent_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (base_url, _, requests) = serve(dir.path());
    let merchant = Merchant {
        login: Login::try_from("merchantlogin".to_owned()).unwrap(),
        key: ControlKey::try_from(KEY.to_owned()).unwrap(),
        endpoint: "1111".into(),
        dialect: Dialect { base_url, ..Dialect::default() },
    };
    let gateway = PaynetGateway::new(merchant, false, readers(), Arc::new(Metrics::default())).unwrap();
    let payment: payment::api::StartPayment = serde_json::from_value(payment(ID, BLOB)).unwrap();
    let order = Order::accept(payment.terms.clone(), 0).0;
    assert_eq!(gateway.submit(&order, &payment.encrypted_data).await, Submission::NoConnection);
    assert!(!gateway.connect().await, "its word on who it is counts for a connection as well");
    assert_eq!(requests.load(SeqCst), 0);
}

#[test]
fn files_that_are_no_certificate_are_the_operators_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let (tls, _) = certificate(dir.path());
    let swapped = Tls { certificate: tls.key, key: tls.certificate };
    let bound = Listener::bind(([127, 0, 0, 1], 0).into(), Some(&swapped));
    assert!(matches!(bound, Err(ServerError::Pem(_) | ServerError::Certificate(_))), "{bound:?}");
}
