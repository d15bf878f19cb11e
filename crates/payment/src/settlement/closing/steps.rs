//! How a closing goes on. Whoever drives it stores it after each event, before it sends anything, and wakes it with
//! [`ClosingEvent::Tick`] at [`Closing::wake_at`].

use super::{Closing, ClosingId, ClosingRules, ClosingState};
use crate::api::Reason;
use crate::settlement::{Answer, DayTotals, Key, Movement, Period, Reply};

/// What the world did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosingEvent {
    /// The end of a request.
    Answered(Reply),
    /// Somebody asks for the truth now.
    AskNow,
    /// Time passed.
    Tick,
    /// The proxy started again: whatever was on its way is lost.
    Restarted,
}

/// The next closing, and whether its request has to be sent once that is stored: always with the same id.
pub type ClosingStep = (Closing, bool);

/// Between two questions of people, in milliseconds.
const APART_MS: u64 = 5_000;

impl Closing {
    /// Closes this day, with these totals and over what is open: to be stored, then woken.
    #[must_use]
    pub fn begin(
        id: ClosingId,
        day: &Period,
        ours: DayTotals,
        open: Vec<Movement>,
        by: Option<String>,
    ) -> Self {
        Self {
            id,
            from: day.from,
            until: day.until,
            ours,
            open,
            operator: by,
            state: ClosingState::Stored,
            asked_at: 0,
            sent: 0,
            wake_at: Some(0),
            asking: false,
        }
    }

