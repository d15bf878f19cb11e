//! Card reader drivers without I/O: bytes and time go in, bytes and [`Event`]s come out.
//!
//! [`FAMILIES`] is the table of what there is; a [`Family`] makes a [`Driver`], and every driver has the same shape.
//!
//! | family | module | link |
//! |---|---|---|
//! | Miura MPI (Shuttle, M006, M007, M010, M020) | [`miura`] | serial |
//! | MagTek MagneSafe V5 (Dynamag and older swipe readers) | [`magtek_v5`] | HID |
//! | MagTek MMS (DynaFlex, DynaFlex II Go, DynaProx) | [`magtek_mms`] | HID, serial |
#![forbid(unsafe_code)]

mod card;
mod driver;
mod event;
mod family;
mod identity;
mod link;
mod magtek;
pub mod magtek_mms;
pub mod magtek_v5;
pub mod miura;
mod problem;
mod state;
mod traces;
mod transaction;

pub use card::{CardRead, EncryptedData, Entry, MaskedCard, Scheme};
pub use driver::Driver;
pub use event::{CardDecision, End, Event, Fault, Prompt};
pub use family::{FAMILIES, Family, Setup, Texts};
pub use identity::{Battery, Identity, Power, Software};
pub use link::{FromReader, HidFilter, Link, SerialFilter, ToReader, Trace};
pub use problem::CardProblem;
pub use state::State;
pub use transaction::{
    CardTransaction, Interfaces, IssuerAnswer, IssuerAnswerError, Refused, TransactionKind, WallClock,
};
