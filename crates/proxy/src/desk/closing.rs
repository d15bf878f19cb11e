//! Closing the day: the one closing that goes on, stored before it is sent, and what may not happen meanwhile.

use super::{Desk, detached};
use crate::clock;
use crate::problem::Problem;
use crate::settlement::moved;
use crate::speech;
use crate::store::StoreError;
use crate::store::ledger::Raised;
use payment::attempt::AttemptId;
use payment::money::Currency;
use payment::settlement::{
    CloseNow, Closing, ClosingEvent, ClosingId, ClosingState, DayTotals, Movement, Period, Report, Totals,
};
use std::time::Duration;

/// Between two attempts to store what became of a closing.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// The machine's clock may be moved; this is how long it can mislead us.
const LONGEST_SLEEP_MS: u64 = 60_000;

/// What orders have to know of closings. Orders are changed under a reader's lock and counted under the writer's, so
/// that each of them is on one side of the end of a day.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// The closing that was begun last.
    pub(super) closing: Option<Closing>,
    /// The end of the last day or shift that was counted, in Unix milliseconds.
    cut: u64,
}

impl Day {
    /// The time that an order is given: never before what was counted, also where the machine's clock was set back.
    pub(super) fn now(&self) -> u64 {
        clock::unix_ms().max(self.cut)
    }

    /// The first moment after everything that was taken.
    fn end(&self) -> u64 {
        self.now().saturating_add(1)
    }

    /// Whether payments cannot pass.
    pub(super) fn is_gate_closing(&self) -> bool {
        self.closing.as_ref().is_some_and(Closing::is_gate_closing)
    }
}

