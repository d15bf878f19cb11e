//! A gateway that counts what it charged.

use payment::api::{Entry, IssuerAnswer, Kind, LaterKind, NotCharged, Reason, Terms};
use payment::money::Amount;
use payment::order::{Answer, Event, Gate, Report, Status, Submission, Transaction};
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Gateway {
    pub(crate) orders: BTreeMap<String, GatewayOrder>,
}

pub(crate) struct GatewayOrder {
    pub(crate) terms: Terms,
    pub(crate) status: Status,
    pub(crate) validating: bool,
    pub(crate) advice: Option<bool>,
    pub(crate) submissions: u32,
    pub(crate) charged: Vec<u64>,
    pub(crate) later: Vec<Later>,
}

/// A capture, return or void at the gateway.
pub(crate) struct Later {
    /// Which of the order's it is; none when it was made in the gateway's own pages.
    pub(crate) nth: Option<usize>,
    pub(crate) kind: LaterKind,
    pub(crate) minor: u64,
    pub(crate) status: Status,
}

impl GatewayOrder {
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

    /// Minor units that the customer has lost.
    pub(crate) fn net(&self) -> u64 {
        self.taken()
            .checked_sub(self.moved(|kind| kind != LaterKind::Capture))
            .expect("more returned than taken")
    }

    fn may(&self, kind: LaterKind, minor: u64) -> bool {
        let captured = self.moved(|kind| kind == LaterKind::Capture) > 0;
        let reserved = self.terms.kind == Kind::Preauth && !captured;
        let untouched = self.net() == self.taken();
        let idle = self.later.last().is_none_or(|later| is_final(later.status));
        let fits = match kind {
            LaterKind::Capture => reserved && untouched,
            LaterKind::Return => !reserved || minor == self.taken(),
            LaterKind::Void => !reserved && untouched && minor == self.taken(),
        };
        self.status == Status::Approved && idle && fits && minor > 0 && minor <= self.net()
    }
}

fn is_final(status: Status) -> bool {
    !matches!(status, Status::Processing | Status::Unknown)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Submit,
    Ask,
    Advise(bool),
    Later {
        nth: usize,
        kind: LaterKind,
        /// All of it, without.
        minor: Option<u64>,
    },
}

impl Call {
    pub(crate) fn lost(self) -> Event {
        match self {
            Self::Submit => Event::Submitted(Submission::Lost),
            Self::Ask => Event::Status(Answer::Lost),
            Self::Advise(_) => Event::AdviceAnswered { taken: false },
            Self::Later { nth, .. } => Event::LaterSent { nth, end: Submission::Lost },
        }
    }
}

impl Gateway {
    pub(crate) fn handle(&mut self, terms: &Terms, call: Call, choice: u32) -> Event {
        let id = terms.attempt.to_string();
        let order_id = format!("order-of-{id}");
        let accepted =
            Submission::Accepted { order_id: order_id.clone(), serial_number: Some(format!("sn-{id}")) };
        match (call, self.orders.get_mut(&id)) {
            (Call::Submit, _) if choice.is_multiple_of(11) => {
                Event::Submitted(Submission::Refused(NotCharged::Refused, Reason::default()))
            }
            (Call::Submit, Some(order)) => {
                order.submissions += 1;
                Event::Submitted(Submission::Duplicate)
            }
            (Call::Submit, None) => {
                let order = GatewayOrder {
                    terms: terms.clone(),
                    status: Status::Processing,
                    validating: false,
                    advice: None,
                    submissions: 1,
                    charged: vec![],
                    later: vec![],
                };
                self.orders.insert(id, order);
                Event::Submitted(accepted)
            }
            (Call::Ask, None) => Event::Status(Answer::NotFound),
            (Call::Ask, Some(order)) => {
                Event::Status(Answer::Report(Box::new(order.report(&order_id, choice))))
            }
            (Call::Advise(approved), Some(order)) if order.validating => {
                order.advice.get_or_insert(approved);
                order.validating = false;
                Event::AdviceAnswered { taken: true }
            }
            (Call::Advise(_), _) => Event::AdviceAnswered { taken: false },
            (Call::Later { nth, kind, minor }, Some(order))
                if order.may(kind, minor.unwrap_or(order.taken())) && !choice.is_multiple_of(13) =>
            {
                let minor = minor.unwrap_or(order.taken());
                order.later.push(Later { nth: Some(nth), kind, minor, status: Status::Processing });
                // Half of the gateways number their requests.
                let serial_number = order.is_numbered().then(|| format!("sn-{id}-{}", order.later.len()));
                Event::LaterSent { nth, end: Submission::Accepted { order_id, serial_number } }
            }
            (Call::Later { nth, .. }, _) => {
                let end = Submission::Refused(NotCharged::Refused, Reason::default());
                Event::LaterSent { nth, end }
            }
        }
    }

