//! An emulated Miura M010: see [`reader::miura`] for the protocol.

mod emulator;
mod hand;
mod keys;
mod objects;
mod transaction;

pub use emulator::MiuraEmulator;
pub use keys::BASE_KEY;
