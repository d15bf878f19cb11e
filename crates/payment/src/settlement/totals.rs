//! Counts and sums by kind and currency.

use super::{DayTotals, Movement, MovementKind, Standing, Sum};
use crate::json::{FromJson, Value, readable, record};
use crate::money::{Amount, Currency};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// A sum that does not fit 64 bits of minor units: nobody takes that much, so something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the total is more than can be counted")]
pub struct Overflow;

/// What was approved, by kind and currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<(MovementKind, Currency), (u64, u64)>);

/// A line of totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What was done.
    pub kind: MovementKind,
    /// How often.
    pub count: u64,
    /// Over how much in all.
    pub sum: Amount,
}

record!(Total { kind, count, sum });

impl Totals {
    /// The totals of these movements. Only what was approved counts.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn of<'a>(movements: impl IntoIterator<Item = &'a Movement>) -> Result<Self, Overflow> {
        let mut totals = Self::default();
        for movement in movements.into_iter().filter(|movement| movement.result == Standing::Approved) {
            totals.add(movement.kind, 1, movement.amount)?;
        }
        Ok(totals)
    }

    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn plus(mut self, other: &Self) -> Result<Self, Overflow> {
        for line in other.lines() {
            self.add(line.kind, line.count, line.sum)?;
        }
        Ok(self)
    }

    fn add(&mut self, kind: MovementKind, count: u64, amount: Amount) -> Result<(), Overflow> {
        let (times, minor) = self.0.entry((kind, amount.currency)).or_default();
        *times = times.checked_add(count).ok_or(Overflow)?;
        *minor = minor.checked_add(amount.minor).ok_or(Overflow)?;
        Ok(())
    }

    /// A line a kind and currency, in order; none that is empty.
    pub fn lines(&self) -> impl Iterator<Item = Total> {
        self.0.iter().map(|(&(kind, currency), &(count, minor))| Total {
            kind,
            count,
            sum: Amount::new(minor, currency),
        })
    }

    /// What is compared with the gateway's totals of an endpoint in this currency. A sale is what was charged: sales and
    /// captures. A reversal is what was taken back: returns and voids. Reserves and their release move no money. Which
    /// transactions the gateway counts is not documented.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn of_day(&self, currency: Currency) -> Result<DayTotals, Overflow> {
        let sum = |kinds: [MovementKind; 2]| {
            let lines =
                self.lines().filter(|line| line.sum.currency == currency && kinds.contains(&line.kind));
            let none = Sum { count: 0, amount: Amount::new(0, currency) };
            lines.into_iter().try_fold(none, |sum, line| {
                let count = sum.count.checked_add(line.count).ok_or(Overflow)?;
                let minor = sum.amount.minor.checked_add(line.sum.minor).ok_or(Overflow)?;
                Ok(Sum { count, amount: Amount::new(minor, currency) })
            })
        };
        Ok(DayTotals {
            sale: sum([MovementKind::Sale, MovementKind::Capture])?,
            reversal: sum([MovementKind::Return, MovementKind::Void])?,
        })
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.lines())
    }
}

impl FromJson for Totals {
    fn from_json(value: &Value) -> Option<Self> {
        let mut totals = Self::default();
        for line in Vec::<Total>::from_json(value)? {
            totals.add(line.kind, line.count, line.sum).ok()?;
        }
        Some(totals)
    }
}

readable!(Totals);
