//! Page, proxy, gateway and the network between them, in one place and one clock.

use crate::gateway::{Call, Gateway};
use crate::office::{self, Office};
use payment::api::{Abandoned, CardMask, Entry, Kind, NotCharged, Outcome, Problem, ReaderName, TillView};
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::order::{self, Order, Rules, State as OrderState, Submission};
use payment::secret::EncryptedData;
use payment::till::{self, Attempt, CardRead, Draft, End, NotSent, Posted, State};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAY_MS: u64 = 24 * 60 * 60_000;
/// The network holds a message to the gateway no longer than this: well inside the grace of the not-found rule.
const NETWORK_MS: u64 = 30_000;

#[allow(clippy::large_enum_variant)]
enum Message {
    ToProxy(usize, till::Effect),
    ToPage(usize, till::Event),
    ToGateway(usize, Call, u64),
    FromGateway(usize, order::Event),
}

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) rules: Rules,
    page: Vec<Attempt>,
    journal: Vec<String>,
    posted: BTreeSet<usize>,
    shown_final: BTreeMap<usize, End>,
    stored: BTreeMap<usize, String>,
    live: BTreeMap<usize, Order>,
    order_final: BTreeMap<usize, Outcome>,
    tombstones: BTreeSet<usize>,
    advice: BTreeMap<usize, bool>,
    submits: BTreeMap<usize, u32>,
    pub(crate) office: Office,
    pub(crate) gateway: Gateway,
    network: Vec<Message>,
}

impl World {
    pub(crate) fn new(attended: bool, first: u32) -> Self {
        let mut world = Self {
            now: 1_800_000_000_000,
            rules: Rules { attended, void: true, ..Rules::default() },
            page: vec![],
            journal: vec![],
            posted: BTreeSet::new(),
            shown_final: BTreeMap::new(),
            stored: BTreeMap::new(),
            live: BTreeMap::new(),
            order_final: BTreeMap::new(),
            tombstones: BTreeSet::new(),
            advice: BTreeMap::new(),
            submits: BTreeMap::new(),
            office: Office::default(),
            gateway: Gateway::default(),
            network: vec![],
        };
        world.pay(first);
        world
    }

    pub(crate) fn step(&mut self, choice: u32) {
        let argument = choice >> 8;
        let which = argument as usize % self.page.len();
        match choice % 36 {
            32..=35 => self.ask_later(which, argument),
            0..=13 => self.deliver(argument as usize, choice),
            14 => self.lose(argument as usize),
            15 => self.double(argument as usize),
            16 => self.swap(argument as usize),
            17..=20 => self.gateway.progress(which, argument),
            21..=22 => {
                self.pass([300, 1_000, 3_000, 10_000, 70_000, 130_000, 3_600_000][argument as usize % 7])
            }
            23 => self.restart_page(),
            24 => self.restart_proxy(),
            25 if self.page.len() < 3 => self.pay(argument),
            26 => self.tell_page(which, till::Event::Cancel),
            27 => self.tell_page(which, till::Event::ReaderStopped),
            28..=29 => self.read_card(which, argument),
            30 => self.decide(which, !argument.is_multiple_of(3)),
            _ => self.anything(which, argument),
        }
    }

    fn anything(&mut self, which: usize, argument: u32) {
        let event = match argument % 10 {
            0 => till::Event::CardSeen,
            1 => till::Event::KeepWaiting,
            2 => till::Event::CardGone,
            3 => till::Event::NotSent(NotSent::DeclinedByCard),
            4 => till::Event::NotSent(NotSent::ApprovedOffline),
            5 => till::Event::Keep,
            6 => till::Event::GiveBack,
            7 => till::Event::AskNow,
            8 => till::Event::Abandoned(None),
            _ => till::Event::Tick,
        };
        self.tell_page(which, event);
    }

    fn pay(&mut self, argument: u32) {
        let number = self.page.len() as u8;
        let draft = Draft {
            attempt: AttemptId::from_random([number; 20]),
            kind: if argument.is_multiple_of(2) { Kind::Sale } else { Kind::Preauth },
            amount: Amount::new(2_000, Currency::from_code("EUR").unwrap()),
            tip: None,
            reference: None,
            description: None,
            email: None,
            paid_at: self.now,
        };
        let (attempt, effects) = Attempt::pay(draft);
        self.page.push(attempt);
        self.journal.push(String::new());
        self.carry_out(usize::from(number), effects);
    }

