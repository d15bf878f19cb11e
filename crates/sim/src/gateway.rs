//! A gateway that counts what it charged, and speaks in the bytes that the shipped proxy reads.

use crate::afterwards::{After, Later};
use crate::day::Days;
use crate::random::Random;
use payment::api::{Entry, Kind, LaterKind, Terms};
use payment::attempt::AttemptId;
use proxy::gateway::Reply;
use std::collections::BTreeMap;

/// What the proxy asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Submit {
        blob: String,
    },
    Ask,
    /// The card's decision as the gateway finds it in the encrypted data.
    Advise {
        approved: bool,
    },
    /// A capture, return or void; of all, without an amount.
    Later {
        nth: usize,
        kind: LaterKind,
        minor: Option<u64>,
        /// Staff's request, where there is one.
        request: Option<AttemptId>,
    },
}

/// The end of a transaction at the gateway, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Processing,
    Unknown,
    Approved,
    Declined,
    Filtered,
    Error,
}

impl Status {
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::Processing | Self::Unknown)
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Filtered => "filtered",
            Self::Error => "error",
        }
    }
}

/// What becomes of one payment at the gateway, drawn before it begins.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    /// The request itself is refused: nothing begins.
    pub(crate) refused: Option<u16>,
    pub(crate) end: Status,
    /// A part of the amount is approved only.
    pub(crate) less: bool,
    pub(crate) asks_card: bool,
    /// From the submission, or from the card's decision, to the end.
    pub(crate) work_ms: u64,
    /// How long the card is waited for.
    pub(crate) card_wait_ms: u64,
    /// Approves although the card refused, as gateways do that have the issuer's word.
    pub(crate) in_spite_of_card: bool,
    /// Never comes to an end.
    pub(crate) stuck: bool,
    pub(crate) return_end: Status,
    pub(crate) return_ms: u64,
    /// What else a gateway may do after the sale; none where nothing but full returns is played.
    pub(crate) after: Option<After>,
    /// A second submission under the same id charges again: what the real gateway does is not documented.
    pub(crate) charges_again: bool,
}

impl Fate {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let end = match random.below(20) {
            0..=12 => Status::Approved,
            13..=16 => Status::Declined,
            17 => Status::Filtered,
            _ => Status::Error,
        };
        let slow = random.below(100);
        Self {
            refused: random.percent(4).then(|| random.pick(&[200, 400, 403])),
            end,
            less: random.percent(10),
            asks_card: random.percent(85),
            work_ms: match slow {
                0..=79 => random.between(300, 6_000),
                80..=93 => random.between(6_000, 200_000),
                94..=97 => random.between(200_000, 2 * 3_600_000),
                _ => random.between(2 * 3_600_000, 3 * 86_400_000),
            },
            card_wait_ms: random.between(60_000, 900_000),
            in_spite_of_card: random.percent(50),
            stuck: random.percent(2),
            return_end: if random.percent(8) { Status::Declined } else { Status::Approved },
            return_ms: random.between(500, 20_000),
            after: None,
            charges_again: random.percent(50),
        }
    }
}

/// An order at the gateway.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) terms: Terms,
    pub(crate) number: String,
    pub(crate) blob: String,
    pub(crate) status: Status,
    pub(crate) awaits_card: bool,
    pub(crate) advice: Option<bool>,
    pub(crate) submissions: u32,
    pub(crate) charged: Vec<u64>,
    /// Captures, returns and voids.
    pub(crate) later: Vec<Later>,
    pub(crate) after: Option<After>,
    /// When the order takes its next step.
    pub(crate) next_at: Option<u64>,
}

impl Order {
    /// What the customer has lost, in minor units.
    pub(crate) fn net(&self) -> u64 {
        self.taken().saturating_sub(self.moved(|kind| kind != LaterKind::Capture))
    }

