//! Asking the gateway until it is final, and believing only what fits.

use super::{Answer, Chip, Effect, Missing, Order, Report, Rules, State, Status, Step, Transaction};
use crate::api::{GiveBackReason, Kind, NotCharged, Outcome};
use crate::money::Amount;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// When a person has to look at what is not final.
const LONGEST_MS: u64 = 14 * DAY_MS;
/// How often it is still asked about then.
const LATE_QUESTIONS: u8 = 24;

impl Order {
    /// Time passed: ask if it is time to.
    pub(super) fn tick(mut self, rules: &Rules, now: u64) -> Step {
        if self.wake_at().is_none_or(|at| at > now) {
            return (self, vec![]);
        }
        if let Some(step) = self.send_again(now) {
            return step;
        }
        if self.is_open() && now.saturating_sub(self.accepted_at) >= DAY_MS && self.card_is_lost() {
            self.needs_person(Missing::CardAndStatus);
        }
        if let Some(later) = self.open_later().filter(|later| now.saturating_sub(later.since) >= DAY_MS) {
            let missing = Missing::EndOf(later.kind);
            self.needs_person(missing);
        }
        if self.is_open() && self.age(now) >= LONGEST_MS {
            self.needs_person(Missing::Status);
            self.late_questions = self.late_questions.saturating_add(1);
        }
        // Should no answer come, not even a failure, this is when to ask again.
        self.wake_at = self.next_question(rules, now);
        self.ask(now)
    }

