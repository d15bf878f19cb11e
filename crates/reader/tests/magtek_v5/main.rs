//! The MagneSafe V5 family: its wire against published reports, its driver against published and made-up ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod driver;
mod properties;
mod wire;