    fn read_card(&mut self, which: usize, argument: u32) {
        let read = CardRead {
            entry: [Entry::Chip, Entry::Chip, Entry::Contactless, Entry::Swipe][argument as usize % 4],
            reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: true },
            card: CardMask { last4: "0010".into(), ..CardMask::default() },
            data: EncryptedData::new("E4".into()),
        };
        self.tell_page(which, till::Event::CardRead(Box::new(read)));
    }

    fn decide(&mut self, which: usize, approved: bool) {
        let data = EncryptedData::new("E3".into());
        self.tell_page(which, till::Event::CardDecided { approved, data });
    }

    fn tell_page(&mut self, which: usize, event: till::Event) {
        let (attempt, effects) = self.page[which].clone().handle(event, self.now);
        self.page[which] = attempt;
        self.carry_out(which, effects);
    }

    fn carry_out(&mut self, which: usize, effects: Vec<till::Effect>) {
        for effect in effects {
            match effect {
                till::Effect::Journal => {
                    self.journal[which] = serde_json::to_string(&self.page[which]).unwrap();
                    assert!(!self.journal[which].contains("\"E4\""), "card data in the journal");
                }
                till::Effect::StartReader | till::Effect::StopReader => {}
                till::Effect::ContinueCard(_) | till::Effect::EndCard { .. } => {}
                effect => {
                    if matches!(effect, till::Effect::Post(_)) {
                        self.posted.insert(which);
                    }
                    self.network.push(Message::ToProxy(which, effect));
                }
            }
        }
    }

    pub(crate) fn deliver(&mut self, pick: usize, choice: u32) {
        if self.network.is_empty() {
            return self.wake();
        }
        let pick = pick % self.network.len();
        match self.network.remove(pick) {
            Message::ToPage(which, event) => self.tell_page(which, event),
            Message::ToProxy(which, effect) => self.at_proxy(which, effect),
            Message::FromGateway(which, event) => self.tell_order(which, event),
            Message::ToGateway(which, call, sent) if self.now - sent > NETWORK_MS => {
                self.network.push(Message::FromGateway(which, call.lost()));
            }
            Message::ToGateway(which, call, _) => {
                let terms = self.order(which).unwrap().terms;
                let event = self.gateway.handle(&terms, call, choice >> 5);
                self.network.push(Message::FromGateway(which, event));
            }
        }
    }

    pub(crate) fn lose(&mut self, pick: usize) {
        if self.network.is_empty() {
            return;
        }
        let pick = pick % self.network.len();
        let lost = self.network.remove(pick);
        self.report_loss(lost);
    }

    fn report_loss(&mut self, message: Message) {
        let report = match message {
            Message::ToProxy(which, till::Effect::Post(_)) => {
                Message::ToPage(which, till::Event::Posted(Posted::NoAnswer))
            }
            Message::ToProxy(which, till::Effect::Abandon(_)) => {
                Message::ToPage(which, till::Event::Abandoned(None))
            }
            Message::ToProxy(which, _) => Message::ToPage(which, till::Event::Told(None)),
            Message::ToPage(which, till::Event::Posted(_)) => {
                Message::ToPage(which, till::Event::Posted(Posted::NoAnswer))
            }
            Message::ToPage(which, till::Event::Abandoned(_)) => {
                Message::ToPage(which, till::Event::Abandoned(None))
            }
            Message::ToPage(which, _) => Message::ToPage(which, till::Event::Told(None)),
            Message::ToGateway(which, call, _) => Message::FromGateway(which, call.lost()),
            Message::FromGateway(which, order::Event::Submitted(_)) => {
                Message::FromGateway(which, Call::Submit.lost())
            }
            Message::FromGateway(which, order::Event::Status(_)) => {
                Message::FromGateway(which, Call::Ask.lost())
            }
            Message::FromGateway(which, order::Event::LaterSent { nth, .. }) => {
                Message::FromGateway(which, order::Event::LaterSent { nth, end: Submission::Lost })
            }
            Message::FromGateway(which, _) => Message::FromGateway(which, Call::Advise(true).lost()),
        };
        self.network.push(report);
    }

    fn double(&mut self, pick: usize) {
        if self.network.is_empty() {
            return;
        }
        let pick = pick % self.network.len();
        let twin = match &self.network[pick] {
            Message::ToProxy(which, effect) => Message::ToProxy(*which, effect.clone()),
            Message::ToPage(which, event) => Message::ToPage(*which, event.clone()),
            Message::FromGateway(which, event) => Message::FromGateway(*which, event.clone()),
            // One request is one TCP stream: the network cannot double it, and nobody sends it again.
            Message::ToGateway(..) => return,
        };
        self.network.push(twin);
    }

    /// An answer meant for another attempt reaches this one.
    fn swap(&mut self, pick: usize) {
        let attempts = self.page.len();
        let view_of = |event: &till::Event| {
            matches!(
                event,
                till::Event::Told(Some(_))
                    | till::Event::Abandoned(Some(Some(_)))
                    | till::Event::Posted(Posted::View(_))
            )
        };
        let events: Vec<(usize, till::Event)> = self
            .network
            .iter()
            .filter_map(|m| match m {
                Message::ToPage(which, event) if view_of(event) => Some((*which, event.clone())),
                _ => None,
            })
            .collect();
        if let Some((which, event)) = events.get(pick % events.len().max(1))
            && attempts > 1
        {
            self.tell_page((which + 1) % attempts, event.clone());
        }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.wake();
    }

    fn wake(&mut self) {
        for which in 0..self.page.len() {
            if self.page[which].wake_at().is_some_and(|at| at <= self.now) {
                self.tell_page(which, till::Event::Tick);
            }
        }
        let due: Vec<usize> = self.live.keys().copied().collect();
        for which in due {
            if self.order(which).unwrap().wake_at().is_some_and(|at| at <= self.now) {
                self.tell_order(which, order::Event::Tick);
            }
        }
    }

    fn restart_page(&mut self) {
        self.network.retain(|m| !matches!(m, Message::ToPage(..)));
        for which in 0..self.page.len() {
            let saved: Attempt = serde_json::from_str(&self.journal[which]).unwrap();
            let (attempt, effects) = saved.restore(self.now);
            self.page[which] = attempt;
            self.carry_out(which, effects);
        }
    }

    pub(crate) fn restart_proxy(&mut self) {
        self.advice.clear();
        self.network.retain(|m| !matches!(m, Message::FromGateway(..)));
        let cut: Vec<Message> = std::mem::take(&mut self.network);
        for message in cut {
            match message {
                Message::ToPage(..) => self.report_loss(message),
                message => self.network.push(message),
            }
        }
        for (which, saved) in self.stored.clone() {
            self.live.insert(which, serde_json::from_str(&saved).unwrap());
            self.tell_order(which, order::Event::Restarted);
        }
    }

    pub(crate) fn order(&self, which: usize) -> Option<Order> {
        self.live.get(&which).cloned()
    }

    fn view(&self, which: usize) -> Option<TillView> {
        self.order(which).map(|order| order.view(&self.rules, self.now).till)
    }

    fn tell_order(&mut self, which: usize, event: order::Event) {
        let Some(order) = self.order(which) else { return };
        let step = order.handle(event, &self.rules, self.now);
        self.store(which, step);
    }

    pub(crate) fn store(&mut self, which: usize, (order, effects): order::Step) {
        self.stored.insert(which, serde_json::to_string(&order).unwrap());
        self.live.insert(which, order);
        for effect in effects {
            let call = match effect {
                order::Effect::Submit => {
                    *self.submits.entry(which).or_default() += 1;
                    Call::Submit
                }
                order::Effect::Ask => Call::Ask,
                order::Effect::SendAdvice => match self.advice.get(&which) {
                    Some(approved) => Call::Advise(*approved),
                    None => {
                        self.network.push(Message::FromGateway(which, Call::Advise(true).lost()));
                        continue;
                    }
                },
                order::Effect::SendLater { nth } => {
                    *self.office.sent.entry((which, nth)).or_default() += 1;
                    let later = &self.live[&which].later[nth];
                    Call::Later { nth, kind: later.kind, minor: later.amount.map(|amount| amount.minor) }
                }
                order::Effect::ForgetCardData | order::Effect::Alarm(_) => continue,
            };
            self.network.push(Message::ToGateway(which, call, self.now));
        }
    }

    fn at_proxy(&mut self, which: usize, effect: till::Effect) {
        let answer = match effect {
            till::Effect::Post(start) => {
                if self.tombstones.contains(&which) {
                    let gone = "abandoned".to_owned();
                    let (title, cashier, trace_id) = (gone.clone(), gone.clone(), gone.clone());
                    let problem = Problem { code: gone, status: 410, title, cashier, trace_id };
                    till::Event::Posted(Posted::Refused(problem))
                } else {
                    if self.order(which).is_none() {
                        let step = Order::accept(start.terms, self.now);
                        self.store(which, step);
                    }
                    till::Event::Posted(Posted::View(Box::new(self.view(which).unwrap())))
                }
            }
            till::Effect::Abandon(abandon) => {
                if self.order(which).is_none() {
                    let fresh = self.tombstones.insert(which);
                    if abandon.sent && fresh {
                        let step = Order::search(abandon.terms, self.now);
                        self.store(which, step);
                    }
                }
                let abandoned = match self.view(which) {
                    Some(view) => Abandoned::Known(Box::new(view)),
                    None => Abandoned::NotCharged,
                };
                till::Event::Abandoned(Some(match abandoned {
                    Abandoned::Known(view) => Some(*view),
                    Abandoned::NotCharged => None,
                }))
            }
            till::Effect::PostAdvice(advice) => {
                self.advice.insert(which, advice.approved);
                self.tell_order(which, order::Event::CardDecided { approved: advice.approved });
                till::Event::Told(self.view(which))
            }
            till::Effect::PostCardLost(lost) => {
                self.tell_order(which, order::Event::CardLost { card_said: lost.card_said });
                till::Event::Told(self.view(which))
            }
            till::Effect::AskGateway => {
                self.tell_order(which, order::Event::AskNow);
                till::Event::Told(self.view(which))
            }
            till::Effect::Keep => {
                self.tell_order(which, order::Event::Keep);
                till::Event::Told(self.view(which))
            }
            till::Effect::GiveBack => {
                self.tell_order(which, order::Event::GiveBack);
                till::Event::Told(self.view(which))
            }
            _ => till::Event::Told(self.view(which)),
        };
        self.network.push(Message::ToPage(which, answer));
    }

    /// What must hold after every step.
    pub(crate) fn check(&mut self) -> Result<(), TestCaseError> {
        for (id, order) in &self.gateway.orders {
            prop_assert!(order.submissions <= 1 && order.charged.len() <= 1, "{id} was charged twice");
        }
        for count in self.submits.values().chain(self.office.sent.values()) {
            prop_assert!(*count <= 1, "something that moves money was sent twice");
        }
        for which in 0..self.page.len() {
            self.check_page(which)?;
            self.check_order(which)?;
            self.check_later(which)?;
        }
        Ok(())
    }

    fn check_page(&mut self, which: usize) -> Result<(), TestCaseError> {
        let attempt = &self.page[which];
        let State::Finished(_, end) = &attempt.state else {
            if let Some(was) = self.shown_final.get(&which) {
                let returning = matches!(attempt.state, State::Unresolved(_, till::Unsure::GivingBack));
                prop_assert!(returning, "left the final state {was:?} for {:?}", attempt.state);
            }
            return Ok(());
        };
        let at_gateway = self.gateway.orders.get(attempt.draft.attempt.as_str());
        match end {
            End::NotSent(_) => prop_assert!(!self.posted.contains(&which), "said not sent after sending"),
            End::Refused(_) => prop_assert!(at_gateway.is_none(), "said refused, but it arrived"),
            End::Result(Outcome::NotCharged { .. }) => {
                let net = at_gateway.map_or(0, |order| order.net());
                prop_assert_eq!(net, 0, "said not charged of a charge");
            }
            End::Result(Outcome::Approved { amount }) => {
                let charged = at_gateway.map(|order| order.charged.clone());
                prop_assert_eq!(charged, Some(vec![amount.minor]), "said approved of what was not");
                let refused = at_gateway.is_some_and(|order| order.advice == Some(false));
                prop_assert!(!refused, "said approved of what the card refused");
                let first = !self.shown_final.contains_key(&which);
                let kept = self.order_final.contains_key(&which);
                let net = at_gateway.map_or(0, |order| order.net());
                prop_assert!(!first || kept || net > 0, "said approved of what was returned");
            }
            End::Result(Outcome::GivenBack { .. }) => {
                prop_assert_eq!(at_gateway.map(|order| order.net()), Some(0), "said given back of a charge");
            }
            End::Result(Outcome::Declined(_) | Outcome::Filtered(_) | Outcome::Error(_)) => {
                let charged = at_gateway.map_or(0, |order| order.charged.len());
                prop_assert_eq!(charged, 0, "said declined of a charge");
            }
        }
        let given_back = matches!(end, End::Result(Outcome::GivenBack { .. }));
        let was = self.shown_final.insert(which, end.clone());
        prop_assert!(was.is_none_or(|was| was == *end) || given_back, "changed a final state");
        Ok(())
    }

    fn check_order(&mut self, which: usize) -> Result<(), TestCaseError> {
        let Some(order) = self.live.get(&which) else { return Ok(()) };
        let known = self.order_final.get(&which);
        match &order.state {
            OrderState::Final(outcome) => {
                prop_assert!(known.is_none_or(|was| was == outcome), "the order changed its final state");
                self.order_final.insert(which, outcome.clone());
            }
            state => prop_assert!(known.is_none(), "the order left its final state for {state:?}"),
        }
        Ok(())
    }

    /// The faults stop: everything comes to an end, and all books agree.
    pub(crate) fn settle(&mut self) -> Result<(), TestCaseError> {
        for round in 0..4_000u32 {
            if let Some(message) = self.network.pop() {
                self.network.insert(0, message);
                self.deliver(0, 3_200 + 2);
            } else {
                (0..3).for_each(|which| self.gateway.progress(which, 6));
                self.pass(1_000);
                self.staff(round);
            }
            self.check()?;
            let closed = |order: &Order| order.open_later().is_none() || order.needs_person.is_some();
            let ended = self.page.iter().all(Attempt::is_finished) && self.live.values().all(closed);
            if self.network.is_empty() && ended {
                break;
            }
            if round % 400 == 399 {
                self.pass(2 * DAY_MS);
            }
        }
        for which in 0..self.page.len() {
            self.settle_later(which)?;
            let attempt = &self.page[which];
            let person =
                attempt.followed().and_then(|f| f.view.as_ref()).is_some_and(|v| v.needs_person.is_some());
            let settled = attempt.is_finished()
                || person
                || matches!(attempt.state, State::AwaitCard { card_seen: true, .. });
            prop_assert!(settled, "never ended: {:?} {:?}", attempt.state, self.live.get(&which));
            if let Some(order) = self.gateway.orders.get(attempt.draft.attempt.as_str()) {
                let keeps =
                    matches!(attempt.state, State::Finished(_, End::Result(Outcome::Approved { .. })));
                prop_assert!(order.net() == 0 || keeps || person, "charged, and the page does not say so");
            }
        }
        Ok(())
    }

    /// Staff answer what they are asked.
    fn staff(&mut self, round: u32) {
        for which in 0..self.page.len() {
            match &self.page[which].state {
                State::Unresolved(_, till::Unsure::KeepOrGiveBack) => {
                    let answer =
                        if round.is_multiple_of(2) { till::Event::Keep } else { till::Event::GiveBack };
                    self.tell_page(which, answer);
                }
                State::AwaitCardDecision(_) => self.decide(which, true),
                _ => {}
            }
        }
    }
}

