//! An order: one card, one payment, and what comes after it.

use paynet::Status;
use serde::Serialize;

use crate::card::{Family, Reading};
use crate::gateway::Endpoint;
use crate::transaction::{Kind, Transaction};

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) client_orderid: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) created: u64,
    pub(crate) visible: u64,
    /// Whose data the card's is, and its advice has to be.
    pub(crate) family: Family,
    pub(crate) card: Reading,
    pub(crate) payment: Transaction,
    /// Captures, reversals, cancellations and voids, oldest first.
    pub(crate) later: Vec<Transaction>,
    pub(crate) issuer_response: Vec<u8>,
    pub(crate) approval_code: String,
    pub(crate) rrn: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) merchant_data: String,
    /// What the card said: `approved` or `declined`.
    pub(crate) advice: Option<&'static str>,
    pub(crate) advice_requests: u32,
    pub(crate) sale_requests: u32,
    pub(crate) status_requests: u32,
}

impl Order {
    /// What a status call reports.
    pub(crate) fn latest(&self) -> &Transaction {
        self.later.last().unwrap_or(&self.payment)
    }

    pub(crate) fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        std::iter::once(&self.payment).chain(&self.later)
    }

    pub(crate) fn transactions_mut(&mut self) -> impl Iterator<Item = &mut Transaction> {
        std::iter::once(&mut self.payment).chain(&mut self.later)
    }

    /// Minor units taken from the card by a sale, or reserved by a preauth.
    pub(crate) fn charged(&self, now: u64) -> u64 {
        self.payment.moved(now)
    }

    /// Minor units of a preauth that were captured.
    pub(crate) fn captured(&self, now: u64) -> u64 {
        self.moved(now, |kind| kind == Kind::Capture)
    }

    /// Minor units that can go back: of a preauth what was captured, and while nothing was, what is reserved.
    pub(crate) fn taken(&self, now: u64) -> u64 {
        match self.captured(now) {
            0 => self.charged(now),
            captured => captured,
        }
    }

    /// Minor units given back, or taken out of clearing.
    pub(crate) fn returned(&self, now: u64) -> u64 {
        self.moved(now, |kind| kind != Kind::Capture)
    }

    fn moved(&self, now: u64, is: impl Fn(Kind) -> bool) -> u64 {
        let wanted = self.later.iter().filter(|transaction| is(transaction.kind));
        wanted.map(|transaction| transaction.moved(now)).sum()
    }

    pub(crate) fn summary(&self, now: u64) -> Summary {
        let progress = self.payment.progress(now);
        Summary {
            orderid: self.id.to_string(),
            client_orderid: self.client_orderid.clone(),
            endpoint: self.endpoint.id.clone(),
            currency: self.endpoint.currency.as_str().to_owned(),
            merchant_data: self.merchant_data.clone(),
            kind: if self.payment.kind == Kind::Preauth { "preauth" } else { "sale" },
            entry: self.card.entry.name(),
            status: progress.status.as_str().to_owned(),
            stage: progress.stage,
            asked: self.payment.asked,
            charged: self.charged(now),
            returned: self.returned(now),
            captured: self.captured(now),
            returns: self.later.iter().filter(|later| later.kind != Kind::Capture).count(),
            later: self.later.iter().map(|later| LaterSummary::of(later, now)).collect(),
            is_charge: progress.status == Status::Approved,
            advice: self.advice,
            advice_requests: self.advice_requests,
            sale_requests: self.sale_requests,
            status_requests: self.status_requests,
        }
    }
}

/// An order as the control API shows it. Amounts in minor units; those of a preauth are reserved, not charged.
#[derive(Serialize)]
pub(crate) struct Summary {
    orderid: String,
    client_orderid: String,
    endpoint: String,
    currency: String,
    merchant_data: String,
    kind: &'static str,
    entry: &'static str,
    status: String,
    stage: String,
    asked: u64,
    charged: u64,
    returned: u64,
    captured: u64,
    returns: usize,
    later: Vec<LaterSummary>,
    pub(crate) is_charge: bool,
    advice: Option<&'static str>,
    advice_requests: u32,
    sale_requests: u32,
    status_requests: u32,
}

/// What came after the payment, as the control API shows it.
#[derive(Serialize)]
pub(crate) struct LaterSummary {
    #[serde(rename = "type")]
    kind: &'static str,
    status: String,
    minor: u64,
}

impl LaterSummary {
    fn of(transaction: &Transaction, now: u64) -> Self {
        let status = transaction.progress(now).status.as_str().to_owned();
        Self { kind: transaction.kind.name(), status, minor: transaction.asked }
    }
}
