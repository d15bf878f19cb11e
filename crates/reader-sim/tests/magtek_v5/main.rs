//! The real MagneSafe V5 driver and the emulator, together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod payments;
mod properties;
#[path = "../rig/mod.rs"]
mod rig;
mod vectors;
