//! The page inside the program is what a folder would serve, byte for byte and header for header.
#![cfg(feature = "built-in-page")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use proxy::metrics::Metrics;
use proxy::routes::App;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{Fake, memory::Memory};
use tower::ServiceExt;

/// What the test was compiled with.
const FOLDER: &str = env!("MPOS_PAGE");

async fn both() -> [Router; 2] {
    let (_, desk) = support::proxy(Memory::new(), Fake::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let config = support::config(dir.path(), |text| text);
    let app = App::new(&config, 8080, desk, Arc::new(Metrics::default())).unwrap();
    [app.clone().router(Path::new(FOLDER)), app.router_with_own_page().unwrap()]
}

async fn fetch(
    router: &Router,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path).header(header::HOST, "localhost:8080");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    (head.status, head.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn every_file_is_served_as_from_a_folder() {
    let [folder, own] = both().await;
    let mut compared = 0;
    let names = files(Path::new(FOLDER))
        .into_iter()
        .map(|path| format!("/{}", path.strip_prefix(FOLDER).unwrap().to_str().unwrap()));
    let names: Vec<_> = names.filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")).collect();
    let paths = names.iter().map(String::as_str).chain(["/", "/office/", "/missing", "/missing/", "/office"]);
    for path in paths {
        for accepted in ["", "gzip", "br, gzip;q=0.5", "identity"] {
            let headers = [(header::ACCEPT_ENCODING, accepted)];
            let (one, other) = (fetch(&folder, path, &headers).await, fetch(&own, path, &headers).await);
            assert_eq!(one.0, other.0, "{path} {accepted}");
            assert_eq!(one.2, other.2, "{path} {accepted}");
            for name in [
                header::CONTENT_ENCODING,
                header::CACHE_CONTROL,
                header::CONTENT_SECURITY_POLICY,
                header::LOCATION,
            ] {
                assert_eq!(one.1.get(&name), other.1.get(&name), "{path} {accepted} {name}");
            }
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let [_, own] = both().await;
    let (status, headers, body) = fetch(&own, "/", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.starts_with(b"<!doctype html>") || body.starts_with(b"<!DOCTYPE html>"));
    let tag = headers[header::ETAG].to_str().unwrap();
    let (status, _, body) = fetch(&own, "/", &[(header::IF_NONE_MATCH, tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
}