/// Which ends the walks have reached.
#[derive(Default)]
pub(crate) struct Coverage(BTreeMap<&'static str, u32>);

impl Coverage {
    pub(crate) fn add(&mut self, world: &World) {
        for attempt in &world.page {
            let name = match &attempt.state {
                State::Finished(_, End::NotSent(_)) => "not sent",
                State::Finished(_, End::Refused(_)) => "refused",
                State::Finished(_, End::Result(outcome)) => match outcome {
                    Outcome::Approved { amount } if *amount == attempt.draft.amount => "approved",
                    Outcome::Approved { .. } => "approved for less",
                    Outcome::Declined(_) => "declined",
                    Outcome::Filtered(_) => "filtered",
                    Outcome::Error(_) => "error",
                    Outcome::NotCharged { why: NotCharged::NeverArrived, .. } => "never arrived",
                    Outcome::NotCharged { .. } => "not charged",
                    Outcome::GivenBack { .. } => "given back",
                },
                _ => "needs a person",
            };
            *self.0.entry(name).or_default() += 1;
        }
        for name in office::reached(world) {
            *self.0.entry(name).or_default() += 1;
        }
    }

    pub(crate) fn assert_everything_was_seen(&self) {
        for name in [
            "not sent",
            "approved",
            "approved for less",
            "declined",
            "filtered",
            "error",
            "never arrived",
            "not charged",
            "given back",
            "needs a person",
            "captured",
            "captured in part",
            "returned",
            "returned in part",
            "voided",
            "later refused",
            "request repeated",
            "equal parts not told apart",
        ] {
            assert!(
                self.0.get(name).is_some_and(|&n| n >= 20),
                "{name} was hardly ever reached: {:?}",
                self.0
            );
        }
    }
}
