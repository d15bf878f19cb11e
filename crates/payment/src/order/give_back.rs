//! The full return: stored before it is sent, sent once, never guessed.

use super::{Answer, Effect, Order, Rules, State, Status, Step, Submission, Transaction};
use crate::api::{GiveBackReason, Left, Outcome};
use serde::{Deserialize, Serialize};

/// A full return and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveBack {
    /// Why.
    pub why: GiveBackReason,
    /// When it was asked for.
    pub since: u64,
    /// How far it is.
    pub transfer: Transfer,
}

/// How far a return is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transfer {
    /// Being sent; a restart means that its answer is lost.
    Sending,
    /// No connection could be begun: no byte was sent, so it may be sent again.
    Waiting,
    /// Accepted, or its answer was lost: the status tells whether a return began and how it ends.
    Following,
    /// Final: the money went back.
    Done,
    /// The gateway refused the request: the status tells whether a return of somebody else's is why.
    Denied,
    /// Refused: a person must return it.
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
            *self = Self::Following;
        }
    }
}

impl Order {
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

    /// What may still be given back: all of it, once.
    pub(super) fn left(&self) -> Left {
        match &self.state {
            State::Final(Outcome::Approved { amount }) if self.give_back.is_none() => {
                Left { give_back: Some(*amount), ..Left::default() }
            }
            _ => Left::default(),
        }
    }

    fn set_transfer(&mut self, transfer: Transfer) {
        if let Some(give_back) = &mut self.give_back {
            give_back.transfer = transfer;
        }
    }

    fn transfer(&self) -> Option<Transfer> {
        self.give_back.as_ref().map(|g| g.transfer)
    }

    pub(super) fn returned(mut self, end: Submission, rules: &Rules, now: u64) -> Step {
        match (self.transfer(), end) {
            (Some(Transfer::Sending | Transfer::Following), Submission::Refused(_, reason)) => {
                self.set_transfer(Transfer::Denied);
                let said = reason.message.unwrap_or_default();
                self.needs_person(&format!("the gateway refused the return: {said}"));
                self.wake_at = Some(now);
            }
            (Some(Transfer::Sending), Submission::NoConnection) => {
                self.set_transfer(Transfer::Waiting);
                self.wake_at = self.next_question(rules, now);
            }
            (
                Some(Transfer::Sending),
                Submission::Accepted { .. } | Submission::Lost | Submission::Duplicate,
            ) => {
                self.set_transfer(Transfer::Following);
                self.wake_at = Some(now);
            }
            _ => {}
        }
        (self, vec![])
    }

    /// A return of which no byte was sent goes out when its time has come.
    pub(super) fn retry_return(&mut self, now: u64) -> Option<Step> {
        if self.transfer() != Some(Transfer::Waiting) {
            return None;
        }
        self.set_transfer(Transfer::Sending);
        self.wake_at = None;
        self.asked_at = now;
        Some((self.clone(), vec![Effect::SendReturn]))
    }

    pub(super) fn return_answered(mut self, answer: Answer, rules: &Rules, now: u64) -> Step {
        let Some(transfer @ (Transfer::Following | Transfer::Denied)) = self.transfer() else {
            return (self, vec![]);
        };
        self.wake_at = self.next_question(rules, now);
        let Answer::Report(report) = answer else { return (self, vec![]) };
        if !self.has_ids_of(&report) {
            return (self, vec![]);
        }
        if report.transaction != Some(Transaction::Return) {
            if transfer == Transfer::Denied {
                self.set_transfer(Transfer::Refused);
                self.wake_at = None;
                return (self, vec![Effect::Alarm("a return was refused")]);
            }
            return (self, vec![]);
        }
        match report.status {
            Status::Approved => {
                self.set_transfer(Transfer::Done);
                self.needs_person = None;
                self.wake_at = None;
            }
            Status::Declined | Status::Filtered | Status::Error => {
                self.set_transfer(Transfer::Refused);
                self.needs_person("the bank refused the return; the money stays charged");
                self.wake_at = None;
                return (self, vec![Effect::Alarm("a return was refused")]);
            }
            Status::Processing | Status::Unknown => self.set_transfer(Transfer::Following),
        }
        (self, vec![])
    }
}
