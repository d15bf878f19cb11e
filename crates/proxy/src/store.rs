//! What the proxy remembers, in the payment's own words.

pub mod closings;
pub mod history;
pub mod ledger;
pub mod operators;
pub mod sqlite;

use crate::fingerprint::{CardKey, Fingerprints};
use closings::Closings;
use history::History;
use ledger::Ledger;
use operators::Operators;
use payment::{api::Happened, attempt::AttemptId, order::Order};
use std::{future::Future, pin::Pin, sync::Arc};

/// A store's answer to come.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What is known of one attempt id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Nothing was sent under it and nothing ever will be.
    Abandoned,
    /// The page abandoned it after it had begun to send; the gateway is asked whether the order exists. Never sent
    /// from here.
    Sought(Order),
    /// Taken from the page.
    Taken(Order, Fingerprints),
}

impl Attempt {
    /// The order, if there is one.
    #[must_use]
    pub fn order(self) -> Option<Order> {
        match self {
            Self::Abandoned => None,
            Self::Sought(order) | Self::Taken(order, _) => Some(order),
        }
    }
}

/// Who has an id, or a card reading, first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The caller: it is stored now.
    Won,
    /// The id was known already; nothing was changed.
    Known(Box<Attempt>),
    /// The same card reading was taken under another id; nothing was changed.
    CardUsed,
}

/// A durable memory of attempts. When a write has answered, it survives the loss of power.
pub trait Store: Ledger + Closings + Operators + History {
    /// Stores `attempt` under `id`, unless the id or the card reading is known: atomically, so that of a payment and
    /// its abandon only one can win.
    fn claim<'a>(&'a self, id: &'a AttemptId, attempt: &'a Attempt, now: u64) -> Reply<'a, Claim>;

    /// What is known of an id.
    fn find<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Option<Attempt>>;

    /// Replaces an order that is known, and writes down what happened to it: both or neither.
    fn update<'a>(&'a self, order: &'a Order, steps: &'a [Happened]) -> Reply<'a, ()>;

    /// Every order that has still to be followed.
    fn followed(&self) -> Reply<'_, Vec<Order>>;

    /// Every order that has still to be followed, and the latest others up to `limit` in all, latest first.
    fn recent(&self, limit: u32) -> Reply<'_, Vec<Order>>;

    /// Writes something that changes nothing, durably.
    fn try_writing(&self) -> Reply<'_, ()>;

    /// The key of the fingerprints, drawn when the database was made.
    fn card_key(&self) -> &CardKey;

    /// Exchanges a till token, given by its digest, for a session, given by its digest. `false` when this token was
    /// exchanged before.
    fn open_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool>;

    /// Whether a session of this digest was opened with the token of that digest.
    fn has_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool>;
}

/// The store failed: this machine's fault. Nothing may be sent on the strength of a write that failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The transaction that a write was part of could not be made durable.
    #[error("database: not committed: {0}")]
    Commit(Arc<sqlx::Error>),
    /// The file cannot be made or protected.
    #[error("database file: {0}")]
    File(#[from] std::io::Error),
    /// A row that this version cannot read.
    #[error("database: attempt {attempt}: {why}")]
    Unreadable {
        /// Whose row.
        attempt: String,
        /// What is wrong.
        why: String,
    },
    /// The database was made by a later version, or by something else.
    #[error("database: schema version {0} is not known to this proxy")]
    Schema(i64),
    /// The system gave no random bytes.
    #[error("no random bytes from the system")]
    Random,
}

/// SQLite's own number for a file that another program has locked; the extended numbers have it in their low byte.
const BUSY: u32 = 5;

impl StoreError {
    /// Whether another program has the database open.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xFF == BUSY)
    }
}
