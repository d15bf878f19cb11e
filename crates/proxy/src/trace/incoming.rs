//! Calls to the proxy.

use super::{Span, Traces, current};
use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use payment::api::Party;
use payment::trace::TraceParent;
use tracing::Instrument as _;

/// The call that reads a trace; it does not write itself into it.
const READING: &str = "trace";

/// Follows a call that this party makes. Whoever reads which payment it is about notes it.
pub(crate) async fn follow(
    State((traces, from)): State<(Traces, Party)>,
    request: Request,
    next: Next,
) -> Response {
    let name = name(&request);
    if name == READING {
        return next.run(request).await;
    }
    let sent = request.headers().get(header::CONTENT_LENGTH);
    let sent = sent.and_then(|length| length.to_str().ok()?.parse().ok());
    let is_telling = from == Party::Gateway || !request.method().is_safe();
    let span = Span::open();
    let current = current::Current::new(&span, None, parent(&request));
    let work = async {
        let response = next.run(request).await;
        current::answered(response.status().as_u16(), sent, response.body().size_hint().exact());
        response
    };
    traces.follow(from, Party::Proxy, &name, is_telling, current, work).instrument(span.log).await
}

/// What a well-formed `traceparent` says. One that is malformed, or not the only one, is as none.
fn parent(request: &Request) -> Option<TraceParent> {
    let mut all = request.headers().get_all(TraceParent::HEADER).iter();
    match (all.next(), all.next()) {
        (Some(only), None) => only.to_str().ok()?.parse().ok(),
        _ => None,
    }
}

/// What is asked, in one word.
fn name(request: &Request) -> String {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match path.rsplit('/').next().unwrap_or_default() {
        "payments" => "start",
        "{id}" => "view",
        "{*rest}" => "callback",
        verb => verb,
    }
    .to_owned()
}
