//! `mpos-proxy erase`: asks the running proxy.

use crate::running::{self, CommandError};
use payment::attempt::AttemptId;
use std::path::Path;

/// What to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Of every settled payment older than so many days.
    OlderThan(u32),
    /// Of this payment.
    Order(AttemptId),
}

/// Erases, and answers what the proxy says of it.
///
/// # Errors
/// [`CommandError`]
pub async fn erase(config: &Path, which: &Which) -> Result<String, CommandError> {
    let query = match which {
        Which::OlderThan(days) => format!("older_than={days}"),
        Which::Order(id) => format!("order={id}"),
    };
    running::post(running::address(config)?, &format!("/erase?{query}")).await
}
