//! The proxy's side of a payment: submitted at most once, followed until final, given back where the rules say so.
//!
//! An [`Order`] is what the store keeps. [`Order::handle`] consumes it with one [`Event`] and yields the next order and
//! the [`Effect`]s. The driver stores the order durably *before* it carries out an effect, and wakes it with
//! [`Event::Tick`] at [`Order::wake_at`]. All times are Unix milliseconds.

mod books;
mod chip;
mod erase;
mod event;
mod follow;
mod later;
mod missing;
mod search;
#[cfg(test)]
mod tests;
mod told;

use crate::api::{
    GiveBackReason, NotCharged, Outcome, PaymentState, PaymentView, Personal, Reason, Terms, TillView,
};
use crate::money::Amount;
pub use books::NotPossible;
pub use chip::Chip;
pub use event::{Answer, Effect, Event, Gate, Report, Status, Submission, Transaction};
pub use later::{Asked, Cause, Later, Transfer};
pub use missing::Missing;
pub use search::Search;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The intervals and limits of following an order, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Between two questions in the first five minutes. The gateway's documents ask for 3 to 5 s.
    pub poll_ms: u64,
    /// Between two questions while a contact chip waits in the reader: the vendor client's rate.
    pub chip_poll_ms: u64,
    /// How long a contact chip may take to decide, and how long an advice is offered to the gateway.
    pub chip_wait_ms: u64,
    /// How long after a lost answer a "no such order" is believed. Not documented by the gateway.
    pub not_found_grace_ms: u64,
    /// Between two "no such order" that count.
    pub not_found_gap_ms: u64,
    /// Staff decide about an approval that the card never confirmed; a kiosk gives it back.
    pub attended: bool,
    /// The gate supports void, which not every gate does.
    pub void: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            poll_ms: 3_000,
            chip_poll_ms: 1_000,
            chip_wait_ms: 120_000,
            not_found_grace_ms: 60_000,
            not_found_gap_ms: 2_000,
            attended: true,
            void: false,
        }
    }
}

/// A payment as the proxy keeps it. Holds no card data beyond the mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What is being paid.
    pub terms: Terms,
    /// When the proxy took it.
    pub accepted_at: u64,
    /// Who was signed in when the proxy took it; nobody at a kiosk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Where at the gateway it was sent, and is asked for; empty where the gateway has one place only.
    #[serde(default)]
    pub endpoint: String,
    /// The gateway's order id, once known.
    pub order_id: Option<String>,
    /// The gateway's serial number of the sale's request, which asks for the sale even after a later transaction.
    pub serial_number: Option<String>,
    /// The last stage seen; support reads it, nothing decides by it.
    pub stage: Option<String>,
    /// The last receipt fields seen.
    pub receipt: BTreeMap<String, String>,
    /// The fact that is missing, when only a person can settle it.
    pub needs_person: Option<Missing>,
    /// Where the money's question stands.
    pub state: State,
    /// Captures, returns and voids, the latest last; none but the last is open.
    #[serde(default, alias = "give_back", deserialize_with = "later::one_or_all")]
    pub later: Vec<Later>,
    /// What the gate can do in part.
    #[serde(default)]
    pub gate: Gate,
    /// What of the customer's was erased since.
    #[serde(default)]
    pub erased: Vec<Personal>,
    /// When to ask the gateway next.
    wake_at: Option<u64>,
    /// A question is on its way; forgotten by a restart, as the question is.
    #[serde(skip)]
    asking: bool,
    /// That question was asked before the request of the open later transaction had ended, and its answer may speak of
    /// the time before that.
    #[serde(skip)]
    asked_early: bool,
    /// When the gateway was last asked.
    asked_at: u64,
    /// How often it was asked about after its time was over, by this process.
    #[serde(skip)]
    late_questions: u8,
}

