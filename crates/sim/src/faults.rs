//! What can go wrong, when it is planned to, and how it strikes.

use crate::network::DAY;
use crate::random::Random;
use payment::till::State;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    RequestLost,
    RequestLate,
    RequestDoubled,
    AnswerLost,
    AnswerLate,
    AnswerDoubled,
    Reordered,
    Misdelivered,
    CallLost,
    CallLate,
    ReplyLost,
    ReplyLate,
    Gateway500,
    GatewayHtml,
    GatewayNothing,
    GatewayTruncated,
    GatewayOtherOrder,
    GatewayForgets,
    GatewayKilled,
    ReturnedElsewhere,
    CallbackForged,
    CallbackReplayed,
    CallbackLost,
    PageKilled,
    PageTorn,
    PageWiped,
    ProxyKilled,
    ProxyTorn,
    ProxyDiskFull,
    ProxyRestored,
    PageClock,
    ProxyClock,
    SecondTab,
    DoubleTap,
    CardPulled,
    OldReading,
}

impl Fault {
    pub(crate) const ALL: [Self; 36] = [
        Self::RequestLost,
        Self::RequestLate,
        Self::RequestDoubled,
        Self::AnswerLost,
        Self::AnswerLate,
        Self::AnswerDoubled,
        Self::Reordered,
        Self::Misdelivered,
        Self::CallLost,
        Self::CallLate,
        Self::ReplyLost,
        Self::ReplyLate,
        Self::Gateway500,
        Self::GatewayHtml,
        Self::GatewayNothing,
        Self::GatewayTruncated,
        Self::GatewayOtherOrder,
        Self::GatewayForgets,
        Self::GatewayKilled,
        Self::ReturnedElsewhere,
        Self::CallbackForged,
        Self::CallbackReplayed,
        Self::CallbackLost,
        Self::PageKilled,
        Self::PageTorn,
        Self::PageWiped,
        Self::ProxyKilled,
        Self::ProxyTorn,
        Self::ProxyDiskFull,
        Self::ProxyRestored,
        Self::PageClock,
        Self::ProxyClock,
        Self::SecondTab,
        Self::DoubleTap,
        Self::CardPulled,
        Self::OldReading,
    ];

    /// For the table in the documentation.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::RequestLost => "page → proxy: request lost",
            Self::RequestLate => "page → proxy: request up to a minute late",
            Self::RequestDoubled => "page → proxy: request doubled",
            Self::AnswerLost => "proxy → page: answer lost",
            Self::AnswerLate => "proxy → page: answer late",
            Self::AnswerDoubled => "proxy → page: answer doubled",
            Self::Reordered => "page ↔ proxy: one message overtakes another",
            Self::Misdelivered => "proxy → page: the answer for another attempt",
            Self::CallLost => "proxy → gateway: request lost",
            Self::CallLate => "proxy → gateway: request up to 30 s late",
            Self::ReplyLost => "gateway → proxy: answer lost",
            Self::ReplyLate => "gateway → proxy: answer late",
            Self::Gateway500 => "gateway answers HTTP 500",
            Self::GatewayHtml => "gateway answers HTML",
            Self::GatewayNothing => "gateway answers 200 and nothing",
            Self::GatewayTruncated => "gateway’s answer is cut off",
            Self::GatewayOtherOrder => "gateway reports another order",
            Self::GatewayForgets => "gateway denies an order for a while",
            Self::GatewayKilled => "gateway killed and restarted",
            Self::ReturnedElsewhere => "returned in the gateway’s own pages",
            Self::CallbackForged => "callback forged",
            Self::CallbackReplayed => "callback replayed with another amount and type",
            Self::CallbackLost => "callback lost",
            Self::PageKilled => "page killed and restarted",
            Self::PageTorn => "page’s power cut around a journal write",
            Self::PageWiped => "page’s profile wiped",
            Self::ProxyKilled => "proxy killed and restarted",
            Self::ProxyTorn => "proxy’s power cut around a store write",
            Self::ProxyDiskFull => "proxy’s store refuses a write",
            Self::ProxyRestored => "proxy’s store restored from a backup",
            Self::PageClock => "page’s clock jumps",
            Self::ProxyClock => "proxy’s clock jumps",
            Self::SecondTab => "a second tab is opened",
            Self::DoubleTap => "everything is tapped twice",
            Self::CardPulled => "card pulled or reader unplugged",
            Self::OldReading => "the reader gives an earlier reading again",
        }
    }
}

/// The till's states: the steps between which faults strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    AwaitCard,
    Cancelling,
    AwaitAcceptance,
    AwaitFinal,
    AwaitCardDecision,
    AwaitAdvice,
    Unresolved,
    Finished,
    /// Something that came after the sale is open; in the mix of all transactions only.
    Later,
    /// The day is being closed; in the mix of all transactions only.
    Day,
}

