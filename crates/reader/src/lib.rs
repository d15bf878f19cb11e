//! Card reader drivers without I/O: bytes and time go in, bytes and [`Event`]s come out.
//!
//! Every driver has the same shape. After each call that changes it, drain `poll_transmit` (bytes for the reader),
//! `poll_event` (what happened) and `poll_timeout` (when to call `handle_timeout` at the latest). Time is a `u64` of
//! milliseconds from any fixed start and never goes back.
//!
//! | family | module | link |
//! |---|---|---|
//! | Miura MPI (Shuttle, M006, M007, M010, M020) | [`miura`] | serial |
#![forbid(unsafe_code)]

mod card;
mod event;
mod identity;
pub mod miura;
mod transaction;

pub use card::{CardRead, EncryptedData, Entry, MaskedCard, Scheme};
pub use event::{CardDecision, End, Event, Fault, Prompt};
pub use identity::{Battery, Identity, Power, Software};
pub use transaction::{
    CardTransaction, Interfaces, IssuerAnswer, IssuerAnswerError, Refused, TransactionKind, WallClock,
};
