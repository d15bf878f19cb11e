//! Sends callbacks when they are due.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::callback::Call;
use crate::server::{Shared, now};

/// How long a merchant may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) async fn run(shared: Arc<Shared>) -> Infallible {
    let mut changes = shared.changed.subscribe();
    loop {
        let due = shared.recorded().gateway().poll_callback(now());
        if let Some(call) = due {
            tokio::spawn(send(Arc::clone(&shared), call));
            continue;
        }
        let next = shared.recorded().gateway().poll_timeout();
        tokio::select! {
            _ = changes.changed() => {}
            () = sleep_until(next) => {}
        }
    }
}

async fn sleep_until(at: Option<u64>) {
    match at {
        Some(at) => tokio::time::sleep(Duration::from_millis(at.saturating_sub(now()))).await,
        None => std::future::pending().await,
    }
}

async fn send(shared: Arc<Shared>, call: Call) {
    let answer = tokio::time::timeout(TIMEOUT, get(&call.url)).await;
    let code =
        answer.ok().and_then(|answer| answer.inspect_err(|error| tracing::warn!(%error, "callback")).ok());
    tracing::info!(id = call.id, ?code, "callback sent");
    shared.recorded().gateway().callback_answered(now(), call.id, code);
    shared.changed.send_replace(());
}

/// The HTTP status of the answer. No redirects and no second try: the gateway's core decides about those.
async fn get(url: &str) -> std::io::Result<u16> {
    let uri: Uri = url.parse().map_err(std::io::Error::other)?;
    let (host, port) = (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(80));
    let stream = TcpStream::connect((host, port)).await?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
    tokio::spawn(connection);
    let request = Request::get(uri.path_and_query().map_or("/", |target| target.as_str()))
        .header(header::HOST, format!("{host}:{port}"))
        .body(Body::empty())
        .map_err(std::io::Error::other)?;
    let response = sender.send_request(request).await.map_err(std::io::Error::other)?;
    Ok(response.status().as_u16())
}