    /// The latest transaction's type and status, which is what a status answer speaks of.
    pub(crate) fn latest(&self) -> (&'static str, Status) {
        match (self.later.last(), self.terms.kind) {
            (Some(later), _) => (later.word, later.status),
            (None, Kind::Sale) => ("sale", self.status),
            (None, Kind::Preauth) => ("preauth", self.status),
        }
    }

    /// The latest transaction's amount.
    pub(crate) fn amount(&self) -> payment::money::Amount {
        let charged = self.charged.first().copied().unwrap_or(self.terms.amount.minor);
        let minor = self.later.last().map_or(charged, |later| later.minor);
        payment::money::Amount::new(minor, self.terms.amount.currency)
    }

    fn approve(&mut self, fate: &Fate) {
        self.status = Status::Approved;
        let minor = self.terms.amount.minor;
        for _ in 0..if fate.charges_again { self.submissions } else { 1 } {
            self.charged.push(if fate.less { minor / 2 } else { minor });
        }
    }
}

#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) orders: BTreeMap<usize, Order>,
    pub(crate) fates: Vec<Fate>,
    /// Until when status denies an order: a copy of its books that lags.
    pub(crate) denied_until: BTreeMap<usize, u64>,
    /// Down until then.
    pub(crate) down_until: u64,
    pub(crate) day: Days,
}

impl Gateway {
    pub(crate) fn new(fates: Vec<Fate>, day: Days) -> Self {
        Self { orders: BTreeMap::new(), fates, denied_until: BTreeMap::new(), down_until: 0, day }
    }

    /// Takes a request and answers.
    pub(crate) fn handle(&mut self, which: usize, terms: &Terms, call: &Call, now: u64) -> Reply {
        let fate = &self.fates[which];
        let blocked = self.day.is_blocked(now);
        match (call, self.orders.get_mut(&which)) {
            (Call::Submit { .. }, None) | (Call::Later { .. }, _) if blocked => {
                refusal(Some(200), "the day is being closed")
            }
            (Call::Submit { .. }, None) if fate.refused.is_some() => refusal(fate.refused, "bad amount"),
            (Call::Submit { blob }, None) => {
                let asks_card = terms.entry == Entry::Chip && fate.asks_card;
                let next_at = match (fate.stuck, asks_card) {
                    (true, false) => None,
                    (_, true) => Some(now + fate.work_ms.min(5_000)),
                    (false, false) => Some(now + fate.work_ms),
                };
                let order = Order {
                    terms: terms.clone(),
                    number: format!("{}", 7_000 + which),
                    blob: blob.clone(),
                    status: Status::Processing,
                    awaits_card: false,
                    advice: None,
                    submissions: 1,
                    charged: vec![],
                    later: vec![],
                    after: fate.after.clone(),
                    next_at,
                };
                let reply = accepted(&order);
                self.orders.insert(which, order);
                reply
            }
            (Call::Submit { .. }, Some(order)) => {
                order.submissions += 1;
                if !fate.charges_again {
                    return refusal(Some(200), "client_orderid already used");
                }
                if let Some(&charge) = order.charged.first() {
                    order.charged.push(charge);
                }
                accepted(order)
            }
            (Call::Ask, Some(order)) if self.denied_until.get(&which).is_none_or(|&until| until <= now) => {
                report(order)
            }
            (Call::Ask, _) => {
                form(&[("type", "error"), ("error-code", "101"), ("error-message", "ORDER_NOT_FOUND")])
            }
            (Call::Advise { approved }, Some(order)) if order.awaits_card => {
                order.advice = Some(*approved);
                order.awaits_card = false;
                order.next_at = (!fate.stuck).then_some(now + fate.work_ms);
                accepted(order)
            }
            (Call::Advise { .. }, _) => refusal(Some(200), "not waiting for a card"),
            (Call::Later { nth, kind, minor, request }, Some(order)) if order.takes(*kind, *minor) => {
                let minor = minor.unwrap_or(order.net());
                order.begin(Some(*nth), request.clone(), *kind, minor, Status::Processing);
                order.next_at = Some(now + order.work_ms().unwrap_or(fate.return_ms));
                accepted(order)
            }
            (Call::Later { .. }, _) => refusal(Some(200), "nothing to return"),
        }
    }

