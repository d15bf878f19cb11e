//! The sandbox gateway: the Payneteasy mPOS calls, played on one machine. No money moves.
//!
//! [`Gateway`] is a sans-IO core: time is an argument, randomness a seed, and a request goes in as data and comes out
//! as a [`Reply`] with the instruction how to deliver it. [`server`] is the thin shell that gives it a socket.
//!
//! It verifies signatures as a stranger would and decrypts card data with the public test keys, so that a client that
//! works here has shown more than that both sides share a mistake. What the real gateway's documents do not say is
//! marked *inferred* where it is played.
#![forbid(unsafe_code)]

mod advice;
mod auth;
mod callback;
mod caller;
mod card;
mod closing;
mod control;
mod date;
mod gateway;
mod http;
mod iso4217;
mod later;
mod order;
mod outcome;
mod receipt;
mod record;
mod report;
mod sale;
pub mod server;
mod settings;
mod status;
mod transaction;

pub use callback::Call;
pub use gateway::{Account, AccountError, Gateway};
pub use http::{Delivery, Reply, Request};
pub use record::Recorded;
pub use settings::{
    AnswerFault, Answers, Callbacks, Closing, Duplicate, EncryptedTypes, Later, Repeat, Settings,
};
