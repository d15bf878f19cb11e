//! What the gateway does after the sale: captures, returns and voids, counted.

use crate::gateway::{Order, Status};
use crate::random::Random;
use payment::api::{Kind, LaterKind};
use payment::attempt::AttemptId;

/// A capture, return or void at the gateway.
#[derive(Debug, Clone)]
pub(crate) struct Later {
    /// Which of the proxy's order it is; none where it was made in the gateway's own pages.
    pub(crate) nth: Option<usize>,
    pub(crate) request: Option<AttemptId>,
    pub(crate) kind: LaterKind,
    /// Its transaction type.
    pub(crate) word: &'static str,
    pub(crate) minor: u64,
    pub(crate) status: Status,
}

/// What kind of gateway it is after the sale, and what becomes of what it is asked.
#[derive(Debug, Clone)]
pub(crate) struct After {
    /// Status answers name the request's own number; else one for all of an order.
    pub(crate) numbered: bool,
    /// It returns whatever it is told to: the till has to know what is left.
    pub(crate) trusting: bool,
    fates: Vec<LaterFate>,
}

/// What becomes of one later transaction.
#[derive(Debug, Clone, Copy)]
struct LaterFate {
    work_ms: u64,
    refused: bool,
    end: Status,
    unknown_first: bool,
}

impl After {
    pub(crate) fn draw(random: &mut Random) -> Self {
        Self { numbered: random.percent(60), trusting: random.percent(30), fates: vec![] }
    }

    /// The same gateway with another payment.
    pub(crate) fn with_fates(self, random: &mut Random) -> Self {
        Self { fates: (0..8).map(|_| LaterFate::draw(random)).collect(), ..self }
    }
}

impl LaterFate {
    fn draw(random: &mut Random) -> Self {
        Self {
            work_ms: match random.below(20) {
                0..=15 => random.between(300, 8_000),
                16..=18 => random.between(8_000, 600_000),
                _ => random.between(600_000, 3 * 86_400_000),
            },
            refused: random.percent(5),
            end: if random.percent(10) { Status::Declined } else { Status::Approved },
            unknown_first: random.percent(10),
        }
    }
}

impl Order {
    pub(crate) fn moved(&self, is: impl Fn(LaterKind) -> bool) -> u64 {
        let done = self.later.iter().filter(|later| later.status == Status::Approved && is(later.kind));
        done.map(|later| later.minor).sum()
    }

    /// What the card was charged, or what is reserved while nothing is captured.
    pub(crate) fn taken(&self) -> u64 {
        match self.moved(|kind| kind == LaterKind::Capture) {
            0 => self.charged.iter().sum(),
            captured => captured,
        }
    }

    /// What becomes of the one in this place.
    fn fate_of(&self, place: usize) -> Option<LaterFate> {
        let fates = &self.after.as_ref()?.fates;
        fates.get(place % fates.len()).copied()
    }

    /// How long the latest takes.
    pub(crate) fn work_ms(&self) -> Option<u64> {
        self.fate_of(self.later.len().saturating_sub(1)).map(|fate| fate.work_ms)
    }

    /// Whether it takes the request; all of it, without an amount.
    pub(crate) fn takes(&self, kind: LaterKind, minor: Option<u64>) -> bool {
        let Some(after) = &self.after else {
            return self.status == Status::Approved && self.later.is_empty();
        };
        let captured = self.moved(|kind| kind == LaterKind::Capture) > 0;
        let reserved = self.terms.kind == Kind::Preauth && !captured;
        let untouched = self.net() == self.taken();
        let fits = match kind {
            LaterKind::Capture => reserved && untouched,
            LaterKind::Return => !reserved || minor.is_none(),
            LaterKind::Void => !reserved && untouched && minor.is_none(),
        };
        let idle = self.later.last().is_none_or(|later| later.status.is_final());
        let minor = minor.unwrap_or(self.taken());
        let covered = after.trusting || minor <= self.net();
        let refused = self.fate_of(self.later.len()).is_some_and(|fate| fate.refused);
        self.status == Status::Approved && idle && fits && minor > 0 && covered && !refused
    }

    pub(crate) fn begin(
        &mut self,
        nth: Option<usize>,
        request: Option<AttemptId>,
        kind: LaterKind,
        minor: u64,
        status: Status,
    ) {
        let captured = self.moved(|kind| kind == LaterKind::Capture) > 0;
        let word = match kind {
            LaterKind::Capture => "capture",
            LaterKind::Return if self.terms.kind == Kind::Preauth && !captured => "cancel",
            LaterKind::Return => "reversal",
            LaterKind::Void => "void",
        };
        self.later.push(Later { nth, request, kind, word, minor, status });
    }

    /// The latest takes its next step; whether that ended it.
    pub(crate) fn later_progress(&mut self, return_end: Status, now: u64) -> bool {
        let fate = self.fate_of(self.later.len().saturating_sub(1));
        let Some(later) = self.later.last_mut() else { return false };
        match (later.status, fate) {
            (Status::Processing, Some(fate)) if fate.unknown_first => {
                later.status = Status::Unknown;
                self.next_at = Some(now + fate.work_ms);
                false
            }
            (Status::Processing | Status::Unknown, fate) => {
                later.status = fate.map_or(return_end, |fate| fate.end);
                true
            }
            _ => false,
        }
    }
}
