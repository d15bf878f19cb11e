use crate::Office;
use crate::screens::history;
use leptos::prelude::AnyView;

/// A screen of the office, as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// `#history`, and any name that is not known: the payments, newest first.
    History,
}

/// What the navigation leads to.
pub(crate) const PLACES: &[(&str, &str)] = &[("#history", "History")];

impl Screen {
    /// The screen of an address' part behind and with `#`.
    #[must_use]
    pub fn of(hash: &str) -> Self {
        // The names with an id behind a slash come with their screens.
        let (_name, _id) = hash.trim_start_matches('#').split_once('/').unwrap_or((hash, ""));
        Self::History
    }

    pub(crate) fn show(&self, office: Office) -> AnyView {
        match self {
            Self::History => history(office),
        }
    }
}
