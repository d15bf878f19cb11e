//! Closing the day at the shop's hour, by itself. It never closes over what is not final: it tells staff.

use super::CloseDaySettings;
use crate::clock;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::store::ledger::Raised;
use payment::money::Currency;
use payment::settlement::{CloseNow, Closing, ClosingState};
use std::time::Duration;

/// So long after the hour it is still tried. Later it would surprise a shop that sells again.
pub const LATE_MS: u64 = 60 * 60_000;
/// The machine's clock may be moved; this is how long it can mislead us.
const LOOK: Duration = Duration::from_secs(20);

impl CloseDaySettings {
    /// Closes each day at its hour, for as long as the runtime lives.
    pub fn keep(self, desk: Desk, currency: Currency) {
        let Some(at) = self.at.filter(|_| self.needed) else { return };
        let (hour, minute) = at.hour_and_minute();
        tokio::spawn(async move {
            let started = clock::unix_ms();
            loop {
                let now = clock::unix_ms();
                let due = self.time_zone.latest(hour, minute, now);
                if let Err(error) = close_if_due(&desk, currency, started, due, now).await {
                    tracing::error!(%error, "the day cannot be closed by itself");
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }
}

/// Closes the day that was due at `due`, unless that was done; or tells why not. `started` is when the proxy was. All in
/// Unix milliseconds.
///
/// # Errors
/// [`StoreError`]
pub async fn close_if_due(
    desk: &Desk,
    currency: Currency,
    started: u64,
    due: u64,
    now: u64,
) -> Result<(), StoreError> {
    let last = desk.closing().await;
    let is_done = |last: &Closing| last.until >= due && !matches!(last.state, ClosingState::Refused { .. });
    // What was due before there was a proxy was nobody's to do.
    let is_done = last.as_ref().is_some_and(|last| is_done(last) || last.is_open());
    if is_done || (last.is_none() && due < started) {
        return Ok(());
    }
    let text = if now.saturating_sub(due) < LATE_MS {
        match desk
            .close_day(CloseNow { since: desk.day_since().await?, confirm_open: vec![] }, None, currency)
            .await
        {
            Ok(()) => return Ok(()),
            Err(Problem::OpenOrders) => desk.say().day_has_open(),
            Err(error) => {
                tracing::warn!(%error, "the day is not closed yet");
                return Ok(());
            }
        }
    } else {
        desk.say().day_not_at_its_hour()
    };
    let notice = Raised {
        subject: format!("close-day:{due}"),
        title: desk.say().day_not_closed_title().to_owned(),
        text: text.to_owned(),
    };
    desk.store().raise(&notice, now).await
}
