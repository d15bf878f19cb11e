//! The real MMS driver and the emulator, together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod faults;
mod payments;
mod properties;
#[path = "../rig/mod.rs"]
mod rig;
mod vectors;