/// Where the question "what happened to the money" stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The one submission is being made; a restart means that its answer is lost.
    Submitting,
    /// The answer was lost: the gateway is asked whether the order exists.
    Searching(Search),
    /// The gateway has the order.
    Following {
        /// What the card has still to do.
        chip: Chip,
        /// The gateway says that it does not know.
        unknown: bool,
        /// The gateway asks for 3-D Secure.
        online_check: bool,
    },
    /// Approved, but the card never decided; staff are asked.
    KeepOrGiveBack {
        /// What was approved.
        amount: Amount,
    },
    /// Final.
    Final(Outcome),
}

/// The order and what to do after it is stored.
pub type Step = (Order, Vec<Effect>);

impl Order {
    /// Takes a payment: to be stored, then submitted.
    #[must_use]
    pub fn accept(terms: Terms, now: u64) -> Step {
        (Self::new(terms, State::Submitting, now), vec![Effect::Submit])
    }

    /// Takes up a payment that the page sent to a proxy that does not know it: only the gateway can tell.
    #[must_use]
    pub fn search(terms: Terms, now: u64) -> Step {
        Self::new(terms, State::Submitting, now).lose(now)
    }

    fn new(terms: Terms, state: State, now: u64) -> Self {
        Self {
            terms,
            accepted_at: now,
            operator: None,
            endpoint: String::new(),
            order_id: None,
            serial_number: None,
            stage: None,
            receipt: BTreeMap::new(),
            needs_person: None,
            state,
            later: vec![],
            gate: Gate::default(),
            erased: vec![],
            wake_at: None,
            asking: false,
            asked_early: false,
            asked_at: 0,
            late_questions: 0,
        }
    }

    /// Applies one event at `now`.
    #[must_use]
    pub fn handle(mut self, event: Event, rules: &Rules, now: u64) -> Step {
        match event {
            Event::Submitted(end) => self.submitted(end, now),
            Event::Status(answer) => {
                self.asking = false;
                if std::mem::take(&mut self.asked_early) && self.open_later().is_some() {
                    return (self, vec![]);
                }
                self.answered(answer, rules, now)
            }
            Event::CardDecided { approved } => self.card_decided(approved, now),
            Event::CardLost { card_said } => self.card_lost(card_said, now),
            Event::AdviceAnswered { taken } => self.advice_answered(taken, now),
            Event::Keep => self.keep(),
            Event::GiveBack => self.staff_gives_back(now),
            Event::LaterSent { nth, end } => self.later_sent(nth, end, rules, now),
            Event::AskNow => self.ask_now(now),
            Event::Tick => self.tick(rules, now),
            Event::Restarted => self.restarted(now),
        }
    }

