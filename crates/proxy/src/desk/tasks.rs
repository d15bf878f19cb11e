//! What the desk does by itself: effects, each in a task of its own, and waking orders in time.

use super::Desk;
use crate::clock;
use crate::trace::Span;
use payment::{
    api::{NotCharged, Reason},
    attempt::AttemptId,
    order::{Effect, Event, Order, Submission},
};
use std::time::Duration;
use tracing::Instrument as _;

/// Between two attempts to store what happened to an order.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// The machine's clock may be moved; this is how long it can mislead us.
const LONGEST_SLEEP_MS: u64 = 60_000;

impl Desk {
    /// Carries out the effects of an order that is stored.
    pub(super) fn carry_out(&self, order: &Order, effects: Vec<Effect>) {
        let id = &order.terms.attempt;
        for effect in effects {
            let order = order.clone();
            match effect {
                Effect::Submit => {
                    self.begin(id, async move |desk, span| desk.submit(order, &span).await);
                }
                Effect::Ask => self.begin(id, async move |desk, span| {
                    let id = &order.terms.attempt;
                    let asked = desk.0.gateway.ask(&order);
                    let answer = desk.traces().call_gateway(&span, id, "status", asked).await;
                    desk.tell(id, Event::Status(answer)).await;
                }),
                Effect::SendAdvice => self.begin(id, async move |desk, span| {
                    let id = &order.terms.attempt;
                    let card = desk.cards().get(id).cloned();
                    let taken = match card {
                        Some(card) => {
                            let sent = desk.0.gateway.advise(&order, &card);
                            desk.traces().call_gateway(&span, id, "advice", sent).await
                        }
                        None => false,
                    };
                    desk.tell(id, Event::AdviceAnswered { taken }).await;
                }),
                Effect::SendLater { nth } => self.begin(id, async move |desk, span| {
                    let id = &order.terms.attempt;
                    let Some(later) = order.later.get(nth) else { return };
                    let sent = desk.0.gateway.later(&order, later);
                    let end = desk.traces().call_gateway(&span, id, later.kind.word(), sent).await;
                    tracing::info!(attempt = %id, kind = ?later.kind, ?end, "later transaction sent");
                    desk.tell(id, Event::LaterSent { nth, end }).await;
                }),
                Effect::ForgetCardData => drop(self.cards().remove(id)),
                Effect::Alarm(what) => {
                    tracing::error!(attempt = %id, what, "alarm");
                    self.0.metrics.alarm();
                }
            }
        }
    }

    /// Begins a task of its own, which is a step of this payment's trace.
    fn begin<F: Future<Output = ()> + Send + 'static>(
        &self,
        id: &AttemptId,
        work: impl FnOnce(Self, Span) -> F,
    ) {
        let span = Span::of(id);
        let log = span.log.clone();
        tokio::spawn(work(self.clone(), span).instrument(log));
    }

    async fn submit(&self, order: Order, span: &Span) {
        let id = &order.terms.attempt;
        let card = self.cards().remove(id);
        let end = match card {
            Some(card) => {
                let sent = self.0.gateway.submit(&order, &card);
                self.traces().call_gateway(span, id, order.terms.kind.word(), sent).await
            }
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
            self.begin(&id.clone(), async move |desk, _| desk.tell(&id, Event::Tick).await);
        }
        followed.next_due().map_or(LONGEST_SLEEP_MS, |at| at.saturating_sub(now).min(LONGEST_SLEEP_MS))
    }
}
