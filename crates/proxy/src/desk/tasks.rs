//! What the desk does by itself: effects, each in a task of its own, and waking orders in time.

use super::Desk;
use crate::clock;
use payment::{
    api::{NotCharged, Reason},
    attempt::AttemptId,
    order::{Effect, Event, Order, Submission},
};
use std::time::Duration;

/// Between two attempts to store what happened to an order.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// The machine's clock may be moved; this is how long it can mislead us.
const LONGEST_SLEEP_MS: u64 = 60_000;

impl Desk {
    /// Carries out the effects of an order that is stored.
    pub(super) fn carry_out(&self, order: &Order, effects: Vec<Effect>) {
        for effect in effects {
            let (desk, order) = (self.clone(), order.clone());
            match effect {
                Effect::Submit => drop(tokio::spawn(async move { desk.submit(order).await })),
                Effect::Ask => drop(tokio::spawn(async move {
                    let answer = desk.0.gateway.ask(&order).await;
                    desk.tell(&order.terms.attempt, Event::Status(answer)).await;
                })),
                Effect::SendAdvice => drop(tokio::spawn(async move {
                    let card = desk.cards().get(&order.terms.attempt).cloned();
                    let taken = match card {
                        Some(card) => desk.0.gateway.advise(&order, &card).await,
                        None => false,
                    };
                    desk.tell(&order.terms.attempt, Event::AdviceAnswered { taken }).await;
                })),
                Effect::SendLater { nth } => drop(tokio::spawn(async move {
                    let Some(later) = order.later.get(nth) else { return };
                    let end = desk.0.gateway.later(&order, later).await;
                    tracing::info!(attempt = %order.terms.attempt, kind = ?later.kind, ?end, "later transaction sent");
                    desk.tell(&order.terms.attempt, Event::LaterSent { nth, end }).await;
                })),
                Effect::ForgetCardData => drop(self.cards().remove(&order.terms.attempt)),
                Effect::Alarm(what) => {
                    tracing::error!(attempt = %order.terms.attempt, what, "alarm");
                    self.0.metrics.alarm();
                }
            }
        }
    }

    async fn submit(&self, order: Order) {
        let id = &order.terms.attempt;
        let card = self.cards().remove(id);
        let end = match card {
            Some(card) => self.0.gateway.submit(&order, &card).await,
            None => Submission::Refused(NotCharged::NeverSent, Reason::default()),
        };
        tracing::info!(attempt = %id, ?end, "payment submitted");
        self.tell(id, Event::Submitted(end)).await;
    }

    /// Hands over what only this process knows, so a store that fails is tried until it works.
    async fn tell(&self, id: &AttemptId, event: Event) {
        while let Err(error) = self.apply(id, event.clone()).await {
            self.0.metrics.store_failed();
            tracing::error!(attempt = %id, %error, "what became of an order cannot be stored yet");
            tokio::time::sleep(STORE_PAUSE).await;
        }
    }

    /// Wakes each order at its time, for as long as the runtime lives.
    pub(super) fn wake_in_time(&self) {
        let desk = self.clone();
        tokio::spawn(async move {
            loop {
                let wait = Duration::from_millis(desk.wake_due());
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = desk.0.rescheduled.notified() => {}
                }
            }
        });
    }

    /// Wakes what is due, each in a task of its own, and answers how many milliseconds nothing will be.
    fn wake_due(&self) -> u64 {
        let now = clock::unix_ms();
        let mut followed = self.followed();
        for id in followed.due(now) {
            let desk = self.clone();
            tokio::spawn(async move { desk.tell(&id, Event::Tick).await });
        }
        followed.next_due().map_or(LONGEST_SLEEP_MS, |at| at.saturating_sub(now).min(LONGEST_SLEEP_MS))
    }
}