impl Step {
    pub(crate) const ALL: [Self; 8] = [
        Self::AwaitCard,
        Self::Cancelling,
        Self::AwaitAcceptance,
        Self::AwaitFinal,
        Self::AwaitCardDecision,
        Self::AwaitAdvice,
        Self::Unresolved,
        Self::Finished,
    ];

    pub(crate) fn of(state: &State) -> Self {
        match state {
            State::AwaitCard { .. } => Self::AwaitCard,
            State::Cancelling { .. } => Self::Cancelling,
            State::AwaitAcceptance(_) => Self::AwaitAcceptance,
            State::AwaitFinal(_) => Self::AwaitFinal,
            State::AwaitCardDecision(_) => Self::AwaitCardDecision,
            State::AwaitAdvice(_) => Self::AwaitAdvice,
            State::Unresolved(..) => Self::Unresolved,
            State::Finished(..) => Self::Finished,
        }
    }
}

/// A fault to come: at the first chance once `payment` has stood at `step` for `patience` events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) payment: usize,
    pub(crate) step: Step,
    pub(crate) patience: u8,
    pub(crate) fault: Fault,
    /// How long, which way, how much: whatever the fault needs.
    pub(crate) how: u64,
}

/// Where faults are planned. Steps that few payments take, or that take a moment, are there more often.
const PLACES: [Step; 17] = [
    Step::AwaitCard,
    Step::Cancelling,
    Step::Cancelling,
    Step::Cancelling,
    Step::Cancelling,
    Step::Cancelling,
    Step::AwaitAcceptance,
    Step::AwaitFinal,
    Step::AwaitCardDecision,
    Step::AwaitCardDecision,
    Step::AwaitCardDecision,
    Step::AwaitAdvice,
    Step::AwaitAdvice,
    Step::AwaitAdvice,
    Step::AwaitAdvice,
    Step::Unresolved,
    Step::Finished,
];

/// What seldom finds something to strike.
const RARE: [Fault; 7] = [
    Fault::CallbackLost,
    Fault::CallbackLost,
    Fault::CallbackLost,
    Fault::ReturnedElsewhere,
    Fault::GatewayOtherOrder,
    Fault::GatewayHtml,
    Fault::ReplyLate,
];

/// What strikes after the sale, beside what strikes the sale.
const AFTERWARDS: [Fault; 28] = [
    Fault::RequestLost,
    Fault::RequestLate,
    Fault::RequestDoubled,
    Fault::AnswerLost,
    Fault::AnswerLate,
    Fault::AnswerDoubled,
    Fault::CallLost,
    Fault::CallLate,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::GatewayNothing,
    Fault::ReplyLate,
    Fault::Gateway500,
    Fault::GatewayHtml,
    Fault::GatewayTruncated,
    Fault::GatewayOtherOrder,
    Fault::GatewayKilled,
    Fault::ReturnedElsewhere,
    Fault::CallbackReplayed,
    Fault::CallbackLost,
    Fault::ProxyKilled,
    Fault::ProxyTorn,
    Fault::ProxyDiskFull,
    Fault::ProxyClock,
    Fault::DoubleTap,
];

/// What strikes the closing of a day.
const CLOSING: [Fault; 14] = [
    Fault::CallLost,
    Fault::CallLate,
    Fault::ReplyLost,
    Fault::ReplyLost,
    Fault::ReplyLate,
    Fault::Gateway500,
    Fault::GatewayHtml,
    Fault::GatewayNothing,
    Fault::GatewayTruncated,
    Fault::GatewayKilled,
    Fault::ProxyKilled,
    Fault::ProxyTorn,
    Fault::ProxyDiskFull,
    Fault::DoubleTap,
];

/// The faults after the sale of one world; a backup is put back now and then.
pub(crate) fn plan_afterwards(random: &mut Random, payments: usize) -> Vec<Planned> {
    let mut planned = vec![];
    for payment in 0..payments {
        for _ in 0..random.below(24) {
            let patience = random.below(6) as u8;
            let fault = if random.percent(2) { Fault::ProxyRestored } else { random.pick(&AFTERWARDS) };
            planned.push(Planned { payment, step: Step::Later, patience, fault, how: random.draw() });
        }
    }
    for _ in 0..random.below(8) {
        let (patience, fault) = (random.below(12) as u8, random.pick(&CLOSING));
        planned.push(Planned { payment: DAY, step: Step::Day, patience, fault, how: random.draw() });
    }
    planned
}

/// The faults of one world.
pub(crate) fn plan(random: &mut Random, payments: usize) -> Vec<Planned> {
    let busy = random.below(28);
    let mut planned = vec![];
    for payment in 0..payments {
        for _ in 0..random.between(busy, busy + 18) {
            let step = random.pick(&PLACES);
            let patience = random.below(if step == Step::Cancelling { 2 } else { 4 }) as u8;
            let faults = if random.percent(8) { &RARE[..] } else { &Fault::ALL };
            let (fault, how) = (random.pick(faults), random.draw());
            planned.push(Planned { payment, step, patience, fault, how });
        }
    }
    planned
}
