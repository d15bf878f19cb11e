//! The built page: precompressed files, and headers that keep everything foreign out.

#[cfg(feature = "built-in-page")]
mod built_in;

use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::response::Response;
use axum::{Router, middleware};
use std::path::Path;
use tower_http::services::ServeDir;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const HARDENED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "serial=(self), hid=(self), camera=(), microphone=(), geolocation=(), payment=()",
    ),
];

/// The page's files from a folder. Those that `build` has compressed are sent as they lie there.
pub(crate) fn files(folder: &Path) -> Router {
    kept(Router::new().fallback_service(ServeDir::new(folder).precompressed_br().precompressed_gzip()))
}

/// The page that was compiled into this program, if one was.
pub(crate) fn built_in() -> Option<Router> {
    #[cfg(feature = "built-in-page")]
    return Some(kept(Router::new().fallback(built_in::file)));
    #[cfg(not(feature = "built-in-page"))]
    None
}

/// Whether this program has a page of its own.
pub const IS_BUILT_IN: bool = cfg!(feature = "built-in-page");

/// Says how long a browser may keep what it got.
fn kept(files: Router) -> Router {
    files.layer(middleware::from_fn(async |request: axum::extract::Request, next: middleware::Next| {
        let keeps = keeps(request.uri());
        let mut response = next.run(request).await;
        let lifetime = match keeps && response.status().is_success() {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
        response
    }))
}

/// Whether a file's name holds the hash of its content, as `app-0123456789abcdef_bg.wasm`.
fn keeps(uri: &Uri) -> bool {
    let hashed = |part: &str| part.len() >= 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    uri.path().rsplit('/').next().is_some_and(|name| name.split(['-', '_', '.']).any(hashed))
}

/// Marks an answer of the API as nobody's to keep.
pub(crate) async fn never_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Adds the headers that keep the page to its own origin.
pub(crate) async fn harden(mut response: Response) -> Response {
    for (name, value) in HARDENED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
