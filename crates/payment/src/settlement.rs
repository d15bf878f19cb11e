//! What a shop does at the end of a day: totals, closing the day at the gateway, X and Z reports, takings.
//!
//! Everything here is counted from [`Movement`]s, which are derived from orders; nothing is written down twice. Pure: no
//! I/O, clock or randomness; sums are checked integers of minor units.

mod answer;
mod closing;
mod movement;
mod report;
mod takings;
#[cfg(test)]
mod tests;
mod totals;

pub use answer::{Answer, DayTotals, Reply, Sum};
pub use closing::{Closing, ClosingEvent, ClosingId, ClosingRules, ClosingState, ClosingStep, NotAClosingId};
pub use movement::{Key, Movement, MovementKind, Period, Standing, movements};
pub use report::{Report, ShiftTotals};
pub use takings::{By, Moment, Taken, Takings};
pub use totals::{Overflow, Total, Totals};

use crate::attempt::AttemptId;
use crate::json::record;
use serde::Serialize;

/// `GET` and `POST /close-day`: where the closing of the day stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CloseDay {
    /// The acquirer wants the day closed; otherwise there is nothing to send.
    pub needed: bool,
    /// The local time of day at which it happens by itself, as `23:30`; by hand only without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The shop's time zone, as `Europe/Riga`.
    pub time_zone: String,
    /// Where the open day begins, in Unix milliseconds: the end of the last one that was closed, or 0.
    pub since: u64,
    /// What the till's orders add up to since then.
    pub totals: Totals,
    /// What is not final yet.
    pub open: Vec<Movement>,
    /// The latest closing, if there ever was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Closing>,
}

record!(CloseDay { needed, at, time_zone, since, totals, open, last });

/// `POST /close-day`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CloseNow {
    /// [`CloseDay::since`] of the day that is meant: a second press closes nothing twice.
    pub since: u64,
    /// The orders that are not final and that a manager closes over all the same.
    #[serde(default)]
    pub confirm_open: Vec<AttemptId>,
}

record!(CloseNow { since } default { confirm_open });

/// `POST /reports/z`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CloseShift {
    /// [`Report::from`] of the X report that was looked at: a second press is the same Z report.
    pub from: u64,
}

record!(CloseShift { from });
