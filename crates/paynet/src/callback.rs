//! The gateway's callback: a GET with query parameters when a transaction is final.
//!
//! A callback is a hint to ask for the status. Its checksum covers neither amount nor time, and it is repeated until
//! it gets a 200.

use crate::{ControlKey, Fields, Status, control};

/// A callback whose checksum fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What the gateway says it was.
    pub status: Status,
    /// The gateway's id of the order.
    pub orderid: String,
    /// The merchant's id of the order.
    pub client_orderid: String,
    /// Transaction type: `sale`, `reversal`, `chargeback`, …
    pub transaction_type: String,
    /// Every parameter as received, card and payer among them.
    pub fields: Fields,
}

impl Callback {
    /// Reads a query string, without its `?`, and verifies `control`.
    ///
    /// # Errors
    /// [`CallbackError`]: not from the gateway, or from one with another key.
    pub fn parse(query: &str, key: &ControlKey) -> Result<Self, CallbackError> {
        let fields = Fields::decode(query.as_bytes());
        let one = |name: &'static str| {
            let mut values =
                fields.iter().filter(|(field, _)| *field == name).map(|(_, value)| value.to_owned());
            match (values.next(), values.next()) {
                (Some(value), None) => Ok(value),
                _ => Err(CallbackError::Parameter(name)),
            }
        };
        let (status, orderid, client_orderid) = (one("status")?, one("orderid")?, one("client_orderid")?);
        let (transaction_type, received) = (one("type")?, one("control")?);
        if !control::matches(&control::callback(&status, &orderid, &client_orderid, key), &received) {
            return Err(CallbackError::Forged);
        }
        let status = Status::parse(&status);
        Ok(Self { status, orderid, client_orderid, transaction_type, fields })
    }
}

/// Why a callback is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// A needed parameter is missing or there more than once.
    #[error("caller: the callback must carry {0} exactly once")]
    Parameter(&'static str),
    /// The checksum does not fit.
    #[error("caller: the callback's control does not fit the key")]
    Forged,
}