impl Desk {
    /// Takes up a closing that a stop has left.
    pub(super) async fn take_up_closing(&self) -> Result<(), StoreError> {
        {
            let mut day = self.0.day.write().await;
            day.closing = self.0.store.last_closing().await?;
            let shift = self.0.store.report(None).await?.map_or(0, |report| report.until);
            day.cut = day.closing.as_ref().map_or(0, |closing| closing.until).max(shift);
        }
        self.apply_to_closing(ClosingEvent::Restarted).await?;
        let desk = self.clone();
        tokio::spawn(async move {
            loop {
                let wait = Duration::from_millis(desk.wake_closing().await);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = desk.0.closing_changed.notified() => {}
                }
            }
        });
        Ok(())
    }

    /// The closing that was begun last.
    pub async fn closing(&self) -> Option<Closing> {
        self.0.day.read().await.closing.clone()
    }

    /// When the gateway was last asked, while it is closing the day.
    pub async fn gate_closing(&self) -> Option<u64> {
        let closing = self.closing().await.filter(Closing::is_gate_closing)?;
        Some(closing.asked_at.max(closing.until))
    }

    /// Where the day begins that is not closed yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn day_since(&self) -> Result<u64, StoreError> {
        Ok(self.0.store.last_closed().await?.map_or(0, |closing| closing.until))
    }

    /// What the open day adds up to, and what of it is not final.
    ///
    /// # Errors
    /// [`Problem`] when the store fails, or there is too much to count.
    pub async fn open_day(&self) -> Result<(Totals, Vec<Movement>), Problem> {
        let day = self.0.day.read().await;
        let (_, counted, open) = self.count(day.end()).await?;
        Ok((Totals::of(&counted)?, open))
    }

    async fn count(&self, until: u64) -> Result<(Period, Vec<Movement>, Vec<Movement>), Problem> {
        let first = Period { until, ..Period::default() };
        let last = self.0.store.last_closed().await?;
        let period = last.map_or(first, |closing| closing.day_after(until));
        let (counted, open) = period.sort(moved(self.store(), &period).await?);
        Ok((period, counted, open))
    }

    /// Begins to close the day, or asks again for the one that goes on. Nothing happens where the day is not the one that
    /// begins at `since`.
    ///
    /// # Errors
    /// [`Problem`] when orders are not final that are not confirmed, or the store fails.
    pub async fn close_day(
        &self,
        wanted: CloseNow,
        by: Option<String>,
        currency: Currency,
    ) -> Result<(), Problem> {
        if self.closing().await.is_some_and(|closing| closing.is_open()) {
            self.apply_to_closing(ClosingEvent::AskNow).await?;
            return Ok(());
        }
        let desk = self.clone();
        detached(async move { desk.begin_closing(wanted, by, currency).await }).await
    }

    async fn begin_closing(
        &self,
        wanted: CloseNow,
        by: Option<String>,
        currency: Currency,
    ) -> Result<(), Problem> {
        {
            let mut day = self.0.day.write().await;
            if day.closing.as_ref().is_some_and(Closing::is_open) {
                return Ok(());
            }
            let until = day.end();
            let (period, counted, open) = self.count(until).await?;
            if period.from != wanted.since {
                return Err(Problem::Over);
            }
            if open.iter().any(|movement| !wanted.confirm_open.contains(&movement.attempt)) {
                return Err(Problem::OpenOrders);
            }
            let ours = Totals::of(&counted)?.of_day(currency)?;
            let mut random = [0; AttemptId::LEN];
            getrandom::fill(&mut random).map_err(|_| StoreError::Random)?;
            let closing = Closing::begin(ClosingId::from_random(random), &period, ours, open, by);
            self.0.store.save_closing(&closing, None).await?;
            tracing::info!(closing = %closing.id, "closing the day");
            day.cut = until;
            day.closing = Some(closing);
        }
        self.apply_to_closing(ClosingEvent::Tick).await?;
        Ok(())
    }

    /// Closes the shift that begins at `from`: its Z report. Asked for again, it is the same one.
    ///
    /// # Errors
    /// [`Problem`] when another shift goes on, or the store fails.
    pub async fn close_shift(&self, from: u64, till: String, by: Option<String>) -> Result<Report, Problem> {
        let desk = self.clone();
        detached(async move {
            let mut day = desk.0.day.write().await;
            let last = desk.0.store.report(None).await?;
            match last {
                Some(last) if last.from == from && last.until != from => return Ok(last),
                Some(last) if last.until != from => return Err(Problem::Over),
                None if from != 0 => return Err(Problem::Over),
                _ => {}
            }
            let until = day.end();
            let number = last_number(desk.0.store.report(None).await?.as_ref());
            let report = desk.shift(until, till).await?.closed(number, by);
            desk.0.store.save_report(&report).await?;
            day.cut = until;
            Ok(report)
        })
        .await
    }

    /// The X report of this moment.
    ///
    /// # Errors
    /// [`Problem`] when the store fails, or there is too much to count.
    pub async fn open_shift(&self, till: String) -> Result<Report, Problem> {
        let day = self.0.day.read().await;
        self.shift(day.end(), till).await
    }

    async fn shift(&self, until: u64, till: String) -> Result<Report, Problem> {
        let last = self.0.store.report(None).await?;
        let first = Period { until, ..Period::default() };
        let period = last.map_or(first, |report| report.period_after(until));
        Ok(Report::of(till, &period, moved(self.store(), &period).await?)?)
    }

    /// One step: the next closing is stored, and only then its request is sent.
    async fn apply_to_closing(&self, event: ClosingEvent) -> Result<(), StoreError> {
        let mut day = self.0.day.write().await;
        let Some(before) = day.closing.clone() else { return Ok(()) };
        let (closing, send) = before.clone().handle(event, &self.0.closing_rules, clock::unix_ms());
        if closing != before {
            self.0.store.save_closing(&closing, notice(&before, &closing, self.say()).as_ref()).await?;
            day.closing = Some(closing.clone());
            self.0.closing_changed.notify_one();
        }
        if before.state != closing.state {
            tracing::info!(closing = %closing.id, state = ?closing.state, "the closing of the day goes on");
        }
        if send {
            self.send_closing(closing);
        }
        Ok(())
    }

    fn send_closing(&self, closing: Closing) {
        let desk = self.clone();
        tokio::spawn(async move {
            let reply = desk.0.gateway.close_day(&closing).await;
            desk.tell_closing(ClosingEvent::Answered(reply)).await;
        });
    }

    /// Hands over what only this process knows, so a store that fails is tried until it works.
    async fn tell_closing(&self, event: ClosingEvent) {
        while let Err(error) = self.apply_to_closing(event.clone()).await {
            self.0.metrics.store_failed();
            tracing::error!(%error, "what became of a closing cannot be stored yet");
            tokio::time::sleep(STORE_PAUSE).await;
        }
    }

    /// Wakes a closing that is due, and answers how many milliseconds nothing will be.
    async fn wake_closing(&self) -> u64 {
        let now = clock::unix_ms();
        let due = |day: &Day| day.closing.as_ref().and_then(Closing::wake_at);
        let at = due(&*self.0.day.read().await);
        if at.is_some_and(|at| at <= now) {
            self.tell_closing(ClosingEvent::Tick).await;
        }
        let at = due(&*self.0.day.read().await);
        at.map_or(LONGEST_SLEEP_MS, |at| at.saturating_sub(now).min(LONGEST_SLEEP_MS))
    }
}

fn last_number(last: Option<&Report>) -> u64 {
    last.and_then(|report| report.number).unwrap_or_default().saturating_add(1)
}

/// What staff have to hear of a closing, whoever began it.
fn notice(before: &Closing, after: &Closing, say: &language::Proxy) -> Option<Raised> {
    let sums = |day: &DayTotals| {
        let [sales, returned] =
            [day.sale.amount, day.reversal.amount].map(|amount| speech::amount(amount, say));
        say.day_sums(&sales, &returned)
    };
    let (about, title, text) = match &after.state {
        _ if before.state == after.state && before.is_open() == after.is_open() => return None,
        ClosingState::Differs { answer } => {
            let theirs = answer.totals.as_ref().map(sums).unwrap_or_default();
            ("Totals differ", say.totals_differ_title(), say.totals_differ(&sums(&after.ours), &theirs))
        }
        ClosingState::Unknown { .. } if !after.is_open() => {
            ("Day not known to be closed", say.day_not_known_title(), say.day_not_known().to_owned())
        }
        _ => return None,
    };
    Some(Raised { subject: format!("closing:{}:{about}", after.id), title: title.to_owned(), text })
}
