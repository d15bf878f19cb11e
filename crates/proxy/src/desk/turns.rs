//! One event at a time for each order, while other orders have theirs.

use payment::attempt::AttemptId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

type Queues = HashMap<AttemptId, Arc<tokio::sync::Mutex<()>>>;

/// A queue for each order that somebody works on or waits for, first come, first served.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Queues>);

/// The turn to work on an order: from reading it to storing it and beginning what follows.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    id: AttemptId,
    /// `None` while waiting.
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for the turn of this order, whether it is known or not.
    pub(super) async fn take(&self, id: &AttemptId) -> Turn<'_> {
        let queue = self.queues().entry(id.clone()).or_default().clone();
        let mut turn = Turn { turns: self, id: id.clone(), held: None };
        turn.held = Some(queue.lock_owned().await);
        turn
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        drop(self.held.take());
        // Whoever waits holds the queue as well, and nobody can come to it meanwhile.
        if queues.get(&self.id).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> AttemptId {
        AttemptId::from_random([n; 20])
    }

    #[tokio::test]
    async fn turns_of_one_order_come_one_after_the_other_and_leave_nothing() {
        let (turns, one, other) = (Turns::default(), id(1), id(2));
        let first = turns.take(&one).await;
        let mut second = Box::pin(turns.take(&one));
        let mut gone = Box::pin(turns.take(&one));
        let other = turns.take(&other).await;
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(gone.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(gone.as_mut().poll(&mut context).is_pending(), "the queue keeps its order");
        drop(second.await);
        // One that no longer waits does not hold the others up, nor the queue.
        drop(gone);
        drop(turns.take(&one).await);
        drop(other);
        assert!(turns.queues().is_empty());
    }
}