    /// When to wake it with [`Event::Tick`]; `None` once nothing is left to ask.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        self.wake_at.filter(|_| !self.asking)
    }

    /// Whether anything is still to be found out or done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open_later().is_some() || !matches!(self.state, State::Final(_))
    }

    /// Whether the gateway, rather than staff, has the next word.
    fn is_asking(&self) -> bool {
        let staff_decide = matches!(self.state, State::KeepOrGiveBack { .. });
        self.is_open() && self.state != State::Submitting && !staff_decide
    }

    /// Whether it has to be taken up again after a restart: it is open, or was reported as never arrived and is still
    /// watched.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.is_open() || self.wake_at.is_some()
    }

    /// What the page is told.
    #[must_use]
    pub fn view(&self, rules: &Rules, now: u64) -> PaymentView {
        let next = self.wake_at.map_or(rules.poll_ms, |at| at.saturating_sub(now));
        PaymentView {
            till: TillView {
                terms: self.terms.clone(),
                state: self.payment_state(),
                order_id: self.order_id.clone(),
                stage: self.stage.clone(),
                needs_person: self.needs_person.as_ref().map(ToString::to_string),
                accepted_at: self.accepted_at,
                next_poll_ms: u32::try_from(next.clamp(300, rules.poll_ms.max(300))).unwrap_or(u32::MAX),
            },
            receipt: self.receipt.clone(),
            operator: self.operator.clone(),
            later: self.later_views(),
            left: self.left(rules),
            erased: !self.erased.is_empty(),
        }
    }

    fn payment_state(&self) -> PaymentState {
        let why = self.give_back().map(|(_, why)| why);
        if self.is_given_back() {
            let why = why.unwrap_or(GiveBackReason::Staff);
            return PaymentState::Final { outcome: Outcome::GivenBack { why } };
        }
        if let Some(why) = why {
            return PaymentState::GivingBack { why };
        }
        match &self.state {
            State::Submitting => PaymentState::Sending,
            State::Searching(_) => PaymentState::Searching,
            State::Following { chip: Chip::Deciding { issuer, .. }, .. } => {
                PaymentState::AwaitCard { issuer: issuer.clone() }
            }
            State::Following { unknown, online_check, .. } => {
                PaymentState::Processing { unknown: *unknown, online_check: *online_check }
            }
            State::KeepOrGiveBack { .. } => PaymentState::KeepOrGiveBack,
            State::Final(outcome) => PaymentState::Final { outcome: outcome.clone() },
        }
    }

    fn submitted(mut self, end: Submission, now: u64) -> Step {
        // An answer that comes after a restart has begun to search is as good as one that came in time.
        if !matches!(self.state, State::Submitting | State::Searching(_)) {
            return (self, vec![]);
        }
        match end {
            Submission::Accepted { order_id, serial_number } => {
                self.order_id = Some(order_id);
                self.serial_number = serial_number;
                self.follow(now)
            }
            Submission::Duplicate => self.follow(now),
            Submission::Refused(why, reason) => self.finish(Outcome::NotCharged { why, reason }),
            Submission::NoConnection => {
                self.finish(Outcome::NotCharged { why: NotCharged::NoConnection, reason: Reason::default() })
            }
            Submission::Lost => self.lose(now),
        }
    }

    fn follow(mut self, now: u64) -> Step {
        self.state =
            State::Following { chip: Chip::expected(self.terms.entry), unknown: false, online_check: false };
        self.wake_at = Some(now);
        (self, vec![Effect::ForgetCardData])
    }

    fn finish(mut self, outcome: Outcome) -> Step {
        self.state = State::Final(outcome);
        self.needs_person = None;
        self.wake_at = None;
        (self, vec![Effect::ForgetCardData])
    }

    fn restarted(mut self, now: u64) -> Step {
        (self.asking, self.asked_early) = (false, false);
        if let Some(later) = self.later.last_mut() {
            later.transfer.restarted();
        }
        if self.state == State::Submitting {
            return self.lose(now);
        }
        if self.is_asking() {
            self.wake_at = Some(now);
        }
        (self, vec![])
    }

    fn ask(mut self, now: u64) -> Step {
        if self.asking || self.state == State::Submitting {
            return (self, vec![]);
        }
        self.asking = true;
        self.asked_at = now;
        (self, vec![Effect::Ask])
    }

    fn ask_now(mut self, now: u64) -> Step {
        // One question an order in five seconds, however many pages press and however often the gateway calls back.
        const APART_MS: u64 = 5_000;
        if (self.is_asking() || self.may_turn_up()) && !self.asking {
            self.wake_at =
                Some(now.max(self.asked_at.saturating_add(APART_MS)).min(self.wake_at.unwrap_or(u64::MAX)));
        }
        (self, vec![])
    }

    /// Reported as never arrived: a callback says more than the silence so far.
    fn may_turn_up(&self) -> bool {
        let never_arrived =
            |outcome: &Outcome| matches!(outcome, Outcome::NotCharged { why: NotCharged::NeverArrived, .. });
        self.later.is_empty() && matches!(&self.state, State::Final(outcome) if never_arrived(outcome))
    }

    fn needs_person(&mut self, missing: Missing) {
        self.needs_person.get_or_insert(missing);
    }
}
