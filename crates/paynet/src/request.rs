//! What is asked of the gateway, and the HTTP request that asks it.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Amount, EncryptedData};

/// A form POST, or a GET without a body, ready to send once. `Debug` shows the address only: body and headers hold card data and signatures.
#[derive(Clone)]
pub struct Request {
    /// `POST` or `GET`.
    pub method: &'static str,
    /// Absolute address.
    pub url: String,
    /// Header names and values, `Content-Type` among them.
    pub headers: Vec<(&'static str, String)>,
    /// Form-encoded body.
    pub body: Zeroizing<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A sale or a preauth.
#[derive(Clone, Copy, Debug)]
pub struct Payment<'a> {
    /// The merchant's id of the order, unique, up to 128 characters.
    pub client_orderid: &'a str,
    /// What is asked.
    pub amount: Amount,
    /// `order_desc`, if there is one.
    pub description: Option<&'a str>,
    /// The shop's own reference, if there is one; [`Dialect::reference`](crate::dialect::Dialect::reference) says where it
    /// goes.
    pub reference: Option<&'a str>,
    /// Payer's e-mail, if it was asked for.
    pub email: Option<&'a str>,
    /// Reader family: `miura`, `spire`, … Which words the gateway knows is an agreement with the acquirer.
    pub encrypted_type: &'a str,
    /// What the reader read.
    pub encrypted_data: &'a EncryptedData,
}

/// The card's second answer (EMV final advice).
#[derive(Clone, Copy, Debug)]
pub struct Advice<'a> {
    /// The gateway's id of the order.
    pub orderid: &'a str,
    /// The merchant's id of the order.
    pub client_orderid: &'a str,
    /// Reader family, as in the sale.
    pub encrypted_type: &'a str,
    /// TLV of the second GENERATE AC.
    pub encrypted_data: &'a EncryptedData,
}

/// Which order is meant, as status asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The merchant's id.
    pub client_orderid: &'a str,
    /// The gateway's id; without it the gateway looks the order up by the merchant's.
    pub orderid: Option<&'a str>,
    /// `serial-number` of the request whose transaction is meant; without it the latest one is reported.
    pub serial_number: Option<&'a str>,
}

/// What a preauth has reserved is taken.
#[derive(Clone, Copy, Debug)]
pub struct Capture<'a> {
    /// The merchant's id of the order.
    pub client_orderid: &'a str,
    /// The gateway's id of the order.
    pub orderid: &'a str,
    /// How much; without it all. A part only where the gate has `gate-partial-capture`.
    pub amount: Option<Amount>,
}

/// A sale or capture is taken out of clearing. Not every gate supports it.
#[derive(Clone, Copy, Debug)]
pub struct Void<'a> {
    /// The merchant's id of the order.
    pub client_orderid: &'a str,
    /// The gateway's id of the order.
    pub orderid: &'a str,
    /// Why, up to 50 characters. Mandatory.
    pub comment: &'a str,
}

/// A reversal of a sale or the cancellation of a preauth.
#[derive(Clone, Copy, Debug)]
pub struct Return<'a> {
    /// The merchant's id of the order.
    pub client_orderid: &'a str,
    /// The gateway's id of the order.
    pub orderid: &'a str,
    /// How much; without it all. A part only of a sale or capture, where the gate has `gate-partial-reversal`.
    pub amount: Option<Amount>,
    /// Why, up to 50 characters. Mandatory.
    pub comment: &'a str,
}