    /// The order takes its next step; whether that ended a transaction.
    pub(crate) fn progress(&mut self, which: usize, now: u64) -> bool {
        let (Some(order), fate) = (self.orders.get_mut(&which), &self.fates[which]) else { return false };
        order.next_at = None;
        if !order.later.is_empty() {
            return order.later_progress(fate.return_end, now);
        }
        if order.status.is_final() {
            return false;
        }
        let wants_card = order.terms.entry == Entry::Chip && fate.asks_card && order.advice.is_none();
        if wants_card && !order.awaits_card {
            order.awaits_card = true;
            order.next_at = Some(now + fate.card_wait_ms);
            return false;
        }
        order.awaits_card = false;
        if fate.stuck {
            order.status = Status::Unknown;
            return false;
        }
        match fate.end {
            Status::Approved if order.advice == Some(false) && !fate.in_spite_of_card => {
                order.status = Status::Declined;
            }
            Status::Approved => order.approve(fate),
            end => order.status = end,
        }
        true
    }

    /// Someone returns the payment in the gateway's own pages.
    pub(crate) fn return_elsewhere(&mut self, which: usize, declined: bool) -> bool {
        let Some(order) = self.orders.get_mut(&which) else { return false };
        let trusting = order.after.as_ref().is_some_and(|after| after.trusting);
        if trusting || !order.takes(LaterKind::Return, None) {
            return false;
        }
        let status = if declined { Status::Declined } else { Status::Approved };
        order.begin(None, None, LaterKind::Return, order.net(), status);
        true
    }
}

/// A reply in the gateway's form: each value ends with a line feed.
pub(crate) fn form(fields: &[(&str, &str)]) -> Reply {
    let mut body = String::new();
    for (name, value) in fields {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(name);
        body.push('=');
        body.push_str(&value.replace(' ', "+"));
        body.push('\n');
    }
    Reply { code: 200, error_message: None, clock_ahead: None, body: body.into_bytes() }
}

fn accepted(order: &Order) -> Reply {
    form(&[
        ("type", "async-response"),
        ("serial-number", &serial(order)),
        ("merchant-order-id", order.terms.attempt.as_str()),
        ("paynet-order-id", &order.number),
    ])
}

pub(crate) fn refusal(code: Option<u16>, message: &str) -> Reply {
    match code {
        Some(code @ (400 | 403)) => Reply {
            code,
            error_message: Some(message.to_owned()),
            clock_ahead: None,
            body: b"refused".to_vec(),
        },
        _ => form(&[("type", "validation-error"), ("error-code", "8"), ("error-message", message)]),
    }
}

/// Of the latest request: each has its own, or all of an order have one.
fn serial(order: &Order) -> String {
    let numbered = order.after.as_ref().is_none_or(|after| after.numbered);
    match order.later.len() {
        nth @ 1.. if numbered => format!("sn-{}-later{nth}", order.number),
        _ => format!("sn-{}", order.number),
    }
}

/// The answer to status.
pub(crate) fn report(order: &Order) -> Reply {
    let (kind, status) = order.latest();
    let amount = order.amount();
    let (number, amount) = (order.number.clone(), amount.to_major());
    let serial = serial(order);
    let mut fields = vec![
        ("type", "status-response"),
        ("serial-number", serial.as_str()),
        ("merchant-order-id", order.terms.attempt.as_str()),
        ("paynet-order-id", number.as_str()),
        ("status", status.word()),
        ("transaction-type", kind),
        ("amount", amount.as_str()),
        ("currency", order.terms.amount.currency.code()),
    ];
    if order.after.is_some() {
        fields.extend([("gate-partial-capture", "enabled"), ("gate-partial-reversal", "enabled")]);
    }
    if order.awaits_card {
        fields.push(("order-stage", "sale_emv_validating"));
        fields.push(("auth-response-code", "00"));
    }
    form(&fields)
}
