//! What page and proxy say about the people at the till.

use crate::json::{record, words};
use crate::{pin::Pin, role::Role};
use serde::{Deserialize, Serialize};

/// `GET /operators/names`: what a till shows before anybody has signed in. No amounts, no roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Door {
    /// Who may sign in, by name. Nobody: the till waits for its first manager.
    pub people: Vec<Tile>,
    /// How many payments have no final result yet.
    pub unresolved: u64,
    /// The fewest digits of a PIN.
    pub pin_digits: u32,
    /// The fewest digits of a manager's PIN.
    pub manager_pin_digits: u32,
}

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// The name.
    pub name: String,
    /// After wrong PINs: until when no PIN is taken, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<u64>,
}

/// `POST /sign-in`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Who.
    pub name: String,
    /// The person's own PIN.
    pub pin: Pin,
}

/// `POST /operators`: adds a person. While there is nobody, it makes the first manager and signs them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddOperator {
    /// The name, which orders and the trail will carry.
    pub name: String,
    /// What the person is at the till; a manager is the first of all whatever this says.
    pub role: Role,
    /// The person's first PIN.
    pub pin: Pin,
}

/// `POST /operators/change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOperator {
    /// Whom.
    pub name: String,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// What a manager changes about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// What the person is at the till. Whoever becomes a manager gets a manager's PIN with it.
    Role {
        /// What from now on.
        role: Role,
        /// A new PIN.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Pin>,
    },
    /// Another PIN. The person is signed out wherever they are signed in.
    Pin {
        /// The new one.
        pin: Pin,
    },
    /// Wrong PINs are forgotten.
    Unlock,
    /// The person may not sign in any more, and is signed out.
    Disable,
    /// The person may sign in again.
    Enable,
}

/// `GET /operators`: all about a person but the PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// The name.
    pub name: String,
    /// What the person is at the till.
    pub role: Role,
    /// The person may not sign in.
    pub disabled: bool,
    /// After wrong PINs: until when no PIN is taken, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<u64>,
    /// When the person signed in last, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<u64>,
}

/// `GET /operators/trail`: something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// When, in Unix milliseconds.
    pub at: u64,
    /// Who; nobody, where it was done on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What.
    pub did: Did,
    /// To whom, where it was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<String>,
}

/// What the trail of staff tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// Signed in.
    SignedIn,
    /// Signed out, or locked the till.
    SignedOut,
    /// Keyed a wrong PIN.
    WrongPin,
    /// Keyed so many that no PIN is taken for some time.
    LockedOut,
    /// Made a person a cashier.
    MadeCashier,
    /// Made a person a supervisor.
    MadeSupervisor,
    /// Made a person a manager.
    MadeManager,
    /// Gave a person another PIN.
    ResetPin,
    /// Forgot a person's wrong PINs.
    Unlocked,
    /// Let a person sign in no more.
    Disabled,
    /// Let a person sign in again.
    Enabled,
}

words!(Did {
    SignedIn = "signed_in",
    SignedOut = "signed_out",
    WrongPin = "wrong_pin",
    LockedOut = "locked_out",
    MadeCashier = "made_cashier",
    MadeSupervisor = "made_supervisor",
    MadeManager = "made_manager",
    ResetPin = "reset_pin",
    Unlocked = "unlocked",
    Disabled = "disabled",
    Enabled = "enabled",
});
record!(Door { people, unresolved, pin_digits, manager_pin_digits });
record!(Tile { name, locked_until });
record!(Operator { name, role, disabled, locked_until, last_seen });
record!(Deed { at, who, did, whom });

impl Did {
    /// Making a person this.
    #[must_use]
    pub fn made(role: Role) -> Self {
        match role {
            Role::Cashier => Self::MadeCashier,
            Role::Supervisor => Self::MadeSupervisor,
            Role::Manager => Self::MadeManager,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_change_is_one_flat_object() {
        let pin = Pin::new("258013".to_owned()).unwrap();
        let cases = [
            (Change::Unlock, json!({"name": "Ann", "change": "unlock"})),
            (Change::Pin { pin: pin.clone() }, json!({"name": "Ann", "change": "pin", "pin": "258013"})),
            (
                Change::Role { role: Role::Manager, pin: Some(pin) },
                json!({"name": "Ann", "change": "role", "role": "manager", "pin": "258013"}),
            ),
        ];
        for (change, expected) in cases {
            let change = ChangeOperator { name: "Ann".into(), change };
            let written = serde_json::to_value(&change).unwrap();
            assert_eq!(written, expected);
            assert_eq!(serde_json::from_value::<ChangeOperator>(written).unwrap(), change);
        }
    }
}
