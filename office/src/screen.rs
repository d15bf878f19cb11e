use crate::Office;
use crate::screens::{
    close_day, first_aid, history, lock, operators, order, receipt_of, report, sign_in, takings,
};
use language::say;
use leptos::prelude::AnyView;
use payment::attempt::AttemptId;
use payment::role::Right;

/// A screen of the office, as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// `#history`, and any name that is not known: the payments, newest first.
    History,
    /// `#order/ID`: one payment, what happened to it, and what may be done with it.
    Order(AttemptId),
    /// `#receipt/ID`: the receipt of a payment.
    Receipt(AttemptId),
    /// `#close-day`: the till's totals beside the gateway's, and closing the day.
    CloseDay,
    /// `#report`: the X and Z reports.
    Report,
    /// `#takings`: what was taken, by hour, day, person, kind and result.
    Takings,
    /// `#operators`: the people at the till.
    Operators,
    /// `#first-aid`: what is wrong, and who does what about it.
    FirstAid,
    /// `#sign-in`: who is at the till.
    SignIn,
    /// `#lock`: whoever was at the till leaves it.
    Lock,
}

/// What the navigation leads to.
pub(crate) fn places() -> [(&'static str, &'static str); 6] {
    [
        ("#history", say::history()),
        ("#close-day", say::close_day()),
        ("#report", say::x_z_report()),
        ("#takings", say::takings()),
        ("#operators", say::people()),
        ("#first-aid", say::first_aid()),
    ]
}

impl Screen {
    /// The screen of an address' part behind and with `#`.
    #[must_use]
    pub fn of(hash: &str) -> Self {
        let name = hash.trim_start_matches('#');
        let (name, id) = name.split_once('/').unwrap_or((name, ""));
        match (name, id.parse()) {
            ("order", Ok(id)) => Self::Order(id),
            ("receipt", Ok(id)) => Self::Receipt(id),
            ("close-day", _) => Self::CloseDay,
            ("report", _) => Self::Report,
            ("takings", _) => Self::Takings,
            ("operators", _) => Self::Operators,
            ("first-aid", _) => Self::FirstAid,
            ("sign-in", _) => Self::SignIn,
            ("lock", _) => Self::Lock,
            _ => Self::History,
        }
    }

    /// Whether it is there for whoever has not signed in.
    pub(crate) fn is_entrance(&self) -> bool {
        matches!(self, Self::FirstAid | Self::SignIn | Self::Lock)
    }

    /// Whether something is keyed, asked for or drawn there that would be gone if it were shown anew.
    pub(crate) fn is_at_work(&self) -> bool {
        matches!(self, Self::Order(_) | Self::Receipt(_) | Self::Report)
    }

    /// The right without which nobody is led there. The proxy decides; this spares a walk.
    pub(crate) fn right(&self) -> Option<Right> {
        match self {
            Self::CloseDay => Some(Right::CloseDay),
            Self::Report => Some(Right::Report),
            Self::Takings => Some(Right::Takings),
            Self::Operators => Some(Right::Operators),
            Self::History
            | Self::Order(_)
            | Self::Receipt(_)
            | Self::FirstAid
            | Self::SignIn
            | Self::Lock => None,
        }
    }

    /// The screen itself.
    #[must_use]
    pub fn show(&self, office: Office) -> AnyView {
        match self {
            Self::History => history(office),
            Self::CloseDay => close_day(office),
            Self::Report => report(office),
            Self::Takings => takings(office),
            Self::Operators => operators(office),
            Self::FirstAid => first_aid(office),
            Self::SignIn => sign_in(office),
            Self::Lock => lock(office),
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
        assert_eq!(Screen::of("#first-aid"), Screen::FirstAid);
        for other in ["", "#history", "#order/", "#order/aaaa", "#receipt", "#else/AAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Screen::of(other), Screen::History, "{other}");
        }
    }
}
