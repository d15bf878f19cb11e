//! The proxy: a thin driver round the shipped [`Order`], as `proxy::desk` is, with the shipped reading of the gateway's
//! bytes, of callbacks and of fingerprints. The desk itself lives on Tokio and on the machine's clock, which no seed
//! rules.

use crate::gateway::Call;
use crate::network::Happening;
use crate::protections::Protection;
use crate::store::{Store, Trouble};
use crate::world::World;
use payment::api::{Abandon, Kind, NotCharged, Outcome, PaymentView, Problem, Reason, StartPayment, Terms};
use payment::order::{Answer, Effect, Event, Order, Rules, State, Submission, Transaction};
use payment::secret::EncryptedData;
use payment::settlement::{Closing, ClosingEvent};
use payment::till::{self, Posted};
use paynet::{ControlKey, Dialect};
use proxy::fingerprint::{CardKey, Fingerprints};
use proxy::store::{Attempt, Claim};
use std::collections::{BTreeMap, BTreeSet};

/// As the desk's pause after a write that failed.
pub(crate) const STORE_PAUSE_MS: u64 = 1_000;

#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) up: bool,
    /// Counts its starts.
    pub(crate) life: u32,
    /// How far its clock is ahead.
    pub(crate) clock: i64,
    pub(crate) store: Store,
    /// The store is put back from a backup before the next start.
    pub(crate) restoring: bool,
    pub(crate) rules: Rules,
    /// What was submitted, for the gateway's side of the simulation.
    pub(crate) terms: BTreeMap<usize, Terms>,
    followed: BTreeMap<usize, Order>,
    cards: BTreeMap<usize, EncryptedData>,
    pub(crate) calls: u64,
    pub(crate) pending: BTreeMap<u64, (usize, Call)>,
    paused_until: u64,
    /// The end of the last day that was counted.
    pub(crate) cut: u64,
    /// Requests to close the day that are on their way.
    pub(crate) closing_calls: BTreeSet<u64>,
    pub(crate) dialect: Dialect,
    pub(crate) control_key: ControlKey,
    card_key: CardKey,
}

impl Proxy {
    pub(crate) fn new(attended: bool) -> Self {
        let key = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20".to_owned();
        Self {
            up: true,
            life: 0,
            clock: 0,
            store: Store::default(),
            restoring: false,
            rules: Rules { attended, void: true, ..Rules::default() },
            terms: BTreeMap::new(),
            followed: BTreeMap::new(),
            cards: BTreeMap::new(),
            calls: 0,
            pending: BTreeMap::new(),
            paused_until: 0,
            cut: 0,
            closing_calls: BTreeSet::new(),
            dialect: Dialect::default(),
            control_key: ControlKey::try_from(key).expect("a key in the documented form"),
            card_key: CardKey::new([7; 32]),
        }
    }

    fn view(&self, order: &Order, now: u64) -> PaymentView {
        order.view(&self.rules, now)
    }
}

impl World {
    pub(crate) fn proxy_now(&self) -> u64 {
        self.now.saturating_add_signed(self.proxy.clock)
    }

    /// How a payment stands for whoever asks the proxy.
    pub(crate) fn view(&self, which: usize) -> Option<PaymentView> {
        let order = self.proxy.store.order(which)?;
        Some(self.proxy.view(order, self.proxy_now()))
    }

    pub(crate) fn proxy_due(&self) -> Option<u64> {
        let closing = self.proxy.store.closing().filter(|_| self.proxy.up).and_then(Closing::wake_at);
        let local = self.proxy.followed.values().filter_map(Order::wake_at).chain(closing).min()?;
        let at = local.saturating_add_signed(-self.proxy.clock);
        Some(at.max(self.proxy.paused_until).max(self.now))
    }

    pub(crate) fn wake_proxy(&mut self) {
        let now = self.proxy_now();
        let closing = self.proxy.store.closing().and_then(Closing::wake_at);
        if closing.is_some_and(|at| at <= now) {
            match self.apply_to_closing(ClosingEvent::Tick) {
                Ok(()) => {}
                Err(Trouble::Refused) => self.proxy.paused_until = self.now + STORE_PAUSE_MS,
                Err(Trouble::Cut { .. }) => return,
            }
        }
        let due = self.proxy.followed.iter().filter(|(_, o)| o.wake_at().is_some_and(|at| at <= now));
        for which in due.map(|(which, _)| *which).collect::<Vec<_>>() {
            match self.apply(which, Event::Tick, None) {
                Ok(_) => {}
                Err(Trouble::Refused) => self.proxy.paused_until = self.now + STORE_PAUSE_MS,
                Err(Trouble::Cut { .. }) => return,
            }
        }
    }

