//! The real Miura driver and the emulator, together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod faults;
mod online_pin;
mod pair;
mod payments;
mod properties;
mod raw;
mod vectors;