    /// Something happens inside the gateway: an order takes its next step.
    pub(crate) fn progress(&mut self, which: usize, choice: u32) {
        let count = self.orders.len();
        if count == 0 {
            return;
        }
        let order = self.orders.values_mut().nth(which % count).unwrap();
        if order.may(LaterKind::Return, order.net()) && choice.is_multiple_of(17) {
            // Someone returns it in the gateway's own pages.
            let (kind, minor) = (LaterKind::Return, order.net());
            order.later.push(Later { nth: None, kind, minor, status: Status::Approved });
            return;
        }
        if let Some(last) = order.later.last_mut() {
            if !is_final(last.status) {
                last.status = match choice {
                    choice if choice.is_multiple_of(7) => Status::Declined,
                    choice if choice.is_multiple_of(5) => Status::Unknown,
                    _ => Status::Approved,
                };
            }
            return;
        }
        if !matches!(order.status, Status::Processing | Status::Unknown) {
            return;
        }
        let wants_card = order.terms.entry == Entry::Chip && order.advice.is_none();
        if wants_card && !order.validating && !choice.is_multiple_of(5) {
            order.validating = true;
            return;
        }
        order.validating = false;
        order.status = match choice % 9 {
            0 => Status::Unknown,
            1 | 2 => Status::Declined,
            3 => Status::Filtered,
            4 => Status::Error,
            // Mostly what the card said; sometimes the gateway approves in spite of it.
            _ if order.advice == Some(false) && choice.is_multiple_of(2) => Status::Declined,
            _ => {
                let minor = order.terms.amount.minor;
                order.charged.push(if choice.is_multiple_of(8) { minor / 2 } else { minor });
                Status::Approved
            }
        };
    }
}

impl GatewayOrder {
    fn report(&self, order_id: &str, choice: u32) -> Report {
        let own = match self.terms.kind {
            Kind::Sale => Transaction::Sale,
            Kind::Preauth => Transaction::Preauth,
        };
        let (transaction, status) = match self.later.last() {
            Some(later) => (transaction(later.kind), later.status),
            None => (own, self.status),
        };
        let charged = self.charged.first().copied().unwrap_or(self.terms.amount.minor);
        let minor = self.later.last().map_or(charged, |later| later.minor);
        let numbered = self.is_numbered() && !self.later.is_empty();
        let serial_number = numbered.then(|| format!("sn-{}-{}", self.terms.attempt, self.later.len()));
        let issuer = IssuerAnswer { response_code: "00".into(), data: None };
        Report {
            attempt: self.terms.attempt.to_string(),
            order_id: order_id.to_owned(),
            transaction: Some(transaction),
            status,
            amount: Some(Amount::new(minor, self.terms.amount.currency)),
            serial_number,
            stage: None,
            awaits_card: self.validating,
            issuer: self.validating.then_some(issuer),
            online_check: choice.is_multiple_of(13),
            reason: Reason::default(),
            receipt: BTreeMap::new(),
            gate: Some(Gate { partial_capture: true, partial_return: true }),
        }
    }

    fn is_numbered(&self) -> bool {
        self.terms.entry != Entry::Contactless
    }
}

fn transaction(kind: LaterKind) -> Transaction {
    match kind {
        LaterKind::Capture => Transaction::Capture,
        LaterKind::Return => Transaction::Return,
        LaterKind::Void => Transaction::Void,
    }
}
