//! An emulated Miura M010: see [`reader::miura`] for the protocol.

mod commands;
mod emulator;
mod hand;
mod keys;
mod objects;
mod online_pin;
mod transaction;

pub use emulator::MiuraEmulator;
