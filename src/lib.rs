//! The page: keypad, reader, result.
//!
//! [`desk`] owns the payments and is the only place where something happens; `screens` show what it knows and hand it
//! what the cashier presses; [`device`] is the way to the reader, [`proxy`] and [`journal`] the ways to what must be
//! told and kept. What the money does is decided in `payment::till`, never here.

#![allow(unreachable_pub, reason = "the component macro hides from the lint that components are exported")]

mod app;
pub mod browser;
mod clock;
mod customer;
pub mod desk;
pub mod device;
mod duplicate;
pub mod entry;
pub mod journal;
pub mod lock;
pub mod parts;
pub mod proxy;
pub mod screens;
pub mod shell;
pub mod sound;
pub mod speech;
pub mod stream;
pub mod words;

pub use app::App;
