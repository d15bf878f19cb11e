//! An order: one card, one payment, perhaps its return.

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
    /// Reversals and cancellations, oldest first.
    pub(crate) returns: Vec<Transaction>,
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
        self.returns.last().unwrap_or(&self.payment)
    }

    pub(crate) fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        std::iter::once(&self.payment).chain(&self.returns)
    }

    pub(crate) fn transactions_mut(&mut self) -> impl Iterator<Item = &mut Transaction> {
        std::iter::once(&mut self.payment).chain(&mut self.returns)
    }

    /// Minor units taken from the card by a sale, or reserved by a preauth.
    pub(crate) fn charged(&self, now: u64) -> u64 {
        self.payment.moved(now)
    }

    /// Minor units given back.
    pub(crate) fn returned(&self, now: u64) -> u64 {
        self.returns.iter().map(|transaction| transaction.moved(now)).sum()
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
            returns: self.returns.len(),
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
    returns: usize,
    pub(crate) is_charge: bool,
    advice: Option<&'static str>,
    advice_requests: u32,
    sale_requests: u32,
    status_requests: u32,
}
