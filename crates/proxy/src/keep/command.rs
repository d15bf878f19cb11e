//! `mpos-proxy erase`: asks the running proxy, which alone may open the database.

use crate::config::{ConfigError, Settings};
use payment::attempt::AttemptId;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// What to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Of every settled payment older than so many days.
    OlderThan(u32),
    /// Of this payment.
    Order(AttemptId),
}

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
}

/// Erases, and answers what the proxy says of it.
///
/// # Errors
/// [`CommandError`]
pub async fn erase(config: &Path, which: &Which) -> Result<String, CommandError> {
    let mut address = Settings::read(config)?.operations_listen;
    if address.ip().is_unspecified() {
        address = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
    }
    let query = match which {
        Which::OlderThan(days) => format!("older_than={days}"),
        Which::Order(id) => format!("order={id}"),
    };
    let place = format!("http://{address}");
    let away = |error| CommandError::Away(place.clone(), error);
    // The proxy is on this machine or beside it: no certificates are needed, and a bare system has none.
    let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().map_err(away)?;
    let answer = http.post(format!("{place}/erase?{query}")).send().await.map_err(away)?;
    let is_done = answer.status().is_success();
    let text = answer.text().await.map_err(away)?;
    if is_done { Ok(text) } else { Err(CommandError::Refused(text.trim().to_owned())) }
}
