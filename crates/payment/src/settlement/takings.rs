//! Takings by hour, day, operator, kind and result.

use super::{Movement, MovementKind, Overflow, Standing, Sum};
use crate::json::{record, words};
use crate::money::{Amount, Currency};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the rows of the takings are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    /// Hours of the day, those of all days together.
    Hour,
    /// Days.
    #[default]
    Day,
    /// People.
    Operator,
    /// Sale, return, …
    Kind,
    /// Approved, declined, …
    Result,
}

words!(By {
    Hour = "hour",
    Day = "day",
    Operator = "operator",
    Kind = "kind",
    Result = "result",
});

/// A moment on the shop's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `2026-01-31`.
    pub day: String,
    /// From 0 to 23.
    pub hour: u8,
}

/// One row, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Of what: `14`, `2026-01-31`, a name (empty for nobody), `sale`, `approved`.
    pub name: String,
    /// What came in, or by kind and result what is of it.
    pub came: Sum,
    /// What went back: returns and voids. Always nothing by kind and result.
    pub went: Sum,
}

record!(Taken { name, came, went });

/// `GET /takings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Takings {
    /// The first day, as `2026-01-31`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Whose days and hours these are, as `Europe/Riga`.
    pub time_zone: String,
    /// What the rows are.
    pub by: By,
    /// The rows in order.
    pub rows: Vec<Taken>,
}

record!(Takings { from, to, time_zone, by, rows });

impl Takings {
    /// The rows of these movements. What money moved by is counted: sales and captures came, returns and voids went. By
    /// kind everything that was approved is counted, by result every sale and preauthorisation.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn rows(
        by: By,
        movements: &[Movement],
        local: impl Fn(u64) -> Moment,
    ) -> Result<Vec<Taken>, Overflow> {
        let mut rows: BTreeMap<(String, Currency), [(u64, u64); 2]> = BTreeMap::new();
        for movement in movements {
            let Some(side) = side(by, movement) else { continue };
            let name = match by {
                By::Hour => format!("{:02}", local(movement.at).hour),
                By::Day => local(movement.at).day,
                By::Operator => movement.operator.clone().unwrap_or_default(),
                By::Kind => word(movement.kind),
                By::Result => word(movement.result),
            };
            let row = rows.entry((name, movement.amount.currency)).or_default();
            let [came, went] = row;
            let (count, minor) = if side == Side::Came { came } else { went };
            *count = count.checked_add(1).ok_or(Overflow)?;
            *minor = minor.checked_add(movement.amount.minor).ok_or(Overflow)?;
        }
        let sum = |(count, minor), currency| Sum { count, amount: Amount::new(minor, currency) };
        let rows = rows.into_iter().map(|((name, currency), [came, went])| Taken {
            name,
            came: sum(came, currency),
            went: sum(went, currency),
        });
        Ok(rows.collect())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Came,
    Went,
}

fn side(by: By, movement: &Movement) -> Option<Side> {
    let is_approved = movement.result == Standing::Approved;
    match (by, movement.kind) {
        (By::Kind, _) => is_approved.then_some(Side::Came),
        (By::Result, MovementKind::Sale | MovementKind::Preauth) => Some(Side::Came),
        (By::Result, _) => None,
        (_, MovementKind::Sale | MovementKind::Capture) => is_approved.then_some(Side::Came),
        (_, MovementKind::Return | MovementKind::Void) => is_approved.then_some(Side::Went),
        (_, MovementKind::Preauth | MovementKind::Release) => None,
    }
}

/// The word that the enum is written as.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
