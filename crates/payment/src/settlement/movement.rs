//! Money that moved, or was meant to: what every total is counted from.

use crate::api::{Kind, LaterKind, Outcome};
use crate::attempt::AttemptId;
use crate::json::{record, words};
use crate::money::Amount;
use crate::order::{Cause, Later, Order, State, Transfer};
use serde::Serialize;

/// What a movement does with the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementKind {
    /// Charged at once.
    Sale,
    /// Reserved.
    Preauth,
    /// A reserve that is collected.
    Capture,
    /// Money that was charged and goes back.
    Return,
    /// A charge that is taken out of clearing.
    Void,
    /// A reserve that is lifted: no money moves.
    Release,
}

words!(MovementKind {
    Sale = "sale",
    Preauth = "preauth",
    Capture = "capture",
    Return = "return",
    Void = "void",
    Release = "release",
});

/// How a movement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It happened.
    Approved,
    /// The bank, the card or the gateway refused it.
    Declined,
    /// The gateway's fraud rules refused it.
    Filtered,
    /// The gateway ended it with an error.
    Error,
    /// Nothing was charged.
    NotCharged,
    /// It is not known yet, or staff have to decide.
    Open,
}

words!(Standing {
    Approved = "approved",
    Declined = "declined",
    Filtered = "filtered",
    Error = "error",
    NotCharged = "not_charged",
    Open = "open",
});

/// One transaction of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// The order's attempt.
    pub attempt: AttemptId,
    /// What it does.
    pub kind: MovementKind,
    /// How much was approved, or asked for where nothing was.
    pub amount: Amount,
    /// When it was begun, in Unix milliseconds. With order and kind it names the movement.
    pub at: u64,
    /// Who was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// How it ended.
    pub result: Standing,
}

record!(Movement { attempt, kind, amount, at, operator, result });

/// Names a movement, however it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The order's attempt.
    pub attempt: AttemptId,
    /// What it does.
    pub kind: MovementKind,
    /// When it was begun.
    pub at: u64,
}

record!(Key { attempt, kind, at });

impl Movement {
    /// Its name.
    #[must_use]
    pub fn key(&self) -> Key {
        Key { attempt: self.attempt.clone(), kind: self.kind, at: self.at }
    }
}

/// Everything that an order did, the payment first.
pub fn movements(order: &Order) -> impl Iterator<Item = Movement> {
    let later = order.later.iter().enumerate();
    std::iter::once(payment(order)).chain(later.map(|(nth, later)| after(order, nth, later)))
}

fn payment(order: &Order) -> Movement {
    let asked = order.terms.amount;
    let (result, amount, at) = match &order.state {
        State::Final(Outcome::Approved { amount }) => (Standing::Approved, *amount, order.accepted_at),
        State::Final(Outcome::GivenBack { .. }) => (Standing::Approved, asked, order.accepted_at),
        // Reported as not charged, perhaps in the totals of a day that is closed; it turned up approved only then.
        State::Final(Outcome::NotCharged { .. }) if order.give_back().is_some() => {
            let since = order.give_back().map_or(order.accepted_at, |(later, _)| later.since);
            (Standing::Approved, asked, since)
        }
        State::Final(Outcome::Declined(_)) => (Standing::Declined, asked, order.accepted_at),
        State::Final(Outcome::Filtered(_)) => (Standing::Filtered, asked, order.accepted_at),
        State::Final(Outcome::Error(_)) => (Standing::Error, asked, order.accepted_at),
        State::Final(Outcome::NotCharged { .. }) => (Standing::NotCharged, asked, order.accepted_at),
        State::KeepOrGiveBack { amount } => (Standing::Open, *amount, order.accepted_at),
        State::Submitting | State::Searching(_) | State::Following { .. } => {
            (Standing::Open, asked, order.accepted_at)
        }
    };
    let kind = match order.terms.kind {
        Kind::Sale => MovementKind::Sale,
        Kind::Preauth => MovementKind::Preauth,
    };
    movement(order, kind, amount, at, result)
}

/// What came after the payment: of a sale or capture a return gives money back, of a preauthorisation it lifts the reserve.
fn after(order: &Order, nth: usize, later: &Later) -> Movement {
    let before = order.later.get(..nth).unwrap_or_default();
    let is_captured =
        before.iter().any(|other| other.kind == LaterKind::Capture && other.transfer == Transfer::Done);
    let kind = match (later.kind, order.terms.kind) {
        (LaterKind::Capture, _) => MovementKind::Capture,
        (LaterKind::Void, _) => MovementKind::Void,
        (LaterKind::Return, Kind::Preauth) if !is_captured => MovementKind::Release,
        (LaterKind::Return, _) => MovementKind::Return,
    };
    let result = match later.transfer {
        Transfer::Done => Standing::Approved,
        Transfer::Refused => Standing::Declined,
        Transfer::Sending
        | Transfer::Waiting
        | Transfer::Following
        | Transfer::Unknown
        | Transfer::Denied => Standing::Open,
    };
    let operator = match &later.cause {
        Cause::Asked(asked) => asked.operator.clone(),
        Cause::GiveBack(_) => order.operator.clone(),
    };
    Movement { operator, ..movement(order, kind, order.amount_of(nth), later.since, result) }
}

fn movement(order: &Order, kind: MovementKind, amount: Amount, at: u64, result: Standing) -> Movement {
    let operator = order.operator.clone();
    Movement { attempt: order.terms.attempt.clone(), kind, amount, at, operator, result }
}

/// A stretch of time whose movements are counted, each once in a row of such stretches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Period {
    /// The first moment, in Unix milliseconds.
    pub from: u64,
    /// The first moment after it.
    pub until: u64,
    /// What was not final when the period before ended, and was not counted there.
    pub carried: Vec<Key>,
}

impl Period {
    /// What belongs to the period: movements that are final, and those that are still open.
    #[must_use]
    pub fn sort(&self, movements: impl IntoIterator<Item = Movement>) -> (Vec<Movement>, Vec<Movement>) {
        let belongs = |movement: &Movement| {
            (self.from..self.until).contains(&movement.at) || self.carried.contains(&movement.key())
        };
        movements.into_iter().filter(belongs).partition(|movement| movement.result != Standing::Open)
    }
}
