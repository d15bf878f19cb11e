//! Money that moved, or was meant to: what every total is counted from.

use crate::api::{Kind, Outcome};
use crate::attempt::AttemptId;
use crate::json::{record, words};
use crate::money::Amount;
use crate::order::{GiveBack, Order, State, Transfer};
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
    let give_back = order.give_back.as_ref();
    std::iter::once(payment(order)).chain(give_back.map(|give_back| given_back(order, give_back)))
}

fn payment(order: &Order) -> Movement {
    let asked = order.terms.amount;
    let (result, amount, at) = match &order.state {
        State::Final(Outcome::Approved { amount }) => (Standing::Approved, *amount, order.accepted_at),
        State::Final(Outcome::GivenBack { .. }) => (Standing::Approved, asked, order.accepted_at),
        // Reported as not charged, perhaps in the totals of a day that is closed; it turned up approved only then.
        State::Final(Outcome::NotCharged { .. }) if order.give_back.is_some() => {
            let since = order.give_back.as_ref().map_or(order.accepted_at, |give_back| give_back.since);
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

/// The full return: of a sale it gives money back, of a preauthorisation it lifts the reserve.
fn given_back(order: &Order, give_back: &GiveBack) -> Movement {
    let kind = match order.terms.kind {
        Kind::Sale => MovementKind::Return,
        Kind::Preauth => MovementKind::Release,
    };
    let result = match give_back.transfer {
        Transfer::Done => Standing::Approved,
        Transfer::Refused => Standing::Declined,
        Transfer::Sending | Transfer::Waiting | Transfer::Following | Transfer::Denied => Standing::Open,
    };
    movement(order, kind, payment(order).amount, give_back.since, result)
}

fn movement(order: &Order, kind: MovementKind, amount: Amount, at: u64, result: Standing) -> Movement {
    Movement {
        attempt: order.terms.attempt.clone(),
        kind,
        amount,
        at,
        operator: order.operator.clone(),
        result,
    }
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
