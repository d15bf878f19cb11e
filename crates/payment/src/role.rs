//! What somebody at the till is.

use crate::json::words;

/// The role of whoever is signed in, from the least that it may do to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes payments.
    Cashier,
    /// Also gives money back.
    Supervisor,
    /// Also sets the till up.
    Manager,
}

words!(Role { Cashier = "cashier", Supervisor = "supervisor", Manager = "manager" });
