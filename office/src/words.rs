//! Texts about the people at the till.

use crate::moment;
use language::say;
use mpos_terminal::browser;
use payment::api::{Deed, Did, Operator};
use payment::role::Role;

/// The roles, the least first.
pub(crate) const ROLES: [Role; 3] = [Role::Cashier, Role::Supervisor, Role::Manager];

/// What a person is at the till.
#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Cashier => say::cashier(),
        Role::Supervisor => say::supervisor(),
        Role::Manager => say::manager(),
    }
}

/// How it stands with a person, in a few words; empty where there is nothing to say.
#[must_use]
pub fn standing(operator: &Operator) -> String {
    match operator {
        Operator { disabled: true, .. } => say::may_not_sign_in().to_owned(),
        Operator { locked_until: Some(until), .. } => locked(*until),
        Operator { last_seen: Some(at), .. } => say::last_seen(&moment::day_and_time_short(*at)),
        _ => say::not_seen_yet().to_owned(),
    }
}

/// Until when no PIN is taken.
#[must_use]
pub fn locked(until: u64) -> String {
    say::locked_until(&browser::hh_mm(until))
}

/// A deed as a sentence without its time.
#[must_use]
pub fn deed(deed: &Deed) -> String {
    let who = deed.who.as_deref().unwrap_or_else(|| say::somebody_on_server());
    // Without anybody else it was done to oneself.
    let whom = deed.whom.as_deref().unwrap_or(who);
    match deed.did {
        Did::SignedIn => say::signed_in(who),
        Did::SignedOut => say::signed_out(who),
        Did::WrongPin => say::keyed_wrong_pin(who),
        Did::LockedOut => say::was_locked_out(who),
        Did::MadeCashier => say::made_cashier(who, whom),
        Did::MadeSupervisor => say::made_supervisor(who, whom),
        Did::MadeManager if deed.whom.is_none() => say::made_first_manager(who),
        Did::MadeManager => say::made_manager(who, whom),
        Did::ResetPin if deed.whom.is_none() => say::gave_own_pin(who),
        Did::ResetPin => say::gave_pin(who, whom),
        Did::Unlocked => say::unlocked(who, whom),
        Did::Disabled => say::disabled(who, whom),
        Did::Enabled => say::enabled(who, whom),
    }
}
