//! What the proxy keeps beside its orders: what the gateway called back, what staff have to hear of, and how the books
//! stood when they were last compared.

use super::Reply;
use payment::{api::Notice, order::Order};
use paynet::Callback;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Documented transaction types. The checksum does not cover the type: with any word taken, a replayed callback could
/// fill the store.
const TYPES: [&str; 13] = [
    "sale",
    "preauth",
    "capture",
    "reversal",
    "cancel",
    "void",
    "refund",
    "transfer",
    "fraud",
    "chargeback",
    "retrieval",
    "dispute",
    "other",
];
/// As long as the largest amount of any currency, and shorter than a card number.
const LONGEST_AMOUNT: usize = 12;
const LONGEST_REASON: usize = 12;

/// What a callback said, as far as it is kept: no card data, not even masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The gateway's id of the order.
    pub orderid: String,
    /// One of the documented types, or `other`.
    #[serde(rename = "type")]
    pub transaction_type: String,
    /// The status.
    pub status: String,
    /// Major units, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The currency, where it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The reason of a chargeback or fraud report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When the first of its kind came, in Unix milliseconds.
    pub received_at: u64,
}

impl Heard {
    /// What is kept of a callback. Texts that are not what they should be are left out.
    #[must_use]
    pub fn of(callback: &Callback, now: u64) -> Self {
        let field = |name: &str, longest: usize, fits: fn(&u8) -> bool| {
            let text = callback.fields.get(name)?.trim();
            let fits = !text.is_empty() && text.len() <= longest && text.as_bytes().iter().all(fits);
            fits.then(|| text.to_owned())
        };
        let named = callback.transaction_type.trim().to_ascii_lowercase();
        let transaction_type = TYPES.iter().find(|known| **known == named).unwrap_or(&"other");
        Self {
            orderid: callback.orderid.clone(),
            transaction_type: (*transaction_type).to_owned(),
            status: callback.status.as_str().to_owned(),
            amount: field("amount", LONGEST_AMOUNT, |b| b.is_ascii_digit() || *b == b'.'),
            currency: field("currency", 3, u8::is_ascii_uppercase),
            reason_code: field("reason-code", LONGEST_REASON, |b| {
                b.is_ascii_alphanumeric() || b"-._".contains(b)
            }),
            received_at: now,
        }
    }
}

/// Something that staff have to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// What it is about. A subject is raised once, whether or not it was acknowledged since.
    pub subject: String,
    /// A few words.
    pub title: String,
    /// What happened to the money, then who does what.
    pub text: String,
}

/// How the books stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When they were compared, in Unix milliseconds.
    pub at: u64,
    /// Up to when they were compared.
    pub until: u64,
    /// How many differences there were of each kind.
    pub differences: BTreeMap<String, u64>,
}

/// A durable memory of all that. When a write has answered, it survives the loss of power.
pub trait Ledger: Send + Sync {
    /// Remembers a callback about this `client_orderid` once, and raises the notice.
    fn remember<'a>(
        &'a self,
        client_orderid: &'a str,
        heard: &'a Heard,
        notice: Option<&'a Raised>,
    ) -> Reply<'a, ()>;

    /// What was called back about this `client_orderid`, the oldest first.
    fn heard<'a>(&'a self, client_orderid: &'a str) -> Reply<'a, Vec<Heard>>;

    /// The latest notices that nobody has acknowledged, so many at most.
    fn notices(&self, limit: u32) -> Reply<'_, Vec<Notice>>;

    /// Takes a notice off the list.
    fn acknowledge(&self, id: u64, now: u64) -> Reply<'_, ()>;

    /// Orders taken from `from` on and before `to`, so many at most.
    fn taken(&self, from: u64, to: u64, limit: u32) -> Reply<'_, Vec<Order>>;

    /// Remembers how the books stood, and raises the notice.
    fn reconciled<'a>(&'a self, run: &'a Run, notice: Option<&'a Raised>) -> Reply<'a, ()>;

    /// How the books stood last.
    fn last_run(&self) -> Reply<'_, Option<Run>>;
}
