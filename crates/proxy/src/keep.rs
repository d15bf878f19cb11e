//! How long a customer's data stays, and erasing it.

pub mod command;

use crate::books::daily::{Daily, TimeOfDay};
use crate::clock;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::store::StoreError;
use payment::api::Personal;
use payment::attempt::AttemptId;
use serde::Deserialize;
use std::time::Duration;

const DAY_MS: u64 = 24 * 3_600_000;
/// The machine's clock may be moved; this is how long it can mislead us.
const LOOK: Duration = Duration::from_secs(60);
const ALL: &[Personal] = &[Personal::Names, Personal::Last4, Personal::Emails];

/// After how many days the data of a settled payment is erased; without a number it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keep {
    /// Cardholders' names.
    pub names_days: Option<u32>,
    /// What is shown of card numbers, and their expiry.
    pub last4_days: Option<u32>,
    /// E-mail addresses.
    pub emails_days: Option<u32>,
    /// The time of day in UTC: the shop should be closed, as nothing else is stored for some seconds.
    pub at: TimeOfDay,
}

impl Default for Keep {
    fn default() -> Self {
        Self { names_days: None, last4_days: None, emails_days: None, at: TimeOfDay::new(3, 30) }
    }
}

impl Keep {
    /// Erases what is due now; answers how often something was.
    ///
    /// # Errors
    /// [`StoreError`]; what was erased before stays so.
    pub async fn erase_due(self, desk: &Desk, now: u64) -> Result<u64, StoreError> {
        let due: [(Option<u32>, &'static [Personal]); 3] = [
            (self.names_days, &[Personal::Names]),
            (self.last4_days, &[Personal::Last4]),
            (self.emails_days, &[Personal::Emails]),
        ];
        let mut count = 0;
        for (days, which) in due {
            if let Some(days) = days {
                count += desk.erase_before(before(now, days), which).await?;
            }
        }
        if count > 0 {
            desk.store().scrub().await?;
            tracing::info!(count, "personal data was erased");
        }
        Ok(count)
    }

    /// Erases what is due each day at its hour, for as long as the runtime lives.
    pub fn keep(self, desk: Desk) {
        tokio::spawn(async move {
            let daily = Daily { daily: true, at: self.at };
            let (mut last_good, mut last_try) = (clock::unix_ms(), 0);
            loop {
                let now = clock::unix_ms();
                if daily.is_due(now, last_good, last_try) {
                    last_try = now;
                    match self.erase_due(&desk, now).await {
                        Ok(_) => last_good = now,
                        Err(error) => tracing::error!(%error, "personal data cannot be erased"),
                    }
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }
}

/// Erases all of a payment's personal data.
///
/// # Errors
/// [`Problem`] when it is not known or the store fails.
pub async fn erase_order(desk: &Desk, id: AttemptId) -> Result<bool, Problem> {
    let is_erased = desk.erase(id, ALL).await?;
    desk.store().scrub().await?;
    Ok(is_erased)
}

/// Erases all personal data of payments older than so many days; answers of how many.
///
/// # Errors
/// [`StoreError`]
pub async fn erase_older(desk: &Desk, days: u32) -> Result<u64, StoreError> {
    let count = desk.erase_before(before(clock::unix_ms(), days), ALL).await?;
    desk.store().scrub().await?;
    Ok(count)
}

fn before(now: u64, days: u32) -> u64 {
    now.saturating_sub(u64::from(days).saturating_mul(DAY_MS))
}
