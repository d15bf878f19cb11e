//! Who is let in, and what every answer carries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use proxy::config::Config;
use proxy::desk::Desk;
use proxy::guard::TillToken;
use proxy::metrics::Metrics;
use proxy::routes::App;
use std::path::Path;
use std::sync::Arc;
use support::{Fake, call, config, get, memory::Memory, post, proxy, quick, send};

const TOKEN: &str = "correct-horse-battery-staple";

fn request(headers: &[(&str, &str)], uri: &str) -> Request<Body> {
    let mut request = Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn only_the_page_on_its_own_origin_is_answered() {
    let (router, _) = proxy(Memory::new(), Fake::default()).await;
    let ours = ("host", "localhost:8080");
    let good: [&[(&str, &str)]; 4] = [
        &[ours],
        &[("host", "127.0.0.1:8080")],
        &[ours, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")],
        &[ours, ("sec-fetch-site", "none")],
    ];
    for headers in good {
        let response = send(&router, request(headers, "/api/v1/terminal")).await;
        assert_eq!(response.status(), StatusCode::OK, "{headers:?}");
        let names = response.headers();
        assert!(names.keys().all(|name| !name.as_str().starts_with("access-control")));
        assert_eq!(names["cache-control"], "no-store");
        assert!(names["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'; "));
    }
    let foreign: [&[(&str, &str)]; 8] = [
        &[],
        &[("host", "till.example")],
        &[("host", "localhost")],
        &[ours, ("host", "till.example")],
        &[ours, ("origin", "http://till.example")],
        &[ours, ("origin", "null")],
        &[ours, ("origin", "http://127.0.0.1:8080")],
        &[ours, ("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        for path in ["/", "/api/v1/terminal", "/enter"] {
            let (status, problem) = call(&router, request(headers, path)).await;
            assert_eq!(
                (status, problem["code"].as_str()),
                (StatusCode::FORBIDDEN, Some("foreign")),
                "{headers:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_body_must_be_json_and_short() {
    let (router, _) = proxy(Memory::new(), Fake::default()).await;
    let form = Request::post("/api/v1/payments").header("host", "localhost:8080");
    let form = form.header("content-type", "text/plain").body(Body::from("{}")).unwrap();
    assert_eq!(call(&router, form).await.1["code"], "malformed");
    let long = serde_json::Value::from("x".repeat(40_000));
    assert_eq!(call(&router, post("/api/v1/payments", &long)).await.1["code"], "too-long");
}

/// The page in this folder and its calls, set up so.
async fn router(config: &Config, page: &Path) -> Router {
    let metrics = Arc::new(Metrics::default());
    let desk = Desk::open(
        Memory::new(),
        Fake::default(),
        quick(),
        metrics.clone(),
        config.settings.merchant.language,
    )
    .await
    .unwrap();
    App::new(config, 8080, desk, metrics).unwrap().router(page)
}

async fn with_token() -> Router {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path(), |text| text);
    config.till_token = Some(TillToken::new(TOKEN).unwrap());
    router(&config, dir.path()).await
}

#[tokio::test]
async fn a_till_is_let_in_once_by_its_token() {
    let router = with_token().await;
    for path in ["/api/v1/terminal", "/api/v1/payments/AAAAAAAAAAAAAAAAAAAA/events"] {
        assert_eq!(call(&router, get(path)).await.1["code"], "no-session");
    }
    assert_eq!(call(&router, get("/enter?token=wrong")).await.1["code"], "wrong-token");
    let response = send(&router, get(&format!("/enter?token={TOKEN}"))).await;
    assert_eq!(
        (response.status(), &response.headers()["location"]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Secure; HttpOnly; SameSite=Strict") && !cookie.contains(TOKEN));
    let cookie = cookie.split(';').next().unwrap();
    let headers = [("host", "localhost:8080"), ("cookie", cookie)];
    assert_eq!(send(&router, request(&headers, "/api/v1/terminal")).await.status(), StatusCode::OK);
    let forged = [("host", "localhost:8080"), ("cookie", "__Host-till=00")];
    assert_eq!(send(&router, request(&forged, "/api/v1/terminal")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(call(&router, get(&format!("/enter?token={TOKEN}"))).await.1["code"], "wrong-token");
}

#[tokio::test]
async fn the_page_is_sent_as_it_was_compressed_and_kept_by_its_hash() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), |text| text);
    let page = dir.path().join("page");
    std::fs::create_dir(&page).unwrap();
    for (name, text) in [("index.html", "<p>"), ("a-0123456789abcdef_bg.wasm", "wasm"), ("sw.js", "sw")] {
        std::fs::write(page.join(name), text).unwrap();
    }
    std::fs::write(page.join("a-0123456789abcdef_bg.wasm.br"), "brotli").unwrap();
    let router = router(&config, &page).await;
    let wasm = request(
        &[("host", "localhost:8080"), ("accept-encoding", "gzip, br")],
        "/a-0123456789abcdef_bg.wasm",
    );
    let wasm = send(&router, wasm).await;
    assert_eq!(wasm.headers()["content-encoding"], "br");
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert_eq!(wasm.headers()["cache-control"], "public, max-age=31536000, immutable");
    for path in ["/", "/index.html", "/sw.js", "/nothing-0123456789abcdef.js"] {
        assert_eq!(send(&router, get(path)).await.headers()["cache-control"], "no-cache", "{path}");
    }
    assert_eq!(send(&router, get("/../proxy.toml")).await.status(), StatusCode::NOT_FOUND);
}
