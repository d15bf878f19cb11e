//! What the desk tells of payments that were, and what it forgets of them.

use super::{Desk, detached};
use crate::problem::Problem;
use crate::store::history::Place;
use crate::store::{Attempt, StoreError};
use crate::{clock, speech};
use payment::api::{Happened, Personal, Source, Trace, What};
use payment::attempt::AttemptId;
use payment::order::Order;

/// How many orders are looked through at once when personal data is erased.
const AT_ONCE: u32 = 200;

impl Desk {
    /// Every step of a payment, the oldest first: what the till sent, what was written down since, and what was called
    /// back.
    ///
    /// # Errors
    /// [`Problem`] when the payment is not known or the store fails.
    pub async fn timeline(&self, id: &AttemptId) -> Result<Vec<Happened>, Problem> {
        let store = self.store();
        let attempt = store.find(id).await?;
        let what = if matches!(attempt, Some(Attempt::Sought(_))) { What::Sought } else { What::Taken };
        let order = attempt.and_then(Attempt::order).ok_or(Problem::UnknownPayment)?;
        let detail = Some(speech::amount(order.terms.amount, self.say()));
        let mut all = vec![Happened { at: order.accepted_at, source: Source::Page, what, detail }];
        all.extend(store.steps(id).await?);
        all.extend(store.heard(id.as_str()).await?.into_iter().map(|heard| {
            let sum =
                heard.amount.iter().chain(&heard.currency).map(|part| format!(" {part}")).collect::<String>();
            let detail = Some(format!("{} {}{sum}", heard.transaction_type, heard.status));
            Happened { at: heard.received_at, source: Source::Callback, what: What::CalledBack, detail }
        }));
        all.sort_by_key(|happened| happened.at);
        Ok(all)
    }

    /// What was asked and answered about a payment, as far as it is remembered.
    ///
    /// # Errors
    /// [`Problem`] when nothing is remembered, and the payment is not known or the store fails.
    pub(crate) async fn trace(&self, id: &AttemptId) -> Result<Trace, Problem> {
        if let Some(trace) = self.traces().of(id) {
            return Ok(trace);
        }
        self.store().find(id).await?.ok_or(Problem::UnknownPayment)?;
        Ok(self.traces().nothing(id))
    }

    /// Erases these of a customer's data from a payment whose money is settled. `false` where it is not settled, or
    /// nothing is left to erase.
    ///
    /// # Errors
    /// [`Problem`] when the payment is not known or the store fails.
    pub async fn erase(&self, id: AttemptId, which: &'static [Personal]) -> Result<bool, Problem> {
        let desk = self.clone();
        detached(async move {
            let _turn = desk.0.turns.take(&id).await;
            let order = desk.0.store.find(&id).await?.and_then(Attempt::order);
            let mut order = order.ok_or(Problem::UnknownPayment)?;
            let is_erased = order.erase(which);
            if is_erased {
                desk.0.store.update(&order, &[erased(which, desk.say())]).await?;
                desk.0.watchers.ring(&id);
            }
            Ok(is_erased)
        })
        .await
    }

    /// Erases these of every payment that was taken before then and is settled; answers of how many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn erase_before(
        &self,
        then: u64,
        which: &'static [Personal],
    ) -> Result<u64, StoreError> {
        let search = crate::store::history::Search { to: Some(then), ..Default::default() };
        let (mut after, mut count): (Option<Place>, u64) = (None, 0);
        loop {
            let orders = self.store().page(&search, after.as_ref(), AT_ONCE).await?;
            let Some(last) = orders.last() else { return Ok(count) };
            after = Some(Place::of(last));
            let has_some = |order: &&Order| which.iter().any(|personal| !order.erased.contains(personal));
            for order in orders.iter().filter(has_some) {
                // One that cannot be erased now is tried again the next day.
                if let Ok(true) = self.erase(order.terms.attempt.clone(), which).await {
                    count += 1;
                }
            }
        }
    }
}

fn erased(which: &[Personal], say: &language::Proxy) -> Happened {
    let names: Vec<_> = which
        .iter()
        .map(|personal| match personal {
            Personal::Names => say.step_name(),
            Personal::Last4 => say.step_card_number(),
            Personal::Emails => say.step_email(),
        })
        .collect();
    let detail = Some(names.join(", "));
    Happened { at: clock::unix_ms(), source: Source::Proxy, what: What::Erased, detail }
}
