//! What is measured, one module a figure.

mod added;
mod growth;
mod reaction;
mod result;
mod simulation;
mod start;
mod sustained;
mod tills;

use crate::report::Outcome;
use anyhow::Result;
use std::path::PathBuf;
use std::pin::Pin;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Enough to see that the figure can be taken.
    Small,
    /// Enough for the documentation.
    Full,
}

impl Size {
    /// How often each thing is measured.
    pub(crate) fn rounds(self) -> usize {
        self.of(1, 5)
    }

    pub(crate) fn of<T>(self, small: T, full: T) -> T {
        match self {
            Self::Small => small,
            Self::Full => full,
        }
    }
}

type Measurement = Pin<Box<dyn Future<Output = Result<Outcome>>>>;

/// A figure of the documentation.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) method: &'static str,
    /// Measures in an empty folder.
    pub(crate) run: fn(Size, PathBuf) -> Measurement,
}

/// All of them, in the documentation's order.
pub(crate) const FIGURES: [Figure; 8] = [
    added::FIGURE,
    sustained::FIGURE,
    start::FIGURE,
    reaction::FIGURE,
    result::FIGURE,
    tills::FIGURE,
    growth::FIGURE,
    simulation::FIGURE,
];
