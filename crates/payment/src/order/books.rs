//! What an order took, gave back and has left, in minor units; and what may still be done with it.

use super::{Cause, Order, Rules, State, Transfer};
use crate::api::{self, Kind, LaterKind, LaterState, Left, Outcome};
use crate::money::Amount;

/// Why a later transaction cannot begin. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// One transaction at a time.
    #[error("another transaction of this payment is open")]
    Open,
    /// The payment is not approved, is captured, cancelled or returned already; or the gate is not known to support it.
    #[error("the payment does not allow this now")]
    NotInThisState,
    /// More than is left.
    #[error("more than is left of the payment, which is {left}")]
    MoreThanLeft {
        /// What is left.
        left: Amount,
    },
    /// The gate does not do it in part.
    #[error("the gateway does not allow a part of the amount")]
    NoPart,
    /// Nothing, or another currency than the payment's.
    #[error("the amount is zero or in another currency")]
    NoAmount,
    /// The request's id was used with other contents.
    #[error("this request's id was used for another request")]
    OtherRequest,
}

impl Order {
    /// The amount to send for `amount`, or for all that is left: `None` where that is the whole.
    pub(super) fn possible(
        &self,
        kind: LaterKind,
        amount: Option<Amount>,
        rules: &Rules,
    ) -> Result<Option<Amount>, NotPossible> {
        if self.open_later().is_some() {
            return Err(NotPossible::Open);
        }
        let (whole, left) = self.whole_and_left(kind, rules).ok_or(NotPossible::NotInThisState)?;
        let asked = amount.unwrap_or(left);
        if asked.minor == 0 || asked.currency != left.currency {
            return Err(if left.minor == 0 {
                NotPossible::MoreThanLeft { left }
            } else {
                NotPossible::NoAmount
            });
        }
        if asked.minor > left.minor {
            return Err(NotPossible::MoreThanLeft { left });
        }
        if asked == whole {
            return Ok(None);
        }
        if self.allows_part(kind) { Ok(Some(asked)) } else { Err(NotPossible::NoPart) }
    }

    /// What there was to capture, return or void in the first place, and what is left of it; `None` where the state does
    /// not allow it at all. One capture a preauthorisation: whether the gateway takes more is not known.
    fn whole_and_left(&self, kind: LaterKind, rules: &Rules) -> Option<(Amount, Amount)> {
        let State::Final(Outcome::Approved { .. }) = self.state else { return None };
        let (whole, returned) = (self.charged(self.later.len())?, self.returned());
        let left = Amount::new(whole.minor.saturating_sub(returned), whole.currency);
        let reserved = self.terms.kind == Kind::Preauth && self.captured(self.later.len()).is_none();
        let allowed = match kind {
            LaterKind::Capture => reserved && returned == 0,
            LaterKind::Return => true,
            LaterKind::Void => rules.void && !reserved && returned == 0,
        };
        allowed.then_some((whole, left))
    }

    /// A cancel is always of the whole: the gateway's documents have an amount for reversals only.
    fn allows_part(&self, kind: LaterKind) -> bool {
        let reserved = self.terms.kind == Kind::Preauth && self.captured(self.later.len()).is_none();
        match kind {
            LaterKind::Capture => self.gate.partial_capture,
            LaterKind::Return => self.gate.partial_return && !reserved,
            LaterKind::Void => false,
        }
    }

    /// What the customer's card was charged, or what is reserved while nothing is captured, before the `nth` later
    /// transaction; `None` where the till never heard how much.
    pub(super) fn charged(&self, nth: usize) -> Option<Amount> {
        match self.state {
            State::Final(Outcome::Approved { amount }) => Some(self.captured(nth).unwrap_or(amount)),
            _ => None,
        }
    }

    fn captured(&self, nth: usize) -> Option<Amount> {
        let State::Final(Outcome::Approved { amount }) = self.state else { return None };
        let is_capture =
            |later: &&super::Later| later.kind == LaterKind::Capture && later.transfer == Transfer::Done;
        self.later.iter().take(nth).find(is_capture).map(|later| later.amount.unwrap_or(amount))
    }

    /// The amount of the `nth` later transaction; what was asked of the customer where the till never heard how much.
    #[must_use]
    pub fn amount_of(&self, nth: usize) -> Amount {
        let own = self.later.get(nth).and_then(|later| later.amount);
        own.or_else(|| self.charged(nth)).unwrap_or(self.terms.amount)
    }

    /// Minor units that went back, or were never taken after all.
    fn returned(&self) -> u64 {
        let back = self
            .later
            .iter()
            .enumerate()
            .filter(|(_, later)| later.kind != LaterKind::Capture && later.transfer == Transfer::Done);
        back.map(|(nth, _)| self.amount_of(nth).minor).fold(0, u64::saturating_add)
    }

    /// Whether all of it went back.
    pub(super) fn is_given_back(&self) -> bool {
        let returned = self.returned();
        returned > 0 && self.charged(self.later.len()).is_none_or(|charged| returned >= charged.minor)
    }

    /// What a full return has to name: nothing, unless a part went back before.
    pub(super) fn rest_after_parts(&self) -> Option<Amount> {
        let (charged, returned) = (self.charged(self.later.len())?, self.returned());
        (returned > 0).then(|| Amount::new(charged.minor.saturating_sub(returned), charged.currency))
    }

    /// What may be asked for now.
    pub(super) fn left(&self, rules: &Rules) -> Left {
        let may = |kind| match self.open_later() {
            Some(_) => None,
            None => self.whole_and_left(kind, rules).map(|(_, left)| left).filter(|left| left.minor > 0),
        };
        let (capture, give_back) = (may(LaterKind::Capture), may(LaterKind::Return));
        let partial = match (capture, give_back) {
            (Some(_), _) => self.allows_part(LaterKind::Capture),
            (None, Some(_)) => self.allows_part(LaterKind::Return),
            (None, None) => false,
        };
        Left { capture, give_back, partial, void: may(LaterKind::Void).is_some() }
    }

    /// What the page is told of each.
    pub(super) fn later_views(&self) -> Vec<api::Later> {
        let view = |(nth, later): (usize, &super::Later)| {
            let (operator, reason) = match &later.cause {
                Cause::Asked(asked) => (asked.operator.clone(), Some(asked.reason.clone())),
                Cause::GiveBack(_) => (None, None),
            };
            let state = match (later.transfer, &self.needs_person) {
                (Transfer::Done, _) => LaterState::Done,
                (Transfer::Refused, _) => LaterState::Refused { reason: later.refusal.clone() },
                (_, Some(why)) => LaterState::NeedsPerson { why: why.to_string() },
                (Transfer::Sending | Transfer::Waiting, None) => LaterState::Sending,
                (Transfer::Following | Transfer::Denied, None) => LaterState::Processing,
                (Transfer::Unknown, None) => LaterState::Unknown,
            };
            let amount = self.amount_of(nth);
            api::Later { kind: later.kind, amount, state, at: later.since, operator, reason }
        };
        self.later.iter().enumerate().map(view).collect()
    }
}
