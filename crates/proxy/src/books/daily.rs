//! Comparing the books once a day, by themselves.

use super::{Books, HOUR_MS};
use crate::clock;
use serde::Deserialize;
use std::time::Duration;

const DAY_MS: u64 = 24 * HOUR_MS;
/// The machine's clock may be moved; this is how long it can mislead us.
const LOOK: Duration = Duration::from_secs(60);

/// When the books are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Daily {
    /// Whether that happens by itself each day.
    pub daily: bool,
    /// The time of day in UTC.
    pub at: TimeOfDay,
}

impl Default for Daily {
    fn default() -> Self {
        Self { daily: true, at: TimeOfDay::new(4, 30) }
    }
}

/// `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay {
    minutes: u64,
}

impl TimeOfDay {
    pub(crate) const fn new(hours: u64, minutes: u64) -> Self {
        Self { minutes: hours * 60 + minutes }
    }

    /// Hour and minute.
    #[must_use]
    pub fn hour_and_minute(self) -> (u64, u64) {
        (self.minutes / 60, self.minutes % 60)
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hour, minute) = self.hour_and_minute();
        write!(f, "{hour:02}:{minute:02}")
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let number = |text: &str, limit: u64| {
                let is_two_digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
                text.parse::<u64>().ok().filter(|number| is_two_digits && *number < limit)
            };
            Some(Self { minutes: number(hours, 24)? * 60 + number(minutes, 60)? })
        };
        read().ok_or("must be a time of day as 04:30")
    }
}

impl Daily {
    /// Whether it is time: the hour has come since the books were last compared, and the last try, if that failed, is an
    /// hour ago. All in Unix milliseconds.
    #[must_use]
    pub fn is_due(&self, now: u64, last_good: u64, last_try: u64) -> bool {
        let since_midnight = self.at.minutes * 60_000;
        let hour = now.saturating_sub(since_midnight) / DAY_MS * DAY_MS + since_midnight;
        self.daily && last_good < hour && hour <= now && now.abs_diff(last_try) >= HOUR_MS
    }
}

impl Books {
    /// Compares the books each day, for as long as the runtime lives. A day that was missed is made up for; a proxy that
    /// never compared them begins with the next day's hour.
    pub fn keep(self, daily: Daily) {
        tokio::spawn(async move {
            let started = clock::unix_ms();
            let mut last_try = 0;
            loop {
                let last_good = match self.desk().store().last_run().await {
                    Ok(run) => run.map_or(started, |run| run.at),
                    Err(_) => clock::unix_ms(),
                };
                if daily.is_due(clock::unix_ms(), last_good, last_try) {
                    last_try = clock::unix_ms();
                    // A failure is logged and counted where it happens.
                    let _ = self.reconcile(None).await;
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }
}
