//! Scenarios in a real Chromium: the page, the proxy and the sandbox gateway as they are installed, and nothing between
//! them that is pretended. The harness starts them for one scenario each, drives the page as a cashier does, by the
//! words on its buttons, and counts at the gateway.
//!
//! `cargo xtask test e2e` builds what is started here. What a scenario's processes wrote stays in `target/e2e/`.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a harness fails its test"
)]

mod folder;
mod gateway;
mod hands;
mod latency;
mod leaks;
mod process;
mod proxy;
mod scenes;
mod shop;
mod stopwatch;
pub mod testbed;
mod till;
mod update;
mod wait;

pub use folder::{empty_page, files, page, release_page, scenario};
pub use gateway::{CONTROL_KEY, Closing, Gateway, Ledger, Order};
pub use latency::{Latency, Since, latency};
pub use leaks::{Find, Needle, search};
pub use proxy::Proxy;
pub use scenes::{block_on, play};
pub use shop::{Habits, Shop};
pub use testbed::Testbed;
pub use till::{Hold, Till};
pub use update::{copy_of_page, deploy};
pub use wait::until;
