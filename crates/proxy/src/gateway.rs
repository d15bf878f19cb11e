//! The gateway, as the desk sees it.

mod connecting;
mod paynet_http;
mod reading;

use payment::settlement::{self, Closing};
use payment::{
    money::Currency,
    order::{Answer, Later, Order, Submission},
    secret::EncryptedData,
};
use paynet::report::{ReportError, Row};
pub use paynet_http::{PaynetGateway, StartError};
pub use reading::{Reply, answer, closing_reply, submission};
use std::{future::Future, pin::Pin};

/// A gateway's answer to come. It always comes: every call has a time limit.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whoever moves the money. Each method makes one request: nothing is ever sent again from inside.
pub trait Gateway: Send + Sync {
    /// Where a payment in this currency is sent; empty where the gateway has one place only, or none for it.
    fn endpoint(&self, _currency: Currency) -> &str {
        ""
    }

    /// Sends the sale or preauthorisation.
    fn submit<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, Submission>;

    /// Asks how the order stands.
    fn ask<'a>(&'a self, order: &'a Order) -> Call<'a, Answer>;

    /// Sends the card's decision; whether the gateway took it.
    fn advise<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, bool>;

    /// Sends a capture, return or void of the order.
    fn later<'a>(&'a self, order: &'a Order, later: &'a Later) -> Call<'a, Submission>;

    /// Asks to close the day.
    fn close_day<'a>(&'a self, closing: &'a Closing) -> Call<'a, settlement::Reply>;

    /// Whether a connection can be begun. Nothing is sent over it.
    fn connect(&self) -> Call<'_, bool>;

    /// Asks for every transaction of every endpoint that was created between these moments, Unix milliseconds; at most 31
    /// days.
    fn report(&self, from: u64, to: u64) -> Call<'_, Result<Vec<Row>, ReportFailure>>;
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportFailure {
    /// No whole answer came.
    #[error("gateway: no whole answer to the question for its report")]
    Silent,
    /// What came is no report.
    #[error("{0}")]
    Unreadable(#[from] ReportError),
}
