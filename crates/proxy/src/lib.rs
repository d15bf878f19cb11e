//! The merchant's own server between page and gateway.
//!
//! Thin drivers round [`payment::order`]: the [`desk`] hands events to orders, stores them durably, and only then carries
//! out their effects. The control key never leaves this process; card data passes through memory and is overwritten.
#![forbid(unsafe_code)]

pub mod backup;
mod beside;
pub mod books;
pub mod callback;
pub mod clock;
pub mod config;
mod cookie;
pub mod desk;
pub mod fingerprint;
pub mod gateway;
pub mod guard;
mod health;
mod history;
pub mod keep;
pub mod kiosk;
pub mod metrics;
pub mod notice;
pub mod operations;
pub mod page;
pub mod problem;
pub mod routes;
pub mod running;
pub mod server;
pub mod settlement;
mod speech;
mod spreadsheet;
pub mod staff;
pub mod store;
mod trace;
