//! The gateway, as the desk sees it.

mod paynet_http;
mod reading;

use payment::{
    order::{Answer, Order, Submission},
    secret::EncryptedData,
};
pub use paynet_http::{PaynetGateway, StartError};
pub use reading::{Reply, answer, submission};
use std::{future::Future, pin::Pin};

/// A gateway's answer to come. It always comes: every call has a time limit.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whoever moves the money. Each method makes one request: nothing is ever sent again from inside.
pub trait Gateway: Send + Sync {
    /// Sends the sale or preauthorisation.
    fn submit<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, Submission>;

    /// Asks how the order stands.
    fn ask<'a>(&'a self, order: &'a Order) -> Call<'a, Answer>;

    /// Sends the card's decision; whether the gateway took it.
    fn advise<'a>(&'a self, order: &'a Order, card: &'a EncryptedData) -> Call<'a, bool>;

    /// Sends the full return.
    fn give_back<'a>(&'a self, order: &'a Order) -> Call<'a, Submission>;
}
