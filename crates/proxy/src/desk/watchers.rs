//! Who wants to hear that a payment has changed.

use super::Desk;
use crate::problem::Problem;
use payment::{api::PaymentView, attempt::AttemptId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// A bell for each payment that somebody watches; `None` once the desk is closed. What a bell says is only "look again":
/// whoever hears it late, or two as one, reads how the payment stands now, and nothing is kept for who is slow.
pub(super) struct Watchers(Mutex<Option<HashMap<AttemptId, watch::Sender<()>>>>);

impl Default for Watchers {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl Watchers {
    /// The order of this id was stored.
    pub(super) fn ring(&self, id: &AttemptId) {
        if let Some(bell) = self.bells().as_ref().and_then(|bells| bells.get(id)) {
            bell.send_replace(());
        }
    }

    fn bells(&self) -> MutexGuard<'_, Option<HashMap<AttemptId, watch::Sender<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches one payment for as long as it lives.
#[derive(Debug)]
pub(crate) struct Watcher {
    desk: Desk,
    id: AttemptId,
    /// `None` if the desk was closed before.
    bell: Option<watch::Receiver<()>>,
}

impl Desk {
    /// Watches a payment, whether it is known or not: everything that is stored from here on is heard.
    pub(crate) fn watch(&self, id: AttemptId) -> Watcher {
        let mut bells = self.0.watchers.bells();
        let bell = bells.as_mut().map(|bells| bells.entry(id.clone()).or_default().subscribe());
        drop(bells);
        self.0.metrics.watcher_came();
        Watcher { desk: self.clone(), id, bell }
    }

    /// Ends every watch, so that a stop has to wait for nobody. Payments are followed on.
    pub fn close(&self) {
        drop(self.0.watchers.bells().take());
    }
}

impl Watcher {
    /// How the payment stands.
    ///
    /// # Errors
    /// [`Problem`] when it is not known or the store fails.
    pub(crate) async fn look(&self) -> Result<PaymentView, Problem> {
        self.desk.payment(&self.id).await
    }

    /// Waits until it was stored again since this was last asked; `false` once the desk is closed.
    pub(crate) async fn changed(&mut self) -> bool {
        match &mut self.bell {
            Some(bell) => bell.changed().await.is_ok(),
            None => false,
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.desk.0.metrics.watcher_left();
        let mut bells = self.desk.0.watchers.bells();
        drop(self.bell.take());
        if let Some(bells) = bells.as_mut()
            && bells.get(&self.id).is_some_and(|bell| bell.receiver_count() == 0)
        {
            bells.remove(&self.id);
        }
    }
}
