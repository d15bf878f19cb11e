//! What a command asks of the running proxy, which alone may open its database.

use crate::config::{ConfigError, Settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings file is wrong.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// No proxy answers there.
    #[error("no proxy answers at {0}; it must be running, as it alone may open its database: {1}")]
    Away(String, reqwest::Error),
    /// It refused, and why.
    #[error("{0}")]
    Refused(String),
    /// Its answer cannot be read.
    #[error("whoever answers at {0} is no proxy of this version")]
    Strange(SocketAddr),
    /// The file cannot be read or printed.
    #[error("{file}: {source}", file = .0.display(), source = .1)]
    File(std::path::PathBuf, std::io::Error),
}

/// Where the proxy of these settings listens for its operator.
///
/// # Errors
/// [`CommandError::Config`]
pub(crate) fn address(config: &Path) -> Result<SocketAddr, CommandError> {
    let address = Settings::read(config)?.operations_listen;
    let is_everywhere = address.ip().is_unspecified();
    Ok(if is_everywhere { SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())) } else { address })
}

/// What it answers to a request that changes something: a path with its query.
///
/// # Errors
/// [`CommandError::Away`], [`CommandError::Refused`]
pub(crate) async fn post(proxy: SocketAddr, request: &str) -> Result<String, CommandError> {
    let place = format!("http://{proxy}");
    let away = |error| CommandError::Away(place.clone(), error);
    // The proxy is on this machine or beside it: no certificates are needed, and a bare system has none.
    let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().map_err(away)?;
    let answer = http.post(format!("{place}{request}")).send().await.map_err(away)?;
    let is_done = answer.status().is_success();
    let text = answer.text().await.map_err(away)?;
    if is_done { Ok(text) } else { Err(CommandError::Refused(text.trim().to_owned())) }
}
