//! What comes after the payment: captures, returns and voids. One at a time; stored before it is sent, sent once, never
//! guessed.

#[cfg(test)]
mod tests;

use super::{Effect, Missing, NotPossible, Order, Rules, State, Step, Submission, Transaction};
use crate::api::{GiveBackReason, LaterKind, Outcome, Reason};
use crate::attempt::AttemptId;
use crate::money::Amount;
use serde::{Deserialize, Deserializer, Serialize};

/// One transaction after the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    /// What it does.
    #[serde(default = "a_return")]
    pub kind: LaterKind,
    /// How much; `None` is all that was charged or reserved, and is sent without an amount. Where the till never heard how
    /// much that was, the status says it.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// Why.
    #[serde(rename = "why")]
    pub cause: Cause,
    /// When it was asked for.
    pub since: u64,
    /// The serial number of its request, once known.
    #[serde(default)]
    pub serial_number: Option<String>,
    /// How far it is.
    pub transfer: Transfer,
    /// What the gateway said, if it refused.
    #[serde(default)]
    pub refusal: Reason,
}

/// Why there is a later transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// A full return: by the rules, or by staff from the screen that asks or shows the result.
    GiveBack(GiveBackReason),
    /// Staff asked for it.
    Asked(Asked),
}

/// What staff asked for, kept so that the same request is never carried out twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The request's own id, drawn by the page like an attempt's.
    pub request: AttemptId,
    /// How much; `None` is all that is left.
    pub amount: Option<Amount>,
    /// Why, in the words of staff; the gateway's `comment`.
    pub reason: String,
    /// Who.
    pub operator: Option<String>,
}

/// How far a later transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transfer {
    /// Being sent; a restart means that its answer is lost.
    Sending,
    /// No connection could be begun: no byte was sent, so it may be sent again.
    Waiting,
    /// The gateway has it: the status tells how it ends.
    Following,
    /// Its answer was lost, or the gateway does not know: the status tells whether it began and how it ends.
    Unknown,
    /// Final: the money moved.
    Done,
    /// The gateway refused the request: the status tells whether a transaction of somebody else's is why.
    Denied,
    /// Final: refused, and no money moved.
    Refused,
}

impl Transfer {
    /// Whether nothing is left to send or ask.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::Refused)
    }

    pub(super) fn restarted(&mut self) {
        if *self == Self::Sending {
            *self = Self::Unknown;
        }
    }
}

impl Later {
    /// Its name for staff.
    #[must_use]
    pub fn kind_in_words(&self) -> &'static str {
        match self.kind {
            LaterKind::Capture => "capture",
            LaterKind::Return => "return",
            LaterKind::Void => "void",
        }
    }

    /// As what a status answer speaks of it.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        match self.kind {
            LaterKind::Capture => Transaction::Capture,
            LaterKind::Return => Transaction::Return,
            LaterKind::Void => Transaction::Void,
        }
    }

    fn new(kind: LaterKind, amount: Option<Amount>, cause: Cause, since: u64) -> Self {
        let transfer = Transfer::Sending;
        Self { kind, amount, cause, since, serial_number: None, transfer, refusal: Reason::default() }
    }

    fn is_asked(&self, kind: LaterKind, asked: &Asked) -> bool {
        let same = |known: &Asked| known.amount == asked.amount && known.reason == asked.reason;
        self.kind == kind && matches!(&self.cause, Cause::Asked(known) if same(known))
    }

    fn request(&self) -> Option<&AttemptId> {
        match &self.cause {
            Cause::Asked(asked) => Some(&asked.request),
            Cause::GiveBack(_) => None,
        }
    }
}

impl Order {
    /// The transaction that is under way: no other may begin.
    #[must_use]
    pub fn open_later(&self) -> Option<&Later> {
        self.later.last().filter(|later| !later.transfer.is_done())
    }

    /// The full return that the rules, or a screen of the sale, asked for; there is one at most.
    #[must_use]
    pub fn give_back(&self) -> Option<(&Later, GiveBackReason)> {
        self.later.iter().find_map(|later| match later.cause {
            Cause::GiveBack(why) => Some((later, why)),
            Cause::Asked(_) => None,
        })
    }

    /// The serial number of the request whose end is of interest, to ask for it alone.
    #[must_use]
    pub fn followed_serial_number(&self) -> Option<&str> {
        self.later.last().map_or(&self.serial_number, |later| &later.serial_number).as_deref()
    }

