//! The people at the till, as the proxy keeps them.

use super::Reply;
use crate::staff::{PinHash, Tries};
use payment::api::Deed;
use payment::role::Role;

/// Somebody who may sign in, or might before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name, which is never given to anybody else.
    pub name: String,
    /// What the person is at the till.
    pub role: Role,
    /// The hash of the PIN.
    pub pin: PinHash,
    /// The person may not sign in.
    pub disabled: bool,
    /// When the person signed in last, in Unix milliseconds.
    pub last_seen: Option<u64>,
}

/// The digest of what a browser holds for somebody who is signed in.
pub type Digest = [u8; 32];

/// A durable memory of them. When a write has answered, it survives the loss of power.
pub trait Operators: Send + Sync {
    /// Everybody, by name, with the wrong PINs of each.
    fn operators(&self) -> Reply<'_, Vec<(Operator, Tries)>>;

    /// Adds a person or replaces what is known of them, and signs them out wherever they are signed in.
    fn keep_operator<'a>(&'a self, operator: &'a Operator, deed: &'a Deed) -> Reply<'a, ()>;

    /// The wrong PINs of a name, whether or not it is anybody's.
    fn tries<'a>(&'a self, name: &'a str) -> Reply<'a, Tries>;

    /// Remembers the wrong PINs of a name. Of names that are nobody's, the latest are kept.
    fn keep_tries<'a>(&'a self, name: &'a str, tries: Tries, deed: Option<&'a Deed>) -> Reply<'a, ()>;

    /// Signs a person in: opens the session, forgets wrong PINs, and forgets every session that was last used before
    /// `stale`.
    fn sign_in<'a>(&'a self, session: &'a Digest, name: &'a str, stale: u64, deed: &'a Deed)
    -> Reply<'a, ()>;

    /// Who is signed in under this session and may be, and when it was last used.
    fn signed_in<'a>(&'a self, session: &'a Digest) -> Reply<'a, Option<(Operator, u64)>>;

    /// Remembers that a session was used.
    fn use_session<'a>(&'a self, session: &'a Digest, now: u64) -> Reply<'a, ()>;

    /// Ends a session.
    fn sign_out<'a>(&'a self, session: &'a Digest, deed: &'a Deed) -> Reply<'a, ()>;

    /// What was done last, so many deeds at most, the latest first.
    fn deeds(&self, limit: u32) -> Reply<'_, Vec<Deed>>;
}
