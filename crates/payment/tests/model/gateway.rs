//! A gateway that counts what it charged.

use payment::api::{Entry, IssuerAnswer, Kind, NotCharged, Reason, Terms};
use payment::money::Amount;
use payment::order::{Answer, Event, Report, Status, Submission, Transaction};
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
    pub(crate) returns: Vec<Status>,
}

impl GatewayOrder {
    /// Minor units that the customer has lost.
    pub(crate) fn net(&self) -> u64 {
        let returned = self.returns.contains(&Status::Approved);
        if returned { 0 } else { self.charged.iter().sum() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Submit,
    Ask,
    Advise(bool),
    Return,
}

impl Call {
    pub(crate) fn lost(self) -> Event {
        match self {
            Self::Submit => Event::Submitted(Submission::Lost),
            Self::Ask => Event::Status(Answer::Lost),
            Self::Advise(_) => Event::AdviceAnswered { taken: false },
            Self::Return => Event::Returned(Submission::Lost),
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
                    returns: vec![],
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
            (Call::Return, Some(order)) if order.status == Status::Approved && order.returns.is_empty() => {
                order.returns.push(Status::Processing);
                Event::Returned(accepted)
            }
            (Call::Return, _) => Event::Returned(Submission::Refused(NotCharged::Refused, Reason::default())),
        }
    }

    /// Something happens inside the gateway: an order takes its next step.
    pub(crate) fn progress(&mut self, which: usize, choice: u32) {
        let count = self.orders.len();
        if count == 0 {
            return;
        }
        let order = self.orders.values_mut().nth(which % count).unwrap();
        if order.status == Status::Approved && order.returns.is_empty() && choice.is_multiple_of(17) {
            // Someone returns it in the gateway's own pages.
            order.returns.push(Status::Approved);
            return;
        }
        if let Some(last) = order.returns.last_mut() {
            if *last == Status::Processing {
                *last = if choice.is_multiple_of(7) { Status::Declined } else { Status::Approved };
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
        let (transaction, status) = match self.returns.last() {
            Some(status) => (Transaction::Return, *status),
            None => (own, self.status),
        };
        let minor = self.charged.first().copied().unwrap_or(self.terms.amount.minor);
        let issuer = IssuerAnswer { response_code: "00".into(), data: None };
        Report {
            attempt: self.terms.attempt.to_string(),
            order_id: order_id.to_owned(),
            transaction: Some(transaction),
            status,
            amount: Some(Amount::new(minor, self.terms.amount.currency)),
            serial_number: None,
            stage: None,
            awaits_card: self.validating,
            issuer: self.validating.then_some(issuer),
            online_check: choice.is_multiple_of(13),
            reason: Reason::default(),
            receipt: BTreeMap::new(),
        }
    }
}
