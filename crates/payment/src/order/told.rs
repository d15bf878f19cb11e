//! What a status answer says of the later transaction that is open: the gateway speaks of the latest one of an order.

use super::{Answer, Cause, Effect, Missing, Order, Report, Rules, Status, Step, Transfer};

/// Whose a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The open transaction's.
    This,
    /// Another's: as far as this report goes, the open one has not begun.
    Other,
    /// It may be the open one's, or an earlier one's that looks the same.
    Unclear,
}

impl Order {
    pub(super) fn later_answered(mut self, answer: Answer, rules: &Rules, now: u64) -> Step {
        let Some(later) = self.open_later() else { return (self, vec![]) };
        let (kind, transfer) = (later.kind, later.transfer);
        if !matches!(transfer, Transfer::Following | Transfer::Unknown | Transfer::Denied) {
            return (self, vec![]);
        }
        self.wake_at = self.next_question(rules, now);
        let Answer::Report(report) = answer else { return (self, vec![]) };
        if !self.has_ids_of(&report) {
            return (self, vec![]);
        }
        match (self.whose(&report), transfer) {
            (Some(Whose::This), Transfer::Unknown) if self.may_not_have_arrived(&report, rules, now) => {
                (self, vec![])
            }
            (Some(Whose::This), _) => self.later_told(*report),
            // Nothing began by a request that was refused, and nothing else explains the refusal.
            (Some(Whose::Other | Whose::Unclear), Transfer::Denied) => self.refused(None),
            (Some(Whose::Unclear), _) => {
                self.needs_person(Missing::Whether(kind));
                (self, vec![])
            }
            (Some(Whose::Other) | None, _) => (self, vec![]),
        }
    }

    /// Whether a request without an answer may still be under way, so that what was refused may be somebody else's.
    fn may_not_have_arrived(&self, report: &Report, rules: &Rules, now: u64) -> bool {
        let is_refused = matches!(report.status, Status::Declined | Status::Filtered | Status::Error);
        is_refused
            && self.open_later().is_some_and(|later| {
                later.serial_number.is_none() && now.saturating_sub(later.since) < rules.not_found_grace_ms
            })
    }

    /// `None` for a report that does not say of which transaction it speaks.
    fn whose(&self, report: &Report) -> Option<Whose> {
        let (this, earlier) = self.later.split_last()?;
        let nth = earlier.len();
        // A number that two requests have tells nothing.
        let has_number = |serial_number: &Option<String>| {
            serial_number.is_some() && *serial_number == report.serial_number
        };
        let is_shared = earlier.iter().any(|earlier| has_number(&earlier.serial_number));
        let of_this = has_number(&this.serial_number) && !is_shared;
        let of_earlier = !has_number(&this.serial_number)
            && earlier.iter().enumerate().any(|(nth, earlier)| {
                let fits = earlier.kind == this.kind && report.amount == Some(self.amount_of(nth));
                fits && has_number(&earlier.serial_number)
            });
        let transaction = report.transaction.or_else(|| of_this.then(|| this.transaction()))?;
        if transaction != this.transaction() {
            return Some(Whose::Other);
        }
        let amount_fits = match this.amount {
            Some(amount) => report.amount == Some(amount),
            // Of the whole the gateway may name what was asked at first.
            None => report.amount.is_none_or(|amount| {
                amount == self.terms.amount || self.charged(nth).is_none_or(|charged| charged == amount)
            }),
        };
        if of_this {
            return Some(if amount_fits { Whose::This } else { Whose::Unclear });
        }
        if !amount_fits || of_earlier {
            return Some(Whose::Other);
        }
        let amount = self.amount_of(nth);
        let looks_the_same = |(nth, earlier): (usize, &super::Later)| {
            earlier.kind == this.kind
                && self.amount_of(nth) == amount
                && ended_like(earlier.transfer, report.status)
        };
        let unclear = earlier.iter().enumerate().any(looks_the_same);
        Some(if unclear { Whose::Unclear } else { Whose::This })
    }

    fn later_told(mut self, report: Report) -> Step {
        // Of what was reported as not charged, this is the first word of how much it was.
        let never_heard = self.charged(self.later.len()).is_none();
        if let Some(later) = self.later.last_mut() {
            later.serial_number = later.serial_number.take().or(report.serial_number);
            later.amount = later.amount.or(report.amount.filter(|_| never_heard));
        }
        let transfer = match report.status {
            Status::Approved => Transfer::Done,
            Status::Processing => Transfer::Following,
            Status::Unknown => Transfer::Unknown,
            Status::Declined | Status::Filtered | Status::Error => {
                self.needs_person(Missing::BankRefused);
                return self.refused(Some(report.reason));
            }
        };
        if let Some(later) = self.later.last_mut() {
            later.transfer = transfer;
        }
        if transfer == Transfer::Done {
            self.closed();
        }
        (self, vec![])
    }

    /// The open one came to nothing. A person hears of it where nobody asked for it by hand.
    fn refused(mut self, reason: Option<crate::api::Reason>) -> Step {
        let Some(later) = self.later.last_mut() else { return (self, vec![]) };
        later.transfer = Transfer::Refused;
        if let Some(reason) = reason {
            later.refusal = reason;
        }
        if matches!(later.cause, Cause::GiveBack(_)) {
            self.wake_at = None;
            return (self, vec![Effect::Alarm("a return was refused")]);
        }
        self.closed();
        (self, vec![])
    }

    /// Nothing is open any more. What a refused give-back owes is still a person's.
    fn closed(&mut self) {
        self.wake_at = None;
        self.needs_person = None;
        let refused = self.give_back().is_some_and(|(later, _)| later.transfer == Transfer::Refused);
        if refused && !self.is_given_back() {
            self.needs_person(Missing::BankRefused);
        }
    }
}

/// Whether a transaction that ended so could be the one of a report with this status: what is final stays so.
fn ended_like(transfer: Transfer, status: Status) -> bool {
    match status {
        Status::Approved => transfer == Transfer::Done,
        Status::Declined | Status::Filtered | Status::Error => transfer == Transfer::Refused,
        // A report that comes late.
        Status::Processing | Status::Unknown => true,
    }
}
