//! The page inside the program.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$MPOS_PAGE"]
struct Page;

/// Ways to send a file, the smallest first: the name that a browser accepts it by, and the end of the file's own.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

pub(super) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let path =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    // As a folder on a disk would.
    if Page::get(&path).is_none() && Page::get(&format!("{path}/index.html")).is_some() {
        return redirect(&format!("/{path}/"));
    }
    let Some(kind) = kind(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|all| all.to_str().ok()).unwrap_or_default();
    let accepts =
        |name| accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == name));
    let packed = PACKED.iter().filter(|(name, _)| accepts(*name));
    let mut packed = packed.filter_map(|(name, end)| Some((*name, Page::get(&format!("{path}{end}"))?)));
    let (encoding, file) = match packed.next() {
        Some((name, file)) => (Some(name), file),
        None => match Page::get(&path) {
            Some(file) => (None, file),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    send(&headers, kind, encoding, file)
}

fn send(
    asked: &HeaderMap,
    kind: &'static str,
    encoding: Option<&'static str>,
    file: EmbeddedFile,
) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let Ok(tag) = HeaderValue::try_from(tag) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_known = asked.get(header::IF_NONE_MATCH) == Some(&tag);
    let body = if is_known { Body::empty() } else { Body::from(file.data) };
    let mut response = Response::new(body);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn redirect(to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The kinds of files that a page is made of; nothing else is inside.
fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
