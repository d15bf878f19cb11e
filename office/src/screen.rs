use crate::Office;
use crate::screens::{history, order, receipt_of};
use leptos::prelude::AnyView;
use payment::attempt::AttemptId;

/// A screen of the office, as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// `#history`, and any name that is not known: the payments, newest first.
    History,
    /// `#order/ID`: one payment, what happened to it, and what may be done with it.
    Order(AttemptId),
    /// `#receipt/ID`: the receipt of a payment.
    Receipt(AttemptId),
}

/// What the navigation leads to.
pub(crate) const PLACES: &[(&str, &str)] = &[("#history", "History")];

impl Screen {
    /// The screen of an address' part behind and with `#`.
    #[must_use]
    pub fn of(hash: &str) -> Self {
        let (name, id) = hash.trim_start_matches('#').split_once('/').unwrap_or((hash, ""));
        match (name, id.parse()) {
            ("order", Ok(id)) => Self::Order(id),
            ("receipt", Ok(id)) => Self::Receipt(id),
            _ => Self::History,
        }
    }

    pub(crate) fn show(&self, office: Office) -> AnyView {
        match self {
            Self::History => history(office),
            Self::Order(id) => order(office, id.clone()),
            Self::Receipt(id) => receipt_of(office, id.clone()),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_screen() {
        let id: AttemptId = "AAAAAAAAAAAAAAAAAAAA".parse().unwrap();
        assert_eq!(Screen::of("#order/AAAAAAAAAAAAAAAAAAAA"), Screen::Order(id.clone()));
        assert_eq!(Screen::of("#receipt/AAAAAAAAAAAAAAAAAAAA"), Screen::Receipt(id));
        for other in ["", "#history", "#order/", "#order/aaaa", "#receipt", "#else/AAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Screen::of(other), Screen::History, "{other}");
        }
    }
}
