//! Where orders are worked on: one event at a time each, stored before anything is done about it.

mod followed;
mod tasks;
mod turns;
mod watchers;

use crate::fingerprint::Fingerprints;
use crate::gateway::Gateway;
use crate::metrics::Metrics;
use crate::store::{Attempt, Claim, Store, StoreError};
use crate::{clock, problem::Problem};
use followed::Followed;
use payment::{
    api::{Abandon, Abandoned, Advice, PaymentView, StartPayment},
    attempt::AttemptId,
    order::{Effect, Event, Order, Rules, State, Transfer},
    secret::EncryptedData,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use turns::Turns;
pub(crate) use watchers::Watcher;
use watchers::Watchers;

/// Drives [`Order`]s: the only place that hands them events and carries out their effects.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    store: Box<dyn Store>,
    gateway: Box<dyn Gateway>,
    rules: Rules,
    metrics: Arc<Metrics>,
    /// Whoever has an order's turn may change it, here and in the store.
    turns: Turns,
    followed: Mutex<Followed>,
    /// Card data that the gateway has not taken yet.
    cards: Mutex<HashMap<AttemptId, EncryptedData>>,
    /// Some order's time to wake has changed.
    rescheduled: Notify,
    watchers: Watchers,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    /// Opens the desk: takes up every order that a stop or a crash has left, and follows orders from now on by itself.
    /// Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn open(
        store: impl Store + 'static,
        gateway: impl Gateway + 'static,
        rules: Rules,
        metrics: Arc<Metrics>,
    ) -> Result<Self, StoreError> {
        let left = store.followed().await?;
        let desk = Self(Arc::new(Inner {
            store: Box::new(store),
            gateway: Box::new(gateway),
            rules,
            metrics,
            turns: Turns::default(),
            followed: Mutex::default(),
            cards: Mutex::default(),
            rescheduled: Notify::new(),
            watchers: Watchers::default(),
        }));
        let mut taken_up = JoinSet::new();
        for order in left {
            let (desk, id) = (desk.clone(), order.terms.attempt.clone());
            desk.followed().put(order);
            taken_up.spawn(async move { desk.apply(&id, Event::Restarted).await });
        }
        for applied in taken_up.join_all().await {
            applied?;
        }
        desk.wake_in_time();
        Ok(desk)
    }

    /// Takes a payment: stored, then submitted by a task of its own. The same body again is the same payment.
    ///
    /// # Errors
    /// [`Problem`] when the id is another payment's, was abandoned, or the card reading was used.
    pub async fn start(&self, payment: StartPayment) -> Result<PaymentView, Problem> {
        let desk = self.clone();
        detached(async move {
            let prints =
                Fingerprints::of(&payment, desk.0.store.card_key()).map_err(|_| Problem::Malformed)?;
            let id = payment.terms.attempt.clone();
            let now = clock::unix_ms();
            let (mut order, effects) = Order::accept(payment.terms.clone(), now);
            order.endpoint = desk.endpoint(&order);
            let _turn = desk.0.turns.take(&id).await;
            let attempt = Attempt::Taken(order.clone(), prints);
            match desk.0.store.claim(&id, &attempt, now).await? {
                Claim::Won => {
                    tracing::info!(attempt = %id, amount = %order.terms.amount, "payment taken");
                    desk.0.metrics.accepted();
                    desk.cards().insert(id.clone(), payment.encrypted_data);
                    desk.follow(&order);
                    desk.carry_out(&order, effects);
                    Ok(desk.view(&order))
                }
                Claim::CardUsed => Err(Problem::CardUsed),
                Claim::Known(known) => match *known {
                    Attempt::Taken(order, before) if before.body == prints.body => Ok(desk.view(&order)),
                    Attempt::Taken(..) => Err(Problem::OtherPayment),
                    Attempt::Abandoned | Attempt::Sought(_) => Err(Problem::Abandoned),
                },
            }
        })
        .await
    }

    /// Sees to it that nothing will ever be submitted under this id, unless that has happened.
    ///
    /// # Errors
    /// [`Problem`] when the store fails.
    pub async fn abandon(&self, abandon: Abandon) -> Result<Abandoned, Problem> {
        let desk = self.clone();
        detached(async move {
            let id = abandon.terms.attempt.clone();
            let now = clock::unix_ms();
            let search = abandon.sent.then(|| {
                let (mut order, effects) = Order::search(abandon.terms, now);
                order.endpoint = desk.endpoint(&order);
                (order, effects)
            });
            let _turn = desk.0.turns.take(&id).await;
            let attempt =
                search.as_ref().map_or(Attempt::Abandoned, |(order, _)| Attempt::Sought(order.clone()));
            let order = match desk.0.store.claim(&id, &attempt, now).await? {
                Claim::Known(known) => known.order(),
                Claim::Won | Claim::CardUsed => search.map(|(order, effects)| {
                    desk.follow(&order);
                    desk.carry_out(&order, effects);
                    order
                }),
            };
            tracing::info!(attempt = %id, known = order.is_some(), "payment abandoned");
            Ok(order.map_or(Abandoned::NotCharged, |order| Abandoned::Known(Box::new(desk.view(&order)))))
        })
        .await
    }

    /// Takes the card's decision; its data is held in memory until the gateway has it.
    ///
    /// # Errors
    /// [`Problem`] when the payment is not known or the store fails.
    pub async fn advise(&self, id: AttemptId, advice: Advice) -> Result<PaymentView, Problem> {
        let decided = Event::CardDecided { approved: advice.approved };
        self.turn(id, decided, Some(advice.encrypted_data)).await
    }

    /// Hands an event from the page or the gateway's callback to an order.
    ///
    /// # Errors
    /// [`Problem`] when the payment is not known or the store fails.
    pub async fn handle(&self, id: AttemptId, event: Event) -> Result<PaymentView, Problem> {
        self.turn(id, event, None).await
    }

    async fn turn(
        &self,
        id: AttemptId,
        event: Event,
        card: Option<EncryptedData>,
    ) -> Result<PaymentView, Problem> {
        let desk = self.clone();
        detached(async move {
            let order = desk.apply_with(&id, event, card).await?.ok_or(Problem::UnknownPayment)?;
            Ok(desk.view(&order))
        })
        .await
    }

    /// How a payment stands.
    ///
    /// # Errors
    /// [`Problem`] when it is not known or the store fails.
    pub async fn payment(&self, id: &AttemptId) -> Result<PaymentView, Problem> {
        let order = self.0.store.find(id).await?.and_then(Attempt::order);
        order.map(|order| self.view(&order)).ok_or(Problem::UnknownPayment)
    }

    /// Every payment that is followed, and the latest others.
    ///
    /// # Errors
    /// [`Problem`] when the store fails.
    pub async fn payments(&self, limit: u32) -> Result<Vec<PaymentView>, Problem> {
        Ok(self.0.store.recent(limit).await?.iter().map(|order| self.view(order)).collect())
    }

    /// How many orders are followed, and how many of them need a person.
    #[must_use]
    pub fn workload(&self) -> (usize, usize) {
        let followed = self.followed();
        let need_person = followed.orders().filter(|order| order.needs_person.is_some()).count();
        (followed.orders().len(), need_person)
    }

    /// The memory behind the desk.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// Whoever moves the money.
    #[must_use]
    pub fn gateway(&self) -> &dyn Gateway {
        &*self.0.gateway
    }

    fn endpoint(&self, order: &Order) -> String {
        self.0.gateway.endpoint(order.terms.amount.currency).to_owned()
    }

    async fn apply(&self, id: &AttemptId, event: Event) -> Result<Option<Order>, StoreError> {
        self.apply_with(id, event, None).await
    }

    /// One turn: the next order is stored, and only then its effects are carried out.
    async fn apply_with(
        &self,
        id: &AttemptId,
        event: Event,
        card: Option<EncryptedData>,
    ) -> Result<Option<Order>, StoreError> {
        let _turn = self.0.turns.take(id).await;
        let followed = self.followed().get(id).cloned();
        let before = match followed {
            Some(order) => order,
            None => match self.0.store.find(id).await?.and_then(Attempt::order) {
                Some(order) => order,
                None => return Ok(None),
            },
        };
        let (order, effects) = before.clone().handle(event, &self.0.rules, clock::unix_ms());
        if order != before {
            self.0.store.update(&order).await?;
            self.0.watchers.ring(id);
        }
        if let Some(card) = card.filter(|_| effects.contains(&Effect::SendAdvice)) {
            self.cards().insert(id.clone(), card);
        }
        self.note(&before, &order);
        self.follow(&order);
        self.carry_out(&order, effects);
        Ok(Some(order))
    }

    /// Follows an order on from how it was stored last, or no longer.
    fn follow(&self, order: &Order) {
        self.followed().put(order.clone());
        self.0.rescheduled.notify_one();
    }

    fn note(&self, before: &Order, order: &Order) {
        let id = &order.terms.attempt;
        if let State::Final(outcome) = &order.state
            && before.state != order.state
        {
            tracing::info!(attempt = %id, ?outcome, "payment is final");
            self.0.metrics.finished(outcome);
        }
        let is_back = |order: &Order| order.give_back.as_ref().is_some_and(|g| g.transfer == Transfer::Done);
        if is_back(order) && !is_back(before) {
            tracing::info!(attempt = %id, "payment was given back");
            self.0.metrics.given_back();
        }
        if let Some(fact) = &order.needs_person
            && before.needs_person.is_none()
        {
            tracing::error!(attempt = %id, order = order.order_id, fact, "payment needs a person");
        }
    }

    fn view(&self, order: &Order) -> PaymentView {
        order.view(&self.0.rules, clock::unix_ms())
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.0.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cards(&self) -> MutexGuard<'_, HashMap<AttemptId, EncryptedData>> {
        self.0.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs to its end even if the caller goes away: a page that disconnects changes nothing.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or(Err(Problem::Internal))
}
