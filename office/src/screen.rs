use crate::Office;
use crate::screens::{close_day, history, report, takings};
use leptos::prelude::AnyView;

/// A screen of the office, as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// `#history`, and any name that is not known: the payments, newest first.
    History,
    /// `#close-day`: the till's totals beside the gateway's, and closing the day.
    CloseDay,
    /// `#report`: the X and Z reports.
    Report,
    /// `#takings`: what was taken, by hour, day, person, kind and result.
    Takings,
}

/// What the navigation leads to.
pub(crate) const PLACES: &[(&str, &str)] = &[
    ("#history", "History"),
    ("#close-day", "Close day"),
    ("#report", "X / Z report"),
    ("#takings", "Takings"),
];

impl Screen {
    /// The screen of an address' part behind and with `#`.
    #[must_use]
    pub fn of(hash: &str) -> Self {
        // The names with an id behind a slash come with their screens.
        let name = hash.trim_start_matches('#');
        let (name, _id) = name.split_once('/').unwrap_or((name, ""));
        match name {
            "close-day" => Self::CloseDay,
            "report" => Self::Report,
            "takings" => Self::Takings,
            _ => Self::History,
        }
    }

    pub(crate) fn show(&self, office: Office) -> AnyView {
        match self {
            Self::History => history(office),
            Self::CloseDay => close_day(office),
            Self::Report => report(office),
            Self::Takings => takings(office),
        }
    }
}
