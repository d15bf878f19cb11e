//! The tables, as each version of the proxy has added to them.

use crate::fingerprint::CardKey;
use crate::store::StoreError;
use sqlx::sqlite::SqlitePool;
use sqlx::{query, query_scalar};

/// What brings a database from the version before to the next: the first makes version 1. A version that was shipped is
/// never changed.
const VERSIONS: &[&str] = &[ATTEMPTS, LEDGER, OPERATORS, CLOSINGS, HISTORY];

const ATTEMPTS: &str = "
CREATE TABLE attempts (
    id TEXT PRIMARY KEY NOT NULL,
    order_json TEXT,               -- JSON of the order; NULL when nothing was ever sent
    body BLOB,                      -- fingerprints; NULL when it was not taken from a page
    card BLOB UNIQUE,
    followed INTEGER NOT NULL,
    created_at INTEGER NOT NULL     -- Unix milliseconds
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_followed ON attempts (followed, created_at);
CREATE TABLE callbacks (
    client_orderid TEXT NOT NULL,
    orderid TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    received_at INTEGER NOT NULL,   -- Unix milliseconds, of the first one
    PRIMARY KEY (client_orderid, orderid, type, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

const LEDGER: &str = "
ALTER TABLE callbacks ADD COLUMN amount TEXT;
ALTER TABLE callbacks ADD COLUMN currency TEXT;
ALTER TABLE callbacks ADD COLUMN reason_code TEXT;
CREATE INDEX attempts_created ON attempts (created_at);
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    raised_at INTEGER NOT NULL,     -- Unix milliseconds
    acknowledged_at INTEGER
) STRICT;
CREATE INDEX notices_open ON notices (raised_at) WHERE acknowledged_at IS NULL;
CREATE TABLE reconciliation (one INTEGER PRIMARY KEY CHECK (one = 1), run TEXT NOT NULL) STRICT;
";

const OPERATORS: &str = "
CREATE TABLE operators (
    name TEXT PRIMARY KEY NOT NULL,
    role TEXT NOT NULL,
    pin TEXT NOT NULL,              -- PHC string of Argon2id, with salt and parameters
    disabled INTEGER NOT NULL,
    last_seen INTEGER               -- Unix milliseconds
) STRICT, WITHOUT ROWID;
CREATE TABLE pin_tries (
    name TEXT PRIMARY KEY NOT NULL, -- an operator's, or nobody's
    wrong INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,  -- Unix milliseconds
    written INTEGER NOT NULL        -- in which order
) STRICT, WITHOUT ROWID;
CREATE TABLE staff_sessions (
    digest BLOB PRIMARY KEY NOT NULL,
    operator TEXT NOT NULL,
    last_used INTEGER NOT NULL      -- Unix milliseconds
) STRICT, WITHOUT ROWID;
CREATE TABLE deeds (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,            -- Unix milliseconds
    who TEXT,                       -- NULL: on the machine itself
    did TEXT NOT NULL,
    whom TEXT
) STRICT;
";

const CLOSINGS: &str = "
ALTER TABLE attempts ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0; -- Unix milliseconds, of its latest transaction
UPDATE attempts SET moved_at = MAX(created_at, COALESCE(json_extract(order_json, '$.give_back.since'), 0));
CREATE INDEX attempts_moved ON attempts (moved_at);
CREATE TABLE closings (
    id TEXT PRIMARY KEY NOT NULL,
    closing TEXT NOT NULL,          -- JSON
    until INTEGER NOT NULL,         -- Unix milliseconds
    is_closed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE reports (number INTEGER PRIMARY KEY NOT NULL, report TEXT NOT NULL) STRICT;
";

/// The columns are computed from the order's JSON, so that they cannot differ from it, and are stored in their indexes only.
const HISTORY: &str = "
ALTER TABLE attempts ADD COLUMN amount_minor INTEGER
    GENERATED ALWAYS AS (json_extract(order_json, '$.terms.amount.minor')) VIRTUAL;
ALTER TABLE attempts ADD COLUMN last4 TEXT
    GENERATED ALWAYS AS (json_extract(order_json, '$.terms.card.last4')) VIRTUAL;
ALTER TABLE attempts ADD COLUMN order_id TEXT GENERATED ALWAYS AS (json_extract(order_json, '$.order_id')) VIRTUAL;
ALTER TABLE attempts ADD COLUMN needs_person TEXT
    GENERATED ALWAYS AS (json_extract(order_json, '$.needs_person')) VIRTUAL;
CREATE INDEX attempts_amount ON attempts (amount_minor);
CREATE INDEX attempts_last4 ON attempts (last4);
CREATE INDEX attempts_order_id ON attempts (order_id);
CREATE INDEX attempts_need_person ON attempts (created_at) WHERE needs_person IS NOT NULL;
CREATE TABLE steps (
    attempt TEXT NOT NULL,
    nth INTEGER NOT NULL,           -- from 1
    at INTEGER NOT NULL,            -- Unix milliseconds
    source TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (attempt, nth)
) STRICT, WITHOUT ROWID;
CREATE TABLE prints (
    attempt TEXT NOT NULL,
    nth INTEGER NOT NULL,           -- 0 for the payment itself, else the later transaction
    copy TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (attempt, nth, copy)
) STRICT, WITHOUT ROWID;
";

/// Brings a database of any version before to this one, all of it or nothing.
///
/// # Errors
/// [`StoreError::Schema`] for a database of a later version.
pub(super) async fn bring_up_to_date(pool: &SqlitePool) -> Result<(), StoreError> {
    let version = query_scalar::<_, i64>("PRAGMA user_version").fetch_one(pool).await?;
    let missing = usize::try_from(version).ok().and_then(|version| VERSIONS.get(version..));
    let missing = missing.ok_or(StoreError::Schema(version))?;
    if missing.is_empty() {
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    for tables in missing {
        sqlx::raw_sql(*tables).execute(&mut *transaction).await?;
    }
    if version == 0 {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| StoreError::Random)?;
        query("INSERT INTO secrets (name, value) VALUES ('card key', ?)")
            .bind(CardKey::new(key).bytes().as_slice())
            .execute(&mut *transaction)
            .await?;
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", VERSIONS.len())))
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}
