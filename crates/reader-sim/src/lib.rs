//! Card readers that do not exist: they speak their family's protocol from the device's side, with the wire types that
//! the drivers use, and have a customer's hand, a display and faults on request. No I/O, clock or randomness, so they
//! run in a page, behind a socket and in tests.
//!
//! Keys and cards are public test values. Nothing here may be part of a page that takes real payments.
#![forbid(unsafe_code)]

mod card;
mod emulator;
mod family;
mod faults;
mod keys;
mod magtek;
pub mod magtek_mms;
pub mod magtek_v5;
pub mod miura;

pub use card::{Card, Chip, cards};
pub use emulator::{Emulator, Hand, Key, Screen};
pub use family::EMULATORS;
pub use faults::Faults;
pub use keys::BASE_KEY;
