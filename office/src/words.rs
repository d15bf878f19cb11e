//! Texts about the people at the till.

use crate::moment;
use mpos_terminal::browser;
use payment::api::{Deed, Did, Operator};
use payment::role::Role;

/// The roles, the least first.
pub(crate) const ROLES: [Role; 3] = [Role::Cashier, Role::Supervisor, Role::Manager];

/// What a person is at the till.
#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Cashier => "Cashier",
        Role::Supervisor => "Supervisor",
        Role::Manager => "Manager",
    }
}

/// How it stands with a person, in a few words; empty where there is nothing to say.
#[must_use]
pub fn standing(operator: &Operator) -> String {
    match operator {
        Operator { disabled: true, .. } => "May not sign in".to_owned(),
        Operator { locked_until: Some(until), .. } => locked(*until),
        Operator { last_seen: Some(at), .. } => format!("Last seen {}", moment::day_and_time_short(*at)),
        _ => "Not seen yet".to_owned(),
    }
}

/// Until when no PIN is taken.
#[must_use]
pub fn locked(until: u64) -> String {
    format!("Locked until {}", browser::hh_mm(until))
}

/// A deed as a sentence without its time.
#[must_use]
pub fn deed(deed: &Deed) -> String {
    let who = deed.who.as_deref().unwrap_or("On the machine itself, somebody");
    let whom = deed.whom.as_deref();
    let other = |verb: &str, rest: &str| match whom {
        Some(whom) => format!("{who} {verb} {whom}{rest}"),
        None => format!("{who} {verb} themselves{rest}"),
    };
    match deed.did {
        Did::SignedIn => format!("{who} signed in"),
        Did::SignedOut => format!("{who} locked the till"),
        Did::WrongPin => format!("Wrong PIN for {who}"),
        Did::LockedOut => format!("{who} was locked out after wrong PINs"),
        Did::MadeCashier => other("made", " a cashier"),
        Did::MadeSupervisor => other("made", " a supervisor"),
        Did::MadeManager => other("made", " a manager"),
        Did::ResetPin => other("gave", " a new PIN"),
        Did::Unlocked => other("unlocked", ""),
        Did::Disabled => other("disabled", ""),
        Did::Enabled => other("enabled", ""),
    }
}
