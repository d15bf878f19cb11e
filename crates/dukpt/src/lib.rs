//! Derived unique key per transaction with triple DES (ANSI X9.24-1:2009): what a card reader does before it encrypts,
//! and what the host does before it decrypts.
//!
//! The chain of keys is a chain of types: [`BaseKey`] → [`InitialKey`] → [`TransactionKey`] → [`WorkingKey`]. All are
//! overwritten when dropped and print as `[redacted]`.
//!
//! Only simulators may use this: the terminal holds no key of any reader.
#![forbid(unsafe_code)]

mod key;
mod ksn;
mod pin;

pub use key::{BaseKey, InitialKey, NotWholeBlocks, TransactionKey, Variant, WorkingKey};
pub use ksn::Ksn;
pub use pin::{PinBlockError, decode_pin_block, encode_pin_block};
