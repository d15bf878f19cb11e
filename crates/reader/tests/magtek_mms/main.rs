//! The MMS family: its wire against published messages, its driver against made-up ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod driver;
mod endings;
mod framing;
mod properties;
mod wire;
