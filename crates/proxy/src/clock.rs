//! This machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;

/// Unix time in milliseconds.
#[must_use]
pub fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The moment of this Unix time in milliseconds; the epoch for one that no calendar has.
pub(crate) fn utc(unix_ms: u64) -> OffsetDateTime {
    let seconds = i64::try_from(unix_ms / 1_000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// How many seconds our clock is ahead of the one that wrote this HTTP date; negative when it is behind.
#[must_use]
pub fn ahead_of(http_date: &str) -> Option<i64> {
    let theirs = httpdate::parse_http_date(http_date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let theirs = i64::try_from(theirs.as_secs()).ok()?;
    i64::try_from(unix_ms() / 1_000).ok()?.checked_sub(theirs)
}