    pub(crate) fn kill_proxy(&mut self, down_ms: u64) {
        self.note("proxy dies for", &down_ms);
        let proxy = &mut self.proxy;
        proxy.life += 1;
        proxy.followed.clear();
        proxy.cards.clear();
        proxy.pending.clear();
        proxy.closing_calls.clear();
        proxy.store.trouble = None;
        // Connections to it are gone.
        self.queue.drop_if(|happening| {
            matches!(happening, Happening::Request { .. } | Happening::AskList { .. } | Happening::Ask { .. })
        });
        if std::mem::replace(&mut self.proxy.up, false) {
            let at = self.now + down_ms;
            self.queue.put(at, Happening::ProxyUp);
        }
        let lists = self.page.tabs.iter().map(|tab| tab.id).collect::<Vec<_>>();
        for tab in lists {
            let at = self.now + down_ms + 2_000;
            self.queue.put(at, Happening::AskList { tab });
        }
    }

    pub(crate) fn start_proxy(&mut self) {
        if std::mem::take(&mut self.proxy.restoring) {
            self.proxy.store.restore();
            for payment in &mut self.payments {
                payment.restored |= payment.posted;
                payment.card_asked = false;
                payment.order_final = None;
            }
            self.office.restored();
        }
        self.proxy.up = true;
        match self.take_up_closing() {
            Ok(()) => {}
            Err(Trouble::Refused) => return self.kill_proxy(1_000),
            Err(Trouble::Cut { .. }) => return,
        }
        self.proxy.followed = self.proxy.store.followed().into_iter().collect();
        for which in self.proxy.followed.keys().copied().collect::<Vec<_>>() {
            match self.apply(which, Event::Restarted, None) {
                Ok(_) => {}
                // A proxy that cannot write does not start; it is started again.
                Err(Trouble::Refused) => return self.kill_proxy(1_000),
                Err(Trouble::Cut { .. }) => return,
            }
        }
    }

    pub(crate) fn list_at_proxy(&mut self, tab: u32) {
        let wait = if self.proxy.up { self.random.between(3, 60) } else { self.patience(2_000) };
        let at = self.now + wait;
        if !self.proxy.up {
            return self.queue.put(at, Happening::AskList { tab });
        }
        let views =
            self.proxy.store.orders().map(|(which, order)| (which, self.proxy.view(order, self.proxy_now())));
        let views = views.map(|(which, view): (usize, PaymentView)| (which, view.till)).collect();
        self.queue.put(at, Happening::List { tab, views });
    }

    pub(crate) fn at_proxy(&mut self, tab: u32, call: u64, which: usize, effect: till::Effect) {
        let at = self.now + self.random.between(3, 60);
        let event = if self.proxy.up { self.serve(which, effect) } else { None };
        // Without an answer the page's own limit will tell.
        if let Some(event) = event {
            let event = Box::new(event);
            self.queue.put(at, Happening::Answer { tab, call, which, event, again: false });
        }
    }

    /// One request of the page. `None` when the proxy died over it.
    fn serve(&mut self, which: usize, effect: till::Effect) -> Option<till::Event> {
        self.note("proxy hears", &(which, &effect));
        let event = match effect {
            till::Effect::Post(payment) => return self.start(which, *payment),
            till::Effect::Abandon(abandon) => return self.abandon(which, *abandon),
            till::Effect::Poll => return Some(self.told(which)),
            till::Effect::PostAdvice(advice) => {
                let decided = Event::CardDecided { approved: advice.approved };
                return self.turn(which, decided, Some(advice.encrypted_data));
            }
            till::Effect::PostCardLost(_) if self.is_without(Protection::CardLost) => {
                let data = EncryptedData::new("E301".into());
                return self.turn(which, Event::CardDecided { approved: true }, Some(data));
            }
            till::Effect::PostCardLost(lost) => Event::CardLost { card_said: lost.card_said },
            till::Effect::AskGateway => Event::AskNow,
            till::Effect::Keep => Event::Keep,
            till::Effect::GiveBack if self.is_gate_closing() => return Some(till::Event::Told(None)),
            till::Effect::GiveBack => Event::GiveBack,
            _ => return None,
        };
        self.turn(which, event, None)
    }