    /// Begins what staff ask for. The same request again changes nothing.
    ///
    /// # Errors
    /// [`NotPossible`]; nothing is begun.
    pub fn ask_later(
        self,
        kind: LaterKind,
        asked: Asked,
        rules: &Rules,
        now: u64,
    ) -> Result<Step, NotPossible> {
        if let Some(known) = self.later.iter().find(|later| later.request() == Some(&asked.request)) {
            return if known.is_asked(kind, &asked) {
                Ok((self, vec![]))
            } else {
                Err(NotPossible::OtherRequest)
            };
        }
        let amount = self.possible(kind, asked.amount, rules)?;
        Ok(self.begin(Later::new(kind, amount, Cause::Asked(asked), now)))
    }

    pub(super) fn keep(self) -> Step {
        match self.state {
            State::KeepOrGiveBack { amount } => self.finish(Outcome::Approved { amount }),
            _ => (self, vec![]),
        }
    }

    pub(super) fn staff_gives_back(self, now: u64) -> Step {
        match self.state {
            State::KeepOrGiveBack { amount } => {
                let (order, _) = self.finish(Outcome::Approved { amount });
                order.start_give_back(GiveBackReason::CardLost, now)
            }
            State::Final(Outcome::Approved { .. }) => self.start_give_back(GiveBackReason::Staff, now),
            _ => (self, vec![]),
        }
    }

    /// Returns all that is left, unless that was begun before, nothing is left or another transaction is open.
    pub(super) fn start_give_back(self, why: GiveBackReason, now: u64) -> Step {
        if self.give_back().is_some() || self.open_later().is_some() || self.is_given_back() {
            return (self, vec![]);
        }
        let amount = self.rest_after_parts();
        self.begin(Later::new(LaterKind::Return, amount, Cause::GiveBack(why), now))
    }

    fn begin(mut self, later: Later) -> Step {
        let nth = self.later.len();
        self.later.push(later);
        self.needs_person = None;
        self.wake_at = None;
        (self, vec![Effect::SendLater { nth }])
    }

    pub(super) fn later_sent(mut self, nth: usize, end: Submission, rules: &Rules, now: u64) -> Step {
        let is_last = nth.checked_add(1) == Some(self.later.len());
        let Some(later) = self.later.last_mut().filter(|_| is_last) else { return (self, vec![]) };
        self.asked_early = self.asking;
        let on_its_way =
            matches!(later.transfer, Transfer::Sending | Transfer::Following | Transfer::Unknown);
        match end {
            Submission::Refused(_, reason) if on_its_way => {
                later.transfer = Transfer::Denied;
                let (kind, gives_back) = (later.kind, matches!(later.cause, Cause::GiveBack(_)));
                let said = reason.message.clone().unwrap_or_default();
                later.refusal = reason;
                if gives_back {
                    self.needs_person(Missing::GatewayRefused(kind, said));
                }
                self.wake_at = Some(now);
            }
            Submission::NoConnection if later.transfer == Transfer::Sending => {
                later.transfer = Transfer::Waiting;
                self.wake_at = self.next_question(rules, now);
            }
            Submission::Accepted { serial_number, .. } if on_its_way => {
                later.transfer = Transfer::Following;
                later.serial_number = serial_number.or(later.serial_number.take());
                self.wake_at = Some(now);
            }
            Submission::Lost | Submission::Duplicate if later.transfer == Transfer::Sending => {
                later.transfer = Transfer::Unknown;
                self.wake_at = Some(now);
            }
            _ => {}
        }
        (self, vec![])
    }

    /// A transaction of which no byte was sent goes out when its time has come.
    pub(super) fn send_again(&mut self, now: u64) -> Option<Step> {
        let nth = self.later.len().checked_sub(1)?;
        let later = self.later.last_mut().filter(|later| later.transfer == Transfer::Waiting)?;
        later.transfer = Transfer::Sending;
        self.wake_at = None;
        self.asked_at = now;
        Some((self.clone(), vec![Effect::SendLater { nth }]))
    }
}

fn a_return() -> LaterKind {
    LaterKind::Return
}

/// Reads the list, or what stood in its place when an order had one full return or none.
pub(super) fn one_or_all<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Later>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        All(Vec<Later>),
        One(Box<Later>),
    }
    Ok(match Option::deserialize(from)? {
        None => vec![],
        Some(Stored::One(later)) => vec![*later],
        Some(Stored::All(all)) => all,
    })
}
