//! Looking back: the payments of a time, what happened to one, and how often its receipts were printed.

use super::Reply;
use payment::api::{Copy, Happened};
use payment::{attempt::AttemptId, order::Order};
use std::path::Path;

/// Which payments are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What was keyed, read in each way that it can be meant.
    pub keyed: Option<Keyed>,
    /// Taken at or after this, in Unix milliseconds.
    pub from: Option<u64>,
    /// Taken before this.
    pub to: Option<u64>,
}

/// One thing keyed into the search field: any of these fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyed {
    /// An amount in minor units.
    pub minor: Option<u64>,
    /// The last four digits of a card.
    pub last4: Option<String>,
    /// The gateway's order id, or the attempt's.
    pub id: String,
}

/// Where a page begins: behind this payment, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// When it was taken.
    pub at: u64,
    /// Which.
    pub id: AttemptId,
}

impl Place {
    /// The place of an order.
    #[must_use]
    pub fn of(order: &Order) -> Self {
        Self { at: order.accepted_at, id: order.terms.attempt.clone() }
    }
}

impl Search {
    /// Whether an order is looked for.
    #[must_use]
    pub fn fits(&self, order: &Order) -> bool {
        let at = order.accepted_at;
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && self.keyed.as_ref().is_none_or(|keyed| keyed.fits(order))
    }
}

impl Keyed {
    fn fits(&self, order: &Order) -> bool {
        let terms = &order.terms;
        self.minor == Some(terms.amount.minor)
            || self.last4.as_ref() == Some(&terms.card.last4)
            || order.order_id.as_ref() == Some(&self.id)
            || terms.attempt.as_str() == self.id
    }
}

/// A durable memory of what was. When a write has answered, it survives the loss of power.
pub trait History: Send + Sync {
    /// So many of the orders that are looked for, the latest first (of one moment the last id), from behind `after` on,
    /// which was one of them.
    fn page<'a>(&'a self, search: &'a Search, after: Option<&'a Place>, limit: u32) -> Reply<'a, Vec<Order>>;

    /// Every order that is followed or needs a person, the latest first.
    fn unsettled(&self) -> Reply<'_, Vec<Order>>;

    /// What was written down with an order's changes, in its order.
    fn steps<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Vec<Happened>>;

    /// Counts a print of a receipt, and writes it down as a step; answers how often that copy was printed before.
    fn printed<'a>(&'a self, id: &'a AttemptId, nth: u32, copy: Copy, step: &'a Happened) -> Reply<'a, u32>;

    /// Leaves nothing of what was overwritten or deleted in the store's files. It rewrites all of them, and nothing else is
    /// stored meanwhile.
    fn scrub(&self) -> Reply<'_, ()>;

    /// Writes all that is stored, as of one moment, into this file, which is empty. Nothing else is stored meanwhile.
    fn copy_into<'a>(&'a self, file: &'a Path) -> Reply<'a, ()>;
}
