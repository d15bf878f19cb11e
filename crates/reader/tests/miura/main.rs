//! The Miura family: its wire against published frames, its driver against recorded and made-up bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod driver;
mod ends;
mod heartbeat;
mod identify;
mod online_pin;
mod properties;
mod trace;
mod wire;
