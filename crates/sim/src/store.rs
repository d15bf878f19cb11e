//! The proxy's memory, by the rules of `proxy::store::Store`: claims are atomic, a card reading is unique, and what a
//! write has answered survives. What a restart reads has been through JSON.

use payment::order::Order;
use proxy::store::{Attempt, Claim};
use std::collections::BTreeMap;

/// Rows by the number of the payment.
type Rows = BTreeMap<usize, Attempt>;

#[derive(Debug, Default)]
pub(crate) struct Store {
    rows: Rows,
    backup: Rows,
    /// What the next write meets.
    pub(crate) trouble: Option<Trouble>,
}

/// How a write does not go well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The disk is full.
    Refused,
    /// The power goes; the write was durable or was not.
    Cut { durable: bool },
}

impl Store {
    fn write(&mut self, change: impl FnOnce(&mut Rows)) -> Result<(), Trouble> {
        match self.trouble.take() {
            None => change(&mut self.rows),
            Some(trouble) => {
                if trouble == (Trouble::Cut { durable: true }) {
                    change(&mut self.rows);
                }
                return Err(trouble);
            }
        }
        Ok(())
    }

    pub(crate) fn claim(
        &mut self,
        which: usize,
        attempt: Attempt,
        unique_card: bool,
    ) -> Result<Claim, Trouble> {
        if let Some(known) = self.rows.get(&which) {
            return Ok(Claim::Known(Box::new(known.clone())));
        }
        let card = |attempt: &Attempt| match attempt {
            Attempt::Taken(_, prints) => Some(prints.card),
            Attempt::Abandoned | Attempt::Sought(_) => None,
        };
        let used = |known: &Attempt| card(known).is_some() && card(known) == card(&attempt);
        if unique_card && self.rows.values().any(used) {
            return Ok(Claim::CardUsed);
        }
        self.write(|rows| drop(rows.insert(which, attempt)))?;
        Ok(Claim::Won)
    }

    pub(crate) fn order(&self, which: usize) -> Option<&Order> {
        match self.rows.get(&which)? {
            Attempt::Abandoned => None,
            Attempt::Sought(order) | Attempt::Taken(order, _) => Some(order),
        }
    }

    pub(crate) fn update(&mut self, which: usize, order: &Order) -> Result<(), Trouble> {
        self.write(|rows| match rows.get_mut(&which) {
            Some(Attempt::Taken(known, _) | Attempt::Sought(known)) => *known = order.clone(),
            Some(Attempt::Abandoned) | None => {}
        })
    }

    /// What a starting proxy takes up.
    pub(crate) fn followed(&self) -> Vec<(usize, Order)> {
        let orders = self.rows.keys().filter_map(|&which| Some((which, self.order(which)?)));
        let followed = orders.filter(|(_, order)| order.is_followed());
        followed.map(|(which, order)| (which, through_json(order))).collect()
    }

    pub(crate) fn orders(&self) -> impl Iterator<Item = (usize, &Order)> {
        self.rows.keys().filter_map(|&which| Some((which, self.order(which)?)))
    }

    pub(crate) fn back_up(&mut self) {
        self.backup = self.rows.clone();
    }

    pub(crate) fn restore(&mut self) {
        self.rows = self.backup.clone();
    }
}

fn through_json(order: &Order) -> Order {
    let json = serde_json::to_string(order).expect("an order is written as JSON");
    serde_json::from_str(&json).expect("what was written as JSON can be read")
}
