//! What a receipt is made of, and how its prints are counted.

use super::{Merchant, PaymentView};
use crate::json::{record, words};
use serde::Serialize;

/// Whose receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Copy {
    /// Kept by the shop; signed where the card asks for it.
    Merchant,
    /// Given to the customer.
    Customer,
}

words!(Copy { Merchant = "merchant", Customer = "customer" });

/// What of a customer is kept for a time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// The cardholder's name.
    Names,
    /// What is shown of the card's number, and its expiry.
    Last4,
    /// The e-mail address.
    Emails,
}

words!(Personal { Names = "names", Last4 = "last4", Emails = "emails" });

/// `GET /payments/{id}/receipt`: everything that its receipts say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptView {
    /// The payment.
    pub payment: PaymentView,
    /// The shop's texts.
    pub merchant: Merchant,
    /// The till's name.
    pub till: String,
    /// No money moved.
    pub sandbox: bool,
    /// The gateway's own receipt, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

record!(ReceiptView { payment, merchant, till, sandbox, link });

/// `POST /payments/{id}/prints`: a receipt is about to be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Print {
    /// Whose.
    pub copy: Copy,
    /// Of the payment itself, 0, or of which later transaction, from 1.
    #[serde(default)]
    pub nth: u32,
    /// How many characters the printer has in a line; 0 where the browser prints.
    #[serde(default)]
    pub columns: u32,
    /// How many minutes the till's time is ahead of UTC.
    #[serde(default)]
    pub zone: i32,
    /// The language of this print, by its code (ISO 639-1), where that is not the shop's. It is counted like any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

record!(Print { copy, language } default { nth, columns, zone });

/// What the proxy answers to a [`Print`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// How often this copy was printed before.
    pub duplicate: u32,
    /// When this one was counted, in Unix milliseconds.
    pub at: u64,
    /// ESC/POS bytes as hex, where columns were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
}

record!(Printed { duplicate, at, bytes });
