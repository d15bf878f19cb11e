//! Where orders are worked on: one event at a time each, stored before anything is done about it.

mod closing;
mod followed;
mod looking_back;
mod steps;
mod tasks;
mod turns;
mod watchers;

use crate::fingerprint::Fingerprints;
use crate::gateway::Gateway;
use crate::metrics::Metrics;
use crate::store::{Attempt, Claim, Store, StoreError};
use crate::trace::{Span, Traces};
use crate::{clock, notice, problem::Problem};
use closing::Day;
use followed::Followed;
use language::Language;
use payment::settlement::ClosingRules;
use payment::{
    api::{Abandon, Abandoned, Advice, LaterKind, LaterState, PaymentView, StartPayment},
    attempt::AttemptId,
    order::{Asked, Effect, Event, Later, Order, Rules, State, Step, Transfer},
    secret::EncryptedData,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use steps::Cause;
use tokio::sync::{Notify, RwLock};
use tokio::task::JoinSet;
use tracing::Instrument as _;
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
    /// Where the day stands. Taken after an order's turn, where both are.
    day: RwLock<Day>,
    closing_rules: ClosingRules,
    closing_changed: Notify,
    /// The shop's language.
    say: language::Proxy,
    traces: Traces,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    /// Opens the desk: takes up every order that a stop or a crash has left, and follows orders from now on by itself. What
    /// staff will read is written down in this language.
    /// Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn open(
        store: impl Store + 'static,
        gateway: impl Gateway + 'static,
        rules: Rules,
        metrics: Arc<Metrics>,
        language: Language,
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
            day: RwLock::default(),
            closing_rules: ClosingRules::default(),
            closing_changed: Notify::new(),
            say: language::Proxy::speaking(language),
            traces: Traces::default(),
        }));
        let mut taken_up = JoinSet::new();
        for order in left {
            let (desk, id) = (desk.clone(), order.terms.attempt.clone());
            desk.followed().put(order);
            let log = Span::of(&id).log;
            taken_up.spawn(async move { desk.apply(&id, Event::Restarted).await }.instrument(log));
        }
        for applied in taken_up.join_all().await {
            applied?;
        }
        desk.take_up_closing().await?;
        desk.wake_in_time();
        Ok(desk)
    }

    /// Takes a payment from whoever is signed in: stored, then submitted by a task of its own. The same body again is the
    /// same payment.
    ///
    /// # Errors
    /// [`Problem`] when the id is another payment's, was abandoned, or the card reading was used.
    pub async fn start(
        &self,
        payment: StartPayment,
        operator: Option<String>,
    ) -> Result<PaymentView, Problem> {
        let desk = self.clone();
        detached(async move {
            let prints =
                Fingerprints::of(&payment, desk.0.store.card_key()).map_err(|_| Problem::Malformed)?;
            let id = payment.terms.attempt.clone();
            let _turn = desk.0.turns.take(&id).await;
            let day = desk.0.day.read().await;
            // A payment that is known is answered as ever: the page asks for it again.
            if day.is_gate_closing() && desk.0.store.find(&id).await?.is_none() {
                return Err(Problem::GateClosing);
            }
            let now = day.now();
            let (mut order, effects) = Order::accept(payment.terms.clone(), now);
            order.operator = operator;
            order.endpoint = desk.endpoint(&order);
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
            let _turn = desk.0.turns.take(&id).await;
            let day = desk.0.day.read().await;
            let now = day.now();
            let search = abandon.sent.then(|| {
                let (mut order, effects) = Order::search(abandon.terms, now);
                order.endpoint = desk.endpoint(&order);
                (order, effects)
            });
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
            Ok(order
                .map_or(Abandoned::NotCharged, |order| Abandoned::Known(Box::new(desk.view(&order).till))))
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
        if event == Event::GiveBack && self.0.day.read().await.is_gate_closing() {
            return Err(Problem::GateClosing);
        }
        self.turn(id, event, None).await
    }

    /// Begins a capture, return or void that staff ask for. The same request again is the same transaction.
    ///
    /// # Errors
    /// [`Problem`] when the payment is not known, does not allow it, or the store fails; nothing was begun.
    pub async fn ask_later(
        &self,
        id: AttemptId,
        kind: LaterKind,
        asked: Asked,
    ) -> Result<PaymentView, Problem> {
        let desk = self.clone();
        detached(async move {
            let ask = |order: Order, day: &Day| -> Result<Step, Problem> {
                let step = order.ask_later(kind, asked, &desk.0.rules, day.now())?;
                // A request that is known begins nothing, and is answered as ever.
                if day.is_gate_closing() && !step.1.is_empty() { Err(Problem::GateClosing) } else { Ok(step) }
            };
            let order = desk.change(&id, Cause::STAFF, ask, None).await?.ok_or(Problem::UnknownPayment)?;
            Ok(desk.view(&order))
        })
        .await
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

    /// How many payments have no final result yet.
    #[must_use]
    pub fn unresolved(&self) -> u64 {
        self.followed().orders().map(|order| u64::from(order.is_open())).sum()
    }

    /// The calls of the last payments.
    pub(crate) fn traces(&self) -> &Traces {
        &self.0.traces
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

    /// In the shop's language.
    pub(crate) fn say(&self) -> &language::Proxy {
        &self.0.say
    }

    fn endpoint(&self, order: &Order) -> String {
        self.0.gateway.endpoint(order.terms.amount.currency).to_owned()
    }

    async fn apply(&self, id: &AttemptId, event: Event) -> Result<Option<Order>, StoreError> {
        self.apply_with(id, event, None).await
    }

    async fn apply_with(
        &self,
        id: &AttemptId,
        event: Event,
        card: Option<EncryptedData>,
    ) -> Result<Option<Order>, StoreError> {
        let cause = Cause::of(&event, self.say());
        self.change(id, cause, |order, day| Ok(order.handle(event, &self.0.rules, day.now())), card).await
    }

    /// One turn: the next order is stored, and only then its effects are carried out.
    async fn change<E: From<StoreError>>(
        &self,
        id: &AttemptId,
        cause: Cause,
        next: impl FnOnce(Order, &Day) -> Result<Step, E>,
        card: Option<EncryptedData>,
    ) -> Result<Option<Order>, E> {
        let _turn = self.0.turns.take(id).await;
        let followed = self.followed().get(id).cloned();
        let before = match followed {
            Some(order) => order,
            None => match self.0.store.find(id).await?.and_then(Attempt::order) {
                Some(order) => order,
                None => return Ok(None),
            },
        };
        let day = self.0.day.read().await;
        let (order, effects) = next(before.clone(), &day)?;
        if order != before {
            let steps = cause.steps(&self.view(&before), &self.view(&order), day.now(), self.say());
            self.0.store.update(&order, &steps).await?;
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
        let is_back =
            |order: &Order| order.give_back().is_some_and(|(later, _)| later.transfer == Transfer::Done);
        if is_back(order) && !is_back(before) {
            self.0.metrics.given_back();
        }
        let is_done = |later: &Later| later.transfer == Transfer::Done;
        for (nth, later) in order.later.iter().enumerate().filter(|(_, later)| is_done(later)) {
            if !before.later.get(nth).is_some_and(is_done) {
                tracing::info!(attempt = %id, kind = ?later.kind, amount = %order.amount_of(nth), "money moved");
                self.0.metrics.moved(later.kind);
            }
        }
        if let Some(fact) = &order.needs_person
            && before.needs_person.is_none()
        {
            tracing::error!(attempt = %id, order = order.order_id, %fact, "payment needs a person");
        }
    }

    pub(crate) fn view(&self, order: &Order) -> PaymentView {
        let mut view = order.view(&self.0.rules, clock::unix_ms());
        // The order's words are English.
        if let Some(missing) = order.needs_person.as_ref().map(|missing| notice::missing(missing, self.say()))
        {
            for later in &mut view.later {
                if let LaterState::NeedsPerson { why } = &mut later.state {
                    why.clone_from(&missing);
                }
            }
            view.till.needs_person = Some(missing);
        }
        view
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.0.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cards(&self) -> MutexGuard<'_, HashMap<AttemptId, EncryptedData>> {
        self.0.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs to its end even if the caller goes away: a page that disconnects changes nothing.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work.in_current_span()).await.unwrap_or(Err(Problem::Internal))
}
