//! The card's part of a contact chip payment: it checks the bank's answer, and its decision goes to the gateway.

use super::{Effect, Order, State, Step};
use crate::api::{Entry, GiveBackReason, IssuerAnswer, Outcome};
use serde::{Deserialize, Serialize};

/// What the card has still to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chip {
    /// Swiped or tapped: nothing.
    NotNeeded,
    /// The gateway has not asked for it yet.
    Expected,
    /// The bank has answered; the card must decide.
    Deciding {
        /// When the gateway was first seen waiting.
        since: u64,
        /// What the card has to check.
        issuer: IssuerAnswer,
    },
    /// The card has decided; the gateway has not yet taken the advice.
    Advising {
        /// The card's decision.
        approved: bool,
        /// When the decision came.
        since: u64,
        /// An advice is on its way; a restart loses it.
        #[serde(skip)]
        sending: bool,
    },
    /// The gateway has the card's decision.
    Advised {
        /// The card's decision.
        approved: bool,
    },
    /// No advice can be given any more, and what the card had said, if it said anything.
    Lost {
        /// The card's decision, where it is known.
        card_said: Option<bool>,
    },
}

impl Chip {
    pub(super) fn expected(entry: Entry) -> Self {
        match entry {
            Entry::Chip => Self::Expected,
            Entry::Contactless | Entry::Swipe => Self::NotNeeded,
        }
    }

    /// Whether a card waits in the reader, which makes the questions come faster.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self, Self::Expected | Self::Deciding { .. } | Self::Advising { .. })
    }
}

impl Order {
    fn chip(&mut self) -> Option<&mut Chip> {
        match &mut self.state {
            State::Following { chip, .. } => Some(chip),
            _ => None,
        }
    }

    pub(super) fn card_decided(mut self, approved: bool, now: u64) -> Step {
        let Some(chip) = self.chip() else { return self.card_lost(Some(approved), now) };
        let since = match chip {
            Chip::Expected | Chip::Deciding { .. } => now,
            // The page posts again when our answer was lost, or when a restart has lost the data held in memory.
            Chip::Advising { approved: said, since, sending: false } if *said == approved => *since,
            // Too late for an advice, and still the card's word.
            Chip::Lost { card_said: None } => return self.card_lost(Some(approved), now),
            _ => return (self, vec![]),
        };
        *chip = Chip::Advising { approved, since, sending: true };
        (self, vec![Effect::SendAdvice])
    }

    pub(super) fn advice_answered(mut self, taken: bool, now: u64) -> Step {
        let Some(Chip::Advising { approved, since, .. }) = self.chip().cloned() else {
            return (self, vec![]);
        };
        if let Some(chip) = self.chip() {
            *chip = match taken {
                true => Chip::Advised { approved },
                false => Chip::Advising { approved, since, sending: false },
            };
        }
        self.wake_at = Some(now.saturating_add(if taken { 0 } else { 1_000 }));
        (self, if taken { vec![Effect::ForgetCardData] } else { vec![] })
    }

    pub(super) fn card_lost(mut self, card_said: Option<bool>, now: u64) -> Step {
        // A page that was away for long: what it knows of the card settles what staff were asked.
        match (&self.state, card_said) {
            (State::KeepOrGiveBack { .. }, Some(true)) => return self.keep(),
            (State::KeepOrGiveBack { amount }, Some(false)) => {
                let amount = *amount;
                let (order, _) = self.finish(Outcome::Approved { amount });
                return order.start_give_back(GiveBackReason::CardRefused, now);
            }
            _ => {}
        }
        match self.chip() {
            Some(chip @ (Chip::Expected | Chip::Deciding { .. } | Chip::Lost { card_said: None })) => {
                *chip = Chip::Lost { card_said };
            }
            // What was already told to the proxy is the better witness of what the card said.
            Some(chip @ Chip::Advising { sending: false, .. }) => {
                if let Chip::Advising { approved, .. } = *chip {
                    *chip = Chip::Lost { card_said: Some(approved) };
                }
            }
            _ => return (self, vec![]),
        }
        self.wake_at = Some(now);
        (self, vec![Effect::ForgetCardData])
    }

    /// The gateway was seen to wait for the card: lets it decide, offers the advice again, or gives up on it.
    pub(super) fn gateway_awaits_card(
        mut self,
        issuer: Option<IssuerAnswer>,
        chip_wait_ms: u64,
        now: u64,
    ) -> Step {
        let Some(chip) = self.chip() else { return (self, vec![]) };
        let waited_out = |since: u64| now.saturating_sub(since) >= chip_wait_ms;
        let next = match (&*chip, issuer) {
            (Chip::Expected, Some(issuer)) => Chip::Deciding { since: now, issuer },
            (Chip::Deciding { since, .. }, _) if waited_out(*since) => Chip::Lost { card_said: None },
            (Chip::Advising { approved, since, sending: false }, _) if waited_out(*since) => {
                Chip::Lost { card_said: Some(*approved) }
            }
            (Chip::Advising { approved, since, sending: false }, _) => {
                *chip = Chip::Advising { approved: *approved, since: *since, sending: true };
                return (self, vec![Effect::SendAdvice]);
            }
            // A tapped or swiped card has left: no advice is made up for it.
            (Chip::NotNeeded, _) => Chip::Lost { card_said: None },
            _ => return (self, vec![]),
        };
        let forget = matches!(next, Chip::Lost { .. });
        *chip = next;
        (self, if forget { vec![Effect::ForgetCardData] } else { vec![] })
    }
}
