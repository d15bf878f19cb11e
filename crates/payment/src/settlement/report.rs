//! X and Z reports: what was taken since the last Z report, in all and by operator. Cash is none of the terminal's.

use super::{Movement, Overflow, Period, Standing, Totals};
use crate::json::record;
use serde::Serialize;

/// What one person took; without a name what was taken while nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShiftTotals {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// What.
    pub totals: Totals,
}

record!(ShiftTotals { operator, totals });

/// An X report, or with a number a Z report. The next one begins where a Z report ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The number of a Z report, from 1 without gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The till's name.
    pub till: String,
    /// Who closed the shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The first moment, in Unix milliseconds; 0 before the first Z report.
    pub from: u64,
    /// The first moment after it.
    pub until: u64,
    /// Everything that was approved.
    pub totals: Totals,
    /// The same by operator, in order of their names.
    pub operators: Vec<ShiftTotals>,
    /// How many payments and later transactions were not approved.
    pub refused: u64,
    /// What is not known yet; it counts in the report after.
    pub open: Vec<Movement>,
}

record!(Report { number, till, operator, from, until, totals, operators, refused, open });

impl Report {
    /// The report of a period over these movements.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn of(
        till: String,
        period: &Period,
        movements: impl IntoIterator<Item = Movement>,
    ) -> Result<Self, Overflow> {
        let (counted, open) = period.sort(movements);
        let mut names: Vec<&Option<String>> = counted.iter().map(|movement| &movement.operator).collect();
        names.sort_unstable();
        names.dedup();
        let of = |name: &Option<String>| {
            let own = counted.iter().filter(|movement| movement.operator == *name);
            Totals::of(own).map(|totals| ShiftTotals { operator: name.clone(), totals })
        };
        let operators = names.into_iter().map(of).collect::<Result<_, _>>()?;
        let refused = counted.iter().filter(|movement| movement.result != Standing::Approved).count();
        Ok(Self {
            number: None,
            till,
            operator: None,
            from: period.from,
            until: period.until,
            totals: Totals::of(&counted)?,
            operators,
            refused: u64::try_from(refused).unwrap_or(u64::MAX),
            open,
        })
    }

    /// The Z report of it.
    #[must_use]
    pub fn closed(self, number: u64, operator: Option<String>) -> Self {
        Self { number: Some(number), operator, ..self }
    }

    /// The period after it, up to `until`.
    #[must_use]
    pub fn period_after(&self, until: u64) -> Period {
        Period { from: self.until, until, carried: self.open.iter().map(Movement::key).collect() }
    }
}
