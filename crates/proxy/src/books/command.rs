//! `mpos-proxy reconcile`: asks the running proxy, which alone may open the database, and prints the file.

use super::{Days, Summary};
use crate::config::{ConfigError, Settings};
use std::io::Write;
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
    Strange(String),
    /// The file cannot be read or printed.
    #[error("{file}: {source}", file = .0.display(), source = .1)]
    File(std::path::PathBuf, std::io::Error),
}

/// Prints the file of the reconciliation; whether a person has something to look at.
///
/// # Errors
/// [`CommandError`]
pub async fn reconcile(config: &Path, days: Option<Days>) -> Result<bool, CommandError> {
    let mut address = Settings::read(config)?.operations_listen;
    if address.ip().is_unspecified() {
        address = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
    }
    let query = days.map(|Days { from, to }| format!("?from={from}&to={to}")).unwrap_or_default();
    let place = format!("http://{address}");
    let away = |error| CommandError::Away(place.clone(), error);
    // The proxy is on this machine or beside it: no certificates are needed, and a bare system has none.
    let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().map_err(away)?;
    let answer = http.post(format!("{place}/reconcile{query}")).send().await.map_err(away)?;
    let is_done = answer.status().is_success();
    let text = answer.text().await.map_err(away)?;
    if !is_done {
        return Err(CommandError::Refused(text.trim().to_owned()));
    }
    let summary: Summary = serde_json::from_str(&text).map_err(|_| CommandError::Strange(place.clone()))?;
    let failed = |error| CommandError::File(summary.file.clone(), error);
    let document = std::fs::read(&summary.file).map_err(failed)?;
    std::io::stdout().write_all(&document).map_err(failed)?;
    Ok(summary.differs())
}
