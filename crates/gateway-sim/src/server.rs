//! The shell: a socket and the clock.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, Response, Uri, header};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::caller;
use crate::http::{Delivery, Reply, Request};
use crate::record::Recorded;

/// Opens the port. Port 0 lets the system choose one.
///
/// # Errors
/// [`BindError`]: an address that others could reach, or one that is taken.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    if !address.ip().is_loopback() {
        return Err(BindError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| BindError::Io { address, source })
}

/// Why the sandbox cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The sandbox is for this machine only.
    #[error("configuration: the sandbox listens on loopback addresses only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The system refused.
    #[error("cannot listen on {address}")]
    Io {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// Serves until the future is dropped.
///
/// # Errors
/// What the listener fails with.
pub async fn serve(listener: TcpListener, gateway: Recorded) -> std::io::Result<()> {
    let shared = Arc::new(Shared { recorded: Mutex::new(gateway), changed: watch::Sender::new(()) });
    let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
    tokio::select! {
        served = axum::serve(listener, app) => served,
        never = caller::run(shared) => match never {},
    }
}

pub(crate) struct Shared {
    recorded: Mutex<Recorded>,
    /// The gateway was used: there may be an earlier callback, and what hung may go on.
    pub(crate) changed: watch::Sender<()>,
}

impl Shared {
    pub(crate) fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        method: method.as_str(),
        host: header(header::HOST).unwrap_or_default(),
        target: uri.path_and_query().map_or("/", |target| target.as_str()),
        authorization: header(header::AUTHORIZATION),
        content_type: header(header::CONTENT_TYPE),
        body: &body,
    };
    // As it came: what is malformed is to be seen as well.
    let traceparent = header(HeaderName::from_static("traceparent"));
    let reply = shared.recorded().handle(now(), &request);
    shared.changed.send_replace(());
    // Path and code only: bodies hold card data and signatures.
    tracing::info!(%method, path = request.path(), code = reply.code, traceparent, delivery = ?reply.delivery, "answered");
    tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
    if reply.delivery == Delivery::Held {
        released(&shared, request.path()).await;
    }
    deliver(reply)
}

/// Waits until the answers of this call no longer hang.
async fn released(shared: &Shared, path: &str) {
    let mut changes = shared.changed.subscribe();
    while shared.recorded().gateway().hangs(path) {
        // The sender lives as long as the server does.
        let _ = changes.changed().await;
    }
}

fn deliver(reply: Reply) -> Response<Body> {
    let body = match reply.delivery {
        Delivery::Whole | Delivery::Held => Body::from(reply.body),
        Delivery::CutOff => cut_off(reply.body),
    };
    let mut response =
        Response::builder().status(reply.code).header(header::CONTENT_TYPE, reply.content_type);
    if let Some(message) = reply.error_message {
        response = response.header("error-message", message);
    }
    response.body(body).unwrap_or_default()
}

/// The first half, and then the connection breaks.
fn cut_off(mut body: String) -> Body {
    body.truncate(body.len() / 2);
    let half = stream::once(async { Ok(body) });
    let broken = stream::once(async {
        // A pause in the stream makes the server send what it has before it sees the error.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
    });
    Body::from_stream(half.chain(broken))
}

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