    fn told(&self, which: usize) -> till::Event {
        self.view(which).map_or(till::Event::NotKnown, |view| till::Event::Told(Some(view.till)))
    }

    fn turn(&mut self, which: usize, event: Event, card: Option<EncryptedData>) -> Option<till::Event> {
        match self.apply(which, event, card) {
            Ok(()) => Some(self.told(which)),
            Err(Trouble::Refused) => Some(till::Event::Told(None)),
            Err(Trouble::Cut { .. }) => None,
        }
    }

    fn start(&mut self, which: usize, payment: StartPayment) -> Option<till::Event> {
        let prints = Fingerprints::of(&payment, &self.proxy.card_key).expect("a payment is written as JSON");
        let (order, effects) = Order::accept(payment.terms.clone(), self.order_time());
        let unique = !self.is_without(Protection::Fingerprint);
        let refused = |code: &str, status| {
            let text = code.to_owned();
            let (title, cashier, trace_id) = (text.clone(), text.clone(), String::new());
            Posted::Refused(Problem { code: text, status, title, cashier, trace_id })
        };
        if self.is_gate_closing() && self.proxy.store.is_new(which) {
            self.office.tally.count("payment refused while the day is closed");
            return Some(till::Event::Posted(refused("gate-closing", 409)));
        }
        let posted = match self.proxy.store.claim(which, Attempt::Taken(order.clone(), prints), unique) {
            Ok(Claim::Won) => {
                self.proxy.cards.insert(which, payment.encrypted_data);
                self.proxy.followed.insert(which, order.clone());
                self.carry_out_order(which, effects);
                Posted::View(Box::new(self.proxy.view(&order, self.proxy_now()).till))
            }
            Ok(Claim::CardUsed) => refused("card-used", 409),
            Ok(Claim::Known(known)) => match *known {
                Attempt::Taken(order, before) if before.body == prints.body => {
                    Posted::View(Box::new(self.proxy.view(&order, self.proxy_now()).till))
                }
                Attempt::Taken(..) => refused("other-payment", 422),
                Attempt::Abandoned | Attempt::Sought(_) => refused("abandoned", 410),
            },
            Err(Trouble::Refused) => refused("store", 503),
            Err(Trouble::Cut { .. }) => return self.cut(),
        };
        Some(till::Event::Posted(posted))
    }

    fn abandon(&mut self, which: usize, abandon: Abandon) -> Option<till::Event> {
        if self.is_without(Protection::Abandon) {
            return Some(till::Event::Abandoned(Some(self.view(which).map(|view| view.till))));
        }
        let search = abandon.sent.then(|| Order::search(abandon.terms, self.order_time()));
        let attempt = search.as_ref().map_or(Attempt::Abandoned, |(order, _)| Attempt::Sought(order.clone()));
        let order = match self.proxy.store.claim(which, attempt, true) {
            Ok(Claim::Known(known)) => known.order(),
            Ok(Claim::Won | Claim::CardUsed) => search.map(|(order, effects)| {
                self.proxy.followed.insert(which, order.clone());
                self.carry_out_order(which, effects);
                order
            }),
            Err(Trouble::Refused) => return Some(till::Event::Abandoned(None)),
            Err(Trouble::Cut { .. }) => return self.cut(),
        };
        let now = self.proxy_now();
        Some(till::Event::Abandoned(Some(order.map(|order| self.proxy.view(&order, now).till))))
    }

    pub(crate) fn cut<T>(&mut self) -> Option<T> {
        let down = self.random.between(300, 30_000);
        self.kill_proxy(down);
        None
    }

    /// What the gateway said, or time: tried until the store takes it.
    pub(crate) fn tell_order(&mut self, which: usize, event: Event) {
        if self.apply(which, event.clone(), None) == Err(Trouble::Refused) {
            let (at, proxy) = (self.now + STORE_PAUSE_MS, self.proxy.life);
            self.queue.put(at, Happening::Again { proxy, which, event: Box::new(event) });
        }
    }