    /// When to wake it; `None` once nothing is left to ask.
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        self.wake_at.filter(|_| !self.asking)
    }

    /// Whether it goes on by itself. No other id may be sent meanwhile.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.asking || self.wake_at.is_some()
    }

    /// Whether payments cannot pass meanwhile.
    #[must_use]
    pub fn is_gate_closing(&self) -> bool {
        matches!(self.state, ClosingState::Stored | ClosingState::Sending | ClosingState::Blocked { .. })
    }

    /// Whether the day after begins where this one ends.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.state, ClosingState::Closed { .. } | ClosingState::Differs { .. })
    }

    /// What the gateway said last, where it said more than no.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.state {
            ClosingState::Blocked { answer, .. } | ClosingState::Differs { answer } => Some(answer),
            ClosingState::Closed { answer } | ClosingState::Unknown { answer, .. } => answer.as_ref(),
            ClosingState::Stored | ClosingState::Sending | ClosingState::Refused { .. } => None,
        }
    }

    /// The day after it, up to `until`.
    #[must_use]
    pub fn day_after(&self, until: u64) -> Period {
        let carried: Vec<Key> = self.open.iter().map(Movement::key).collect();
        Period { from: self.until, until, carried }
    }

    /// Applies one event at `now`.
    #[must_use]
    pub fn handle(mut self, event: ClosingEvent, rules: &ClosingRules, now: u64) -> ClosingStep {
        match event {
            ClosingEvent::Answered(reply) => {
                self.asking = false;
                (self.answered(reply, rules, now), false)
            }
            ClosingEvent::AskNow => {
                let is_open =
                    matches!(self.state, ClosingState::Blocked { .. } | ClosingState::Unknown { .. });
                if is_open && !self.asking {
                    let soonest = now.max(self.asked_at.saturating_add(APART_MS));
                    self.wake_at = Some(soonest.min(self.wake_at.unwrap_or(u64::MAX)));
                }
                (self, false)
            }
            ClosingEvent::Tick => self.tick(rules, now),
            ClosingEvent::Restarted => {
                self.asking = false;
                if self.state == ClosingState::Sending {
                    self = self.unknown(None, Reason::default(), now);
                }
                if self.is_open() {
                    self.wake_at = Some(now);
                }
                (self, false)
            }
        }
    }

    fn tick(mut self, rules: &ClosingRules, now: u64) -> ClosingStep {
        if self.wake_at().is_none_or(|at| at > now) {
            return (self, false);
        }
        match self.state.clone() {
            ClosingState::Stored => self.state = ClosingState::Sending,
            // A request that is refused as known before was taken, unless the bank has said no to it.
            ClosingState::Blocked { answer, silent: true, .. } if answer.code.is_none() => {
                return (self.close(answer), false);
            }
            ClosingState::Blocked { since, answer, silent }
                if silent || now.saturating_sub(since) >= rules.gate_limit_ms =>
            {
                return (self.settle(answer, now), false);
            }
            ClosingState::Blocked { .. } | ClosingState::Unknown { .. } => {}
            // One whose end is lost with the driver's task is asked for again, as after a restart.
            ClosingState::Sending => self = self.unknown(None, Reason::default(), now),
            ClosingState::Closed { .. } | ClosingState::Differs { .. } | ClosingState::Refused { .. } => {
                self.wake_at = None;
                return (self, false);
            }
        }
        self.asking = true;
        self.asked_at = now;
        self.sent = self.sent.saturating_add(1);
        // A restart finds when to ask again, should it never hear of the answer.
        self.wake_at = Some(self.again(rules, now));
        (self, true)
    }

    fn answered(mut self, reply: Reply, rules: &ClosingRules, now: u64) -> Self {
        if !matches!(
            self.state,
            ClosingState::Sending | ClosingState::Blocked { .. } | ClosingState::Unknown { .. }
        ) {
            return self;
        }
        match (self.state.clone(), reply) {
            (ClosingState::Blocked { since, .. }, Reply::Answered(answer)) if answer.blocked => {
                self.blocked(since, *answer, rules, now)
            }
            (_, Reply::Answered(answer)) if answer.blocked => self.blocked(now, *answer, rules, now),
            (_, Reply::Answered(answer)) => self.settle(*answer, now),
            (ClosingState::Blocked { since, answer, .. }, Reply::Duplicate) => {
                self.state = ClosingState::Blocked { since, answer, silent: true };
                self.wake_at = Some(now.saturating_add(rules.gate_wait_ms));
                self
            }
            (_, Reply::Duplicate) => {
                self.state = ClosingState::Closed { answer: None };
                self.wake_at = None;
                self
            }
            (ClosingState::Blocked { .. }, Reply::Refused(_) | Reply::NoConnection | Reply::Lost) => {
                self.wake_at = Some(now.saturating_add(rules.poll_ms));
                self
            }
            (ClosingState::Sending, Reply::Refused(reason)) => self.refused(reason),
            (ClosingState::Sending, Reply::NoConnection) => self.refused(Reason::default()),
            (ClosingState::Sending, Reply::Lost) => {
                self = self.unknown(None, Reason::default(), now);
                self.ask_again(rules, now)
            }
            // What is refused now may have been taken the first time.
            (ClosingState::Unknown { since, answer, .. }, Reply::Refused(reason)) => {
                self.state = ClosingState::Unknown { since, answer, reason };
                self.ask_again(rules, now)
            }
            (_, Reply::NoConnection | Reply::Lost | Reply::Refused(_)) => self.ask_again(rules, now),
        }
    }

    fn blocked(mut self, since: u64, answer: Answer, rules: &ClosingRules, now: u64) -> Self {
        self.state = ClosingState::Blocked { since, answer, silent: false };
        self.wake_at = Some(now.saturating_add(rules.poll_ms));
        self
    }

    fn settle(mut self, answer: Answer, now: u64) -> Self {
        if answer.agreed {
            return self.close(answer);
        }
        self.wake_at = None;
        self.unknown(Some(answer), Reason::default(), now)
    }

    fn close(mut self, answer: Answer) -> Self {
        self.wake_at = None;
        self.state = match answer.totals {
            Some(totals) if totals != self.ours => ClosingState::Differs { answer },
            _ => ClosingState::Closed { answer: Some(answer) },
        };
        self
    }

    fn refused(mut self, reason: Reason) -> Self {
        self.state = ClosingState::Refused { reason };
        self.wake_at = None;
        self
    }

    fn unknown(mut self, answer: Option<Answer>, reason: Reason, now: u64) -> Self {
        self.state = ClosingState::Unknown { since: now, answer, reason };
        self
    }

    /// Asks again after a while; not where the gateway has answered, and only a person can tell what that means.
    fn ask_again(mut self, rules: &ClosingRules, now: u64) -> Self {
        self.wake_at = match &self.state {
            ClosingState::Unknown { answer: Some(_), .. } => None,
            ClosingState::Unknown { since, .. } if now.saturating_sub(*since) >= rules.give_up_ms => None,
            _ => Some(self.again(rules, now)),
        };
        self
    }

    fn again(&self, rules: &ClosingRules, now: u64) -> u64 {
        let [first, second, third, fourth, later] = rules.again_ms;
        let wait = match self.sent {
            0 | 1 => first,
            2 => second,
            3 => third,
            4 => fourth,
            _ => later,
        };
        now.saturating_add(wait)
    }
}
