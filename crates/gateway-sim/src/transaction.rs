//! One transaction of an order and where it stands at a time.

use paynet::Status;

use crate::outcome::{Outcome, UNKNOWN_MS};

/// What kind of transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sale,
    Preauth,
    Capture,
    Reversal,
    Cancel,
    Void,
}

impl Kind {
    /// `transaction-type`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Preauth => "preauth",
            Self::Capture => "capture",
            Self::Reversal => "reversal",
            Self::Cancel => "cancel",
            Self::Void => "void",
        }
    }

    /// First part of `order-stage`.
    const fn family(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Preauth => "auth",
            Self::Capture => "capture",
            Self::Reversal => "reversal",
            Self::Cancel => "cancel",
            Self::Void => "void",
        }
    }
}

/// One transaction. What it does is settled when it begins; only an advice changes it.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) kind: Kind,
    pub(crate) serial: String,
    /// Minor units asked for.
    pub(crate) asked: u64,
    /// Minor units that are approved if it is approved.
    pub(crate) granted: u64,
    pub(crate) outcome: Outcome,
    pub(crate) is_contact_chip: bool,
    pub(crate) started: u64,
    pub(crate) processing_ms: u64,
    /// How long an advice is waited for; for ever without it.
    pub(crate) advice_wait_ms: Option<u64>,
    /// When the advice came.
    pub(crate) advised: Option<u64>,
    /// Whether callbacks have been queued.
    pub(crate) announced: bool,
}

/// Where a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) status: Status,
    /// `order-stage`.
    pub(crate) stage: String,
}

impl Transaction {
    pub(crate) fn progress(&self, now: u64) -> Progress {
        let (status, stage) = self.standing(now);
        Progress { status, stage: format!("{}_{stage}", self.kind.family()) }
    }

    fn standing(&self, now: u64) -> (Status, &'static str) {
        let processing = if self.is_contact_chip { "emv_processing" } else { "processing" };
        match self.outcome {
            Outcome::Redirect => return (Status::Processing, "3d_validating"),
            Outcome::Stuck => return (Status::Processing, processing),
            _ if now < self.answered() => return (Status::Processing, processing),
            _ => {}
        }
        if self.needs_advice() {
            match self.advised {
                None if self.awaits_advice(now) => return (Status::Processing, "emv_validating"),
                None => {}
                Some(at) if now < at + self.processing_ms / 2 => {
                    return (Status::Processing, "emv_validated");
                }
                Some(at) if now < at + self.processing_ms => {
                    return (Status::Processing, "emv_advice_processing");
                }
                Some(_) => {}
            }
        }
        match self.outcome {
            Outcome::UnknownFirst if self.settled().is_none_or(|at| now < at) => (Status::Unknown, "unknown"),
            Outcome::Decline(_) | Outcome::CardDeclined => (Status::Declined, "declined"),
            Outcome::Filter => (Status::Filtered, "filtered"),
            Outcome::Fail => (Status::Error, "error"),
            _ => (Status::Approved, "approved"),
        }
    }

    /// When the status becomes final, if that is already certain.
    pub(crate) fn settled(&self) -> Option<u64> {
        let decided = match self.advised {
            _ if matches!(self.outcome, Outcome::Stuck | Outcome::Redirect) => return None,
            None if self.needs_advice() => self.advice_limit()?,
            None => self.answered(),
            Some(at) => at + self.processing_ms,
        };
        Some(if self.outcome == Outcome::UnknownFirst { decided + UNKNOWN_MS } else { decided })
    }

    /// Whether the card still has to be heard: status and issuer's answer are there, the advice is not.
    pub(crate) fn awaits_advice(&self, now: u64) -> bool {
        let in_time = now >= self.answered() && self.advice_limit().is_none_or(|limit| now < limit);
        self.needs_advice() && self.advised.is_none() && in_time
    }

    /// When an advice that has not come is no longer waited for.
    fn advice_limit(&self) -> Option<u64> {
        self.advice_wait_ms.map(|wait| self.answered().saturating_add(wait))
    }

    /// A contact chip whose issuer approved gets the issuer's answer before the result is final. That a decline by
    /// the issuer is final at once is inferred.
    fn needs_advice(&self) -> bool {
        let issuer_approved =
            matches!(self.outcome, Outcome::Approve | Outcome::UnknownFirst | Outcome::CardDeclined);
        self.is_contact_chip && issuer_approved
    }

    fn answered(&self) -> u64 {
        self.started + self.processing_ms
    }

    /// Minor units that have moved.
    pub(crate) fn moved(&self, now: u64) -> u64 {
        if self.progress(now).status == Status::Approved { self.granted } else { 0 }
    }
}
