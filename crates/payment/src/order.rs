//! The proxy's side of a payment: submitted at most once, followed until final, given back where the rules say so.
//!
//! An [`Order`] is what the store keeps. [`Order::handle`] consumes it with one [`Event`] and yields the next order and
//! the [`Effect`]s. The driver stores the order durably *before* it carries out an effect, and wakes it with
//! [`Event::Tick`] at [`Order::wake_at`]. All times are Unix milliseconds.

mod chip;
mod follow;
mod give_back;
mod search;
#[cfg(test)]
mod tests;

use crate::api::{
    GiveBackReason, IssuerAnswer, NotCharged, Outcome, PaymentState, PaymentView, Reason, Terms,
};
use crate::money::Amount;
pub use chip::Chip;
pub use give_back::{GiveBack, Transfer};
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
    pub needs_person: Option<String>,
    /// Where the money's question stands.
    pub state: State,
    /// The full return, once the rules or staff ask for one.
    pub give_back: Option<GiveBack>,
    /// When to ask the gateway next.
    wake_at: Option<u64>,
    /// A question is on its way; forgotten by a restart, as the question is.
    #[serde(skip)]
    asking: bool,
    /// When the gateway was last asked.
    asked_at: u64,
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

/// What the world did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The submission's end.
    Submitted(Submission),
    /// The end of a question.
    Status(Answer),
    /// The page brought the card's decision; the driver holds its data in memory.
    CardDecided {
        /// Whether the card agreed.
        approved: bool,
    },
    /// The card can no longer decide, and what it had said, if that is known.
    CardLost {
        /// The decision that the page had journaled.
        card_said: Option<bool>,
    },
    /// The advice's end: whether the gateway took it.
    AdviceAnswered {
        /// The gateway accepted it.
        taken: bool,
    },
    /// Staff keep an approval that the card never confirmed.
    Keep,
    /// Staff return the payment in full.
    GiveBack,
    /// The return's end.
    Returned(Submission),
    /// A callback or a cashier asks for the truth now.
    AskNow,
    /// Time passed.
    Tick,
    /// The proxy started again: whatever was on its way is lost.
    Restarted,
}

/// How a request that moves money ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The gateway took it.
    Accepted {
        /// The gateway's order id.
        order_id: String,
        /// The serial number of this request.
        serial_number: Option<String>,
    },
    /// The gateway refused the request: nothing happened.
    Refused(NotCharged, Reason),
    /// The gateway knows this `client_orderid` already: the order exists.
    Duplicate,
    /// No connection could be begun, so no byte was sent.
    NoConnection,
    /// Anything else: no answer, half an answer, a server error, `type=error`.
    Lost,
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The gateway reports a transaction.
    Report(Box<Report>),
    /// The gateway has no such order.
    NotFound,
    /// No usable answer.
    Lost,
}

/// A status answer in domain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The `client_orderid` that it names.
    pub attempt: String,
    /// The gateway's order id.
    pub order_id: String,
    /// The transaction that it speaks of, when it says so.
    pub transaction: Option<Transaction>,
    /// The status.
    pub status: Status,
    /// The amount, when it is named and readable in the order's currency.
    pub amount: Option<Amount>,
    /// The serial number of the transaction's request.
    pub serial_number: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// The stage asks for the card's decision (`*_emv_validating`).
    pub awaits_card: bool,
    /// The bank's answer for the card.
    pub issuer: Option<IssuerAnswer>,
    /// The gateway wants a redirect that no reader can do.
    pub online_check: bool,
    /// Code and text of a refusal.
    pub reason: Reason,
    /// Receipt fields by the gateway's names.
    pub receipt: BTreeMap<String, String>,
}

/// The transaction that a report speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// A sale.
    Sale,
    /// A preauthorisation.
    Preauth,
    /// A return of a sale, or the cancel of a preauthorisation.
    Return,
    /// Capture, void, chargeback and whatever else the gateway knows.
    Other,
}

/// The gateway's status. Only the first four are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Filtered.
    Filtered,
    /// Error.
    Error,
    /// Processing.
    Processing,
    /// `unknown`, or any word that we don't know.
    Unknown,
}

/// What the driver has to do, in this order, after the order is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Submit the sale or preauthorisation. Yielded once in an attempt's life.
    Submit,
    /// Ask for the status: by the gateway's order id if it is known, else by `client_orderid`.
    Ask,
    /// Send the advice that is held in memory; answer [`Event::AdviceAnswered`] with `false` when it is gone.
    SendAdvice,
    /// Send the full return. Yielded again only when no byte of it was sent.
    SendReturn,
    /// Overwrite the card data held in memory.
    ForgetCardData,
    /// Something happened that staff must hear of.
    Alarm(&'static str),
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
            endpoint: String::new(),
            order_id: None,
            serial_number: None,
            stage: None,
            receipt: BTreeMap::new(),
            needs_person: None,
            state,
            give_back: None,
            wake_at: None,
            asking: false,
            asked_at: 0,
        }
    }

    /// Applies one event at `now`.
    #[must_use]
    pub fn handle(mut self, event: Event, rules: &Rules, now: u64) -> Step {
        match event {
            Event::Submitted(end) => self.submitted(end, now),
            Event::Status(answer) => {
                self.asking = false;
                self.answered(answer, rules, now)
            }
            Event::CardDecided { approved } => self.card_decided(approved, now),
            Event::CardLost { card_said } => self.card_lost(card_said, now),
            Event::AdviceAnswered { taken } => self.advice_answered(taken, now),
            Event::Keep => self.keep(),
            Event::GiveBack => self.staff_gives_back(now),
            Event::Returned(end) => self.returned(end, rules, now),
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
        let transfer_open = self.give_back.as_ref().is_some_and(|g| !g.transfer.is_done());
        transfer_open || !matches!(self.state, State::Final(_))
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
            terms: self.terms.clone(),
            state: self.payment_state(),
            order_id: self.order_id.clone(),
            stage: self.stage.clone(),
            needs_person: self.needs_person.clone(),
            receipt: self.receipt.clone(),
            accepted_at: self.accepted_at,
            next_poll_ms: u32::try_from(next.clamp(300, rules.poll_ms.max(300))).unwrap_or(u32::MAX),
        }
    }

    fn payment_state(&self) -> PaymentState {
        if let Some(give_back) = &self.give_back {
            return match give_back.transfer {
                Transfer::Done => PaymentState::Final { outcome: Outcome::GivenBack { why: give_back.why } },
                _ => PaymentState::GivingBack { why: give_back.why },
            };
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
        self.asking = false;
        if let Some(give_back) = &mut self.give_back {
            give_back.transfer.restarted();
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
        self.give_back.is_none() && matches!(&self.state, State::Final(outcome) if never_arrived(outcome))
    }

    fn needs_person(&mut self, fact: &str) {
        self.needs_person.get_or_insert_with(|| fact.to_owned());
    }

    fn start_give_back(mut self, why: GiveBackReason, now: u64) -> Step {
        if self.give_back.is_some() {
            return (self, vec![]);
        }
        self.give_back = Some(GiveBack { why, since: now, transfer: Transfer::Sending });
        self.needs_person = None;
        self.wake_at = None;
        (self, vec![Effect::SendReturn])
    }
}