    /// How long ago what is followed began.
    fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.later.last().map_or(self.accepted_at, |later| later.since))
    }

    fn card_is_lost(&self) -> bool {
        matches!(self.state, State::Following { chip: Chip::Lost { .. }, .. })
    }

    /// 3 s, or 1 s while a chip waits; after 5 minutes every 5; after an hour hourly. After day 14 a day more: nobody may
    /// have asked for all that time, and one answer may be cut off; the list is right once there were some.
    pub(super) fn next_question(&self, rules: &Rules, now: u64) -> Option<u64> {
        let chip_waits = matches!(&self.state, State::Following { chip, .. } if chip.is_waiting());
        let interval = match self.age(now) {
            0..300_000 if chip_waits => rules.chip_poll_ms,
            0..300_000 => rules.poll_ms,
            300_000..HOUR_MS => 5 * MINUTE_MS,
            age if age < LONGEST_MS => HOUR_MS,
            _ if self.is_open() && self.late_questions <= LATE_QUESTIONS => HOUR_MS,
            _ => return None,
        };
        Some(now.saturating_add(interval))
    }

    pub(super) fn answered(mut self, answer: Answer, rules: &Rules, now: u64) -> Step {
        // What speaks of another order is no answer.
        let answer = match answer {
            Answer::Report(report) if !self.has_ids_of(&report) => Answer::Lost,
            answer => answer,
        };
        if answer == Answer::Lost && self.is_open() && self.next_question(rules, now).is_none() {
            return (self, vec![]);
        }
        if !self.later.is_empty() {
            return self.later_answered(answer, rules, now);
        }
        match (&self.state, answer) {
            (State::Final(Outcome::NotCharged { why: NotCharged::NeverArrived, .. }), answer) => {
                self.watched(answer, rules, now)
            }
            (State::Searching(search), Answer::NotFound) => {
                let search = *search;
                self.denied(search, rules, now)
            }
            (State::Searching(_), Answer::Report(report)) if self.is_ours(&report) => {
                let (order, mut effects) = self.follow(now);
                let (order, more) = order.reported(*report, rules, now);
                effects.extend(more);
                (order, effects)
            }
            (State::Following { .. }, Answer::Report(report)) if self.is_ours(&report) => {
                self.reported(*report, rules, now)
            }
            (State::Following { .. } | State::Searching(_), _) => {
                self.wake_at = self.next_question(rules, now);
                (self, vec![])
            }
            (State::Submitting | State::KeepOrGiveBack { .. } | State::Final(_), _) => (self, vec![]),
        }
    }

    /// Whether a report speaks of this attempt's own transaction: the gateway reports the latest one of an order.
    pub(super) fn is_ours(&self, report: &Report) -> bool {
        let transaction = match self.terms.kind {
            Kind::Sale => Transaction::Sale,
            Kind::Preauth => Transaction::Preauth,
        };
        // A report that does not name its type, which may be all that is left of one, is told by its serial number.
        let same_request = || self.serial_number.is_some() && self.serial_number == report.serial_number;
        self.has_ids_of(report)
            && report.transaction.map_or_else(same_request, |t| t == transaction)
            && report.amount.is_none_or(|a| self.covers(a))
    }

    pub(super) fn has_ids_of(&self, report: &Report) -> bool {
        report.attempt == self.terms.attempt.as_str()
            && self.order_id.as_ref().is_none_or(|id| *id == report.order_id)
    }

    fn covers(&self, amount: Amount) -> bool {
        amount.currency == self.terms.amount.currency && amount.minor <= self.terms.amount.minor
    }

    fn reported(mut self, report: Report, rules: &Rules, now: u64) -> Step {
        self.order_id = Some(report.order_id);
        if report.serial_number.is_some() && self.serial_number.is_none() {
            self.serial_number = report.serial_number;
        }
        self.stage = report.stage;
        self.gate = report.gate.unwrap_or(self.gate);
        if !report.receipt.is_empty() {
            self.receipt = report.receipt;
        }
        let outcome = match report.status {
            Status::Processing | Status::Unknown => {
                if let State::Following { unknown, online_check, .. } = &mut self.state {
                    *unknown = report.status == Status::Unknown;
                    *online_check = report.online_check;
                }
                let (mut order, effects) = match report.awaits_card {
                    true => self.gateway_awaits_card(report.issuer, rules.chip_wait_ms, now),
                    false => self.gateway_moved_on(),
                };
                order.wake_at = order.next_question(rules, now);
                return (order, effects);
            }
            Status::Approved => match report.amount.filter(|a| a.minor > 0) {
                Some(amount) => return self.approved(amount, rules, now),
                None => {
                    self.needs_person(Missing::Amount);
                    self.wake_at = self.next_question(rules, now);
                    return (self, vec![]);
                }
            },
            Status::Declined => Outcome::Declined(report.reason),
            Status::Filtered => Outcome::Filtered(report.reason),
            Status::Error => Outcome::Error(report.reason),
        };
        self.finish(outcome)
    }

    /// The stage no longer waits for the card: an advice whose answer was lost has arrived.
    fn gateway_moved_on(mut self) -> Step {
        if let State::Following { chip, .. } = &mut self.state
            && let Chip::Advising { approved, sending: false, .. } = *chip
        {
            *chip = Chip::Advised { approved };
            return (self, vec![Effect::ForgetCardData]);
        }
        (self, vec![])
    }

    fn approved(mut self, amount: Amount, rules: &Rules, now: u64) -> Step {
        let State::Following { chip, .. } = &self.state else { return (self, vec![]) };
        let give_back = match chip {
            Chip::NotNeeded | Chip::Expected => None,
            Chip::Advised { approved }
            | Chip::Advising { approved, .. }
            | Chip::Lost { card_said: Some(approved) } => (!approved).then_some(GiveBackReason::CardRefused),
            Chip::Deciding { .. } | Chip::Lost { card_said: None } if rules.attended => {
                self.state = State::KeepOrGiveBack { amount };
                self.needs_person(Missing::CardsWord);
                self.wake_at = None;
                return (self, vec![Effect::ForgetCardData]);
            }
            Chip::Deciding { .. } | Chip::Lost { card_said: None } => Some(GiveBackReason::CardLost),
        };
        let (order, mut effects) = self.finish(Outcome::Approved { amount });
        let Some(why) = give_back else { return (order, effects) };
        let (order, more) = order.start_give_back(why, now);
        effects.extend(more);
        (order, effects)
    }
}
