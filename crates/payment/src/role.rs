//! Who may do what.

use crate::json::{record, words};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a person is at the till. Each may do what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes payments.
    Cashier,
    /// Undoes them, and closes the day.
    Supervisor,
    /// Answers for the till.
    Manager,
}

/// What a person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Taking a sale.
    Sale,
    /// Reserving an amount.
    Preauth,
    /// Seeing one's own payments of today, and their receipts.
    OwnHistory,
    /// Seeing everybody's payments of every day.
    AllHistory,
    /// Taking a notice off the list.
    Notices,
    /// The report of a shift.
    Report,
    /// Giving money back.
    Refund,
    /// Taking a sale back before it is settled.
    Void,
    /// Collecting, or releasing, what was reserved.
    Capture,
    /// What each of the staff took.
    Takings,
    /// Closing the day.
    CloseDay,
    /// Closing the day while a payment is not final.
    CloseDayOverOpen,
    /// Adding and changing people, and seeing who did what.
    Operators,
    /// Changing the till's settings.
    Settings,
    /// Erasing what is kept of customers.
    Erase,
}

words!(Role { Cashier = "cashier", Supervisor = "supervisor", Manager = "manager" });
words!(Right {
    Sale = "sale",
    Preauth = "preauth",
    OwnHistory = "own_history",
    AllHistory = "all_history",
    Notices = "notices",
    Report = "report",
    Refund = "refund",
    Void = "void",
    Capture = "capture",
    Takings = "takings",
    CloseDay = "close_day",
    CloseDayOverOpen = "close_day_over_open",
    Operators = "operators",
    Settings = "settings",
    Erase = "erase",
});

/// The least role that has each right, where nothing else is set.
const DEFAULT: [(Right, Role); 15] = [
    (Right::Sale, Role::Cashier),
    (Right::Preauth, Role::Cashier),
    (Right::OwnHistory, Role::Cashier),
    (Right::AllHistory, Role::Supervisor),
    (Right::Notices, Role::Cashier),
    (Right::Report, Role::Cashier),
    (Right::Refund, Role::Supervisor),
    (Right::Void, Role::Supervisor),
    (Right::Capture, Role::Supervisor),
    (Right::Takings, Role::Supervisor),
    (Right::CloseDay, Role::Supervisor),
    (Right::CloseDayOverOpen, Role::Manager),
    (Right::Operators, Role::Manager),
    (Right::Settings, Role::Manager),
    (Right::Erase, Role::Manager),
];

/// The least role that has each right, as this till is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights(BTreeMap<Right, Role>);

/// Whoever may change people may make themselves whatever they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("operators: only a manager may have this right")]
pub struct ManagersOnly;

impl Default for Rights {
    fn default() -> Self {
        Self(DEFAULT.into())
    }
}

impl Rights {
    /// The default table, with these changes.
    ///
    /// # Errors
    /// [`ManagersOnly`]
    pub fn with(changes: &BTreeMap<Right, Role>) -> Result<Self, ManagersOnly> {
        let mut rights = Self::default();
        rights.0.extend(changes);
        if rights.least(Right::Operators) == Role::Manager { Ok(rights) } else { Err(ManagersOnly) }
    }

    /// The least role that has this right.
    #[must_use]
    pub fn least(&self, right: Right) -> Role {
        self.0.get(&right).copied().unwrap_or(Role::Manager)
    }

    /// Whether this role has this right.
    #[must_use]
    pub fn has(&self, role: Role, right: Right) -> bool {
        role >= self.least(right)
    }

    /// Everything that this role may do.
    #[must_use]
    pub fn of(&self, role: Role) -> Vec<Right> {
        self.0.keys().copied().filter(|right| self.has(role, *right)).collect()
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The person's name.
    pub name: String,
    /// What the person is at the till.
    pub role: Role,
}

record!(Signed { name, role });

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_default_table_is_the_one_that_was_agreed() {
        let rights = Rights::default();
        let cashier = ["sale", "preauth", "own_history", "notices", "report"];
        let supervisor = ["all_history", "refund", "void", "capture", "takings", "close_day"];
        let manager = ["close_day_over_open", "operators", "settings", "erase"];
        let names = |role| {
            let mut names: Vec<_> = rights.of(role).into_iter().map(Right::word).collect();
            names.sort();
            names
        };
        let mut expected: Vec<&str> = vec![];
        for (role, added) in [
            (Role::Cashier, &cashier[..]),
            (Role::Supervisor, &supervisor[..]),
            (Role::Manager, &manager[..]),
        ] {
            expected.extend(added);
            expected.sort_unstable();
            assert_eq!(names(role), expected, "{role:?}");
        }
    }

    #[test]
    fn the_table_has_a_line_for_each_right_and_more_role_is_more_right() {
        let rights = Rights::default();
        assert_eq!(rights.0.len(), DEFAULT.len(), "no right twice");
        for (right, least) in DEFAULT {
            for role in [Role::Cashier, Role::Supervisor, Role::Manager] {
                assert_eq!(rights.has(role, right), role >= least, "{role:?} {right:?}");
            }
        }
    }

    #[test]
    fn a_setting_moves_a_right_up_or_down() {
        let changes = [(Right::Refund, Role::Cashier), (Right::Sale, Role::Supervisor)].into();
        let rights = Rights::with(&changes).unwrap();
        assert!(rights.has(Role::Cashier, Right::Refund) && !rights.has(Role::Cashier, Right::Sale));
        assert_eq!(rights.least(Right::Void), Role::Supervisor, "the others stay");
    }

    #[test]
    fn nobody_but_a_manager_may_change_people() {
        let changes = [(Right::Operators, Role::Supervisor)].into();
        assert_eq!(Rights::with(&changes), Err(ManagersOnly));
    }

    #[test]
    fn who_is_signed_in_reads_what_it_writes() {
        let signed = Signed { name: "Ann".into(), role: Role::Cashier };
        let text = serde_json::to_string(&signed).unwrap();
        assert_eq!(text, r#"{"name":"Ann","role":"cashier"}"#);
        assert_eq!(serde_json::from_str::<Signed>(&text).unwrap(), signed);
    }
}