    /// One turn.
    pub(crate) fn apply(
        &mut self,
        which: usize,
        event: Event,
        card: Option<EncryptedData>,
    ) -> Result<(), Trouble> {
        let known = self.proxy.followed.get(&which).or_else(|| self.proxy.store.order(which));
        let Some(before) = known.cloned() else { return Ok(()) };
        if self.trace.is_some() {
            self.note("order hears", &(which, &event));
        }
        let step = self.next(which, before.clone(), event);
        self.take_step(which, &before, step, card)
    }

    /// Stores the next order, and only then carries its effects out.
    pub(crate) fn take_step(
        &mut self,
        which: usize,
        before: &Order,
        (order, effects): payment::order::Step,
        card: Option<EncryptedData>,
    ) -> Result<(), Trouble> {
        if self.trace.is_some() {
            self.note("order", &(which, &order.state, &order.later, &order.needs_person, &effects));
        }
        if order != *before
            && let Err(trouble) = self.proxy.store.update(which, &order)
        {
            if trouble != Trouble::Refused {
                self.cut::<()>();
            }
            return Err(trouble);
        }
        self.tally(which, before, &order);
        if let Some(card) = card.filter(|_| effects.contains(&Effect::SendAdvice)) {
            self.proxy.cards.insert(which, card);
        }
        let watched = !self.is_without(Protection::LateAppearanceWatch) || order.is_open();
        if order.is_followed() && watched {
            self.proxy.followed.insert(which, order);
        } else {
            self.proxy.followed.remove(&which);
        }
        self.carry_out_order(which, effects);
        Ok(())
    }

    /// The shipped transition, with what is left out of it.
    fn next(&mut self, which: usize, mut order: Order, mut event: Event) -> payment::order::Step {
        let now = self.order_time();
        if let Event::Status(Answer::Report(report)) = &mut event {
            if self.is_without(Protection::IdsAmountCheck) {
                report.attempt = order.terms.attempt.to_string();
                report.order_id = order.order_id.clone().unwrap_or_else(|| report.order_id.clone());
                let asked = order.terms.amount;
                report.amount = Some(report.amount.filter(|a| a.minor <= asked.minor).unwrap_or(asked));
            }
            if self.is_without(Protection::TransactionTypeCheck) {
                report.transaction = Some(match (order.later.last(), order.terms.kind) {
                    (Some(later), _) => later.transaction(),
                    (None, Kind::Sale) => Transaction::Sale,
                    (None, Kind::Preauth) => Transaction::Preauth,
                });
            }
            if self.is_without(Protection::EqualParts) {
                crate::office::believe_of_the_second(&mut order, report);
            }
            if report.awaits_card && report.attempt == order.terms.attempt.as_str() {
                self.payments[which].card_asked = true;
            }
        }
        let searching = matches!(order.state, State::Searching(_));
        if self.is_without(Protection::NotFoundRule) && searching && event == Event::Status(Answer::NotFound)
        {
            let at_once = Rules { not_found_grace_ms: 0, not_found_gap_ms: 0, ..self.proxy.rules.clone() };
            let denied = || Event::Status(Answer::NotFound);
            return (0..3).fold(order.handle(denied(), &at_once, now), |(order, _), _| {
                if matches!(order.state, State::Final(_)) {
                    return (order, vec![]);
                }
                order.handle(denied(), &at_once, now)
            });
        }
        order.handle(event, &self.proxy.rules, now)
    }

    fn carry_out_order(&mut self, which: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit => {
                    self.payments[which].submissions += 1;
                    match self.proxy.cards.remove(&which) {
                        Some(card) => self.call(which, Call::Submit { blob: card.expose().to_owned() }),
                        None => {
                            let end = Submission::Refused(NotCharged::NeverSent, Reason::default());
                            self.tell_order(which, Event::Submitted(end));
                        }
                    }
                }
                Effect::Ask => self.call(which, Call::Ask),
                Effect::SendAdvice => match self.proxy.cards.get(&which) {
                    Some(card) => {
                        let approved = card.expose().ends_with("01");
                        self.call(which, Call::Advise { approved });
                    }
                    None => self.tell_order(which, Event::AdviceAnswered { taken: false }),
                },
                Effect::SendLater { nth } => self.send_later(which, nth),
                Effect::ForgetCardData => drop(self.proxy.cards.remove(&which)),
                Effect::Alarm(what) => self.note("alarm", &(which, what)),
            }
        }
    }
}

/// Whether this end says that nothing was charged.
pub(crate) fn is_not_charged(outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Approved { .. } | Outcome::GivenBack { .. })
}
