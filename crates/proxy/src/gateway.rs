//! The gateway, as the desk sees it.

mod paynet_http;
mod reading;

use payment::{
    api::StartPayment,
    order::{Answer, Order, Submission},
    secret::EncryptedData,
};
pub use paynet_http::{PaynetGateway, StartError};
pub use reading::{Reply, answer, submission};
use std::{future::Future, pin::Pin};

/// A gateway's answer to come. It always comes: every call has a time limit.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Card data on its way to the gateway, in memory only, overwritten when dropped.
#[derive(Debug, Clone)]
pub struct CardData {
    /// The gateway's name for the layout.
    pub encrypted_type: String,
    /// What the reader encrypted.
    pub encrypted_data: EncryptedData,
}

impl From<StartPayment> for CardData {
    fn from(payment: StartPayment) -> Self {
        Self { encrypted_type: payment.encrypted_type, encrypted_data: payment.encrypted_data }
    }
}

/// Whoever moves the money. Each method makes one request: nothing is ever sent again from inside.
pub trait Gateway: Send + Sync {
    /// Sends the sale or preauthorisation.
    fn submit<'a>(&'a self, order: &'a Order, card: &'a CardData) -> Call<'a, Submission>;

    /// Asks how the order stands.
    fn ask<'a>(&'a self, order: &'a Order) -> Call<'a, Answer>;

    /// Sends the card's decision; whether the gateway took it.
    fn advise<'a>(&'a self, order: &'a Order, card: &'a CardData) -> Call<'a, bool>;

    /// Sends the full return.
    fn give_back<'a>(&'a self, order: &'a Order) -> Call<'a, Submission>;
}
