//! `mpos-proxy reconcile`: asks the running proxy, and prints the file.

use super::{Days, Summary};
use crate::running::{self, CommandError};
use std::io::Write;
use std::path::Path;

/// Prints the file of the reconciliation; whether a person has something to look at.
///
/// # Errors
/// [`CommandError`]
pub async fn reconcile(config: &Path, days: Option<Days>) -> Result<bool, CommandError> {
    let query = days.map(|Days { from, to }| format!("?from={from}&to={to}")).unwrap_or_default();
    let proxy = running::address(config)?;
    let text = running::post(proxy, &format!("/reconcile{query}")).await?;
    let summary: Summary = serde_json::from_str(&text).map_err(|_| CommandError::Strange(proxy))?;
    let failed = |error| CommandError::File(summary.file.clone(), error);
    let document = std::fs::read(&summary.file).map_err(failed)?;
    std::io::stdout().write_all(&document).map_err(failed)?;
    Ok(summary.differs())
}
