//! The proxy's memory, by the rules of `proxy::store::Store`: claims are atomic, a card reading is unique, and what a
//! write has answered survives. What a restart reads has been through JSON.

use payment::order::Order;
use payment::settlement::Closing;
use proxy::store::{Attempt, Claim};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Rows by the number of the payment.
type Rows = BTreeMap<usize, Attempt>;

#[derive(Debug, Default)]
pub(crate) struct Store {
    rows: Rows,
    closings: Vec<Closing>,
    backup: (Rows, Vec<Closing>),
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
    fn write(&mut self, change: impl FnOnce(&mut Self)) -> Result<(), Trouble> {
        match self.trouble.take() {
            None => change(self),
            Some(trouble) => {
                if trouble == (Trouble::Cut { durable: true }) {
                    change(self);
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
        self.write(|store| drop(store.rows.insert(which, attempt)))?;
        Ok(Claim::Won)
    }

    pub(crate) fn order(&self, which: usize) -> Option<&Order> {
        match self.rows.get(&which)? {
            Attempt::Abandoned => None,
            Attempt::Sought(order) | Attempt::Taken(order, _) => Some(order),
        }
    }

    pub(crate) fn update(&mut self, which: usize, order: &Order) -> Result<(), Trouble> {
        self.write(|store| match store.rows.get_mut(&which) {
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
        self.backup = (self.rows.clone(), self.closings.clone());
    }

    pub(crate) fn restore(&mut self) {
        (self.rows, self.closings) = self.backup.clone();
    }

    /// Whether nothing is known under this id.
    pub(crate) fn is_new(&self, which: usize) -> bool {
        !self.rows.contains_key(&which)
    }

    /// Every closing of a day, the latest last.
    pub(crate) fn closings(&self) -> impl DoubleEndedIterator<Item = &Closing> {
        self.closings.iter()
    }

    /// The closing that was begun last.
    pub(crate) fn closing(&self) -> Option<&Closing> {
        self.closings.last()
    }

    pub(crate) fn last_closed(&self) -> Option<&Closing> {
        self.closings().rev().find(|closing| closing.is_closed())
    }

    pub(crate) fn save_closing(&mut self, closing: Closing) -> Result<(), Trouble> {
        self.write(|store| match store.closings.last_mut().filter(|last| last.id == closing.id) {
            Some(last) => *last = closing,
            None => store.closings.push(closing),
        })
    }

    /// What a start reads has been through JSON.
    pub(crate) fn forget_what_is_not_written(&mut self) {
        self.closings.iter_mut().for_each(|closing| *closing = through_json(closing));
    }
}

fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_string(value).expect("what is stored is written as JSON");
    serde_json::from_str(&json).expect("what was written as JSON can be read")
}
