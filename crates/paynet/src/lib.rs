//! The Payneteasy mPOS API as data: what to send, and what an answer means.
//!
//! Sans-IO and pure. A [`Merchant`] makes [`Request`]s for sale, preauth, EMV advice, status, capture, return, void, close day and the transaction
//! report; the caller sends them over any HTTP client and hands the bytes that came back to [`reply`]. Time and nonces are
//! arguments ([`Stamp`]). Names and paths that public documents do not settle are configuration: see [`Dialect`].
//!
//! The rules that keep money safe and live here:
//! * a reply that may have been cut off is an error, never an answer ([`ReplyError::Truncated`]);
//! * an unknown status is kept as [`Status::Other`] and is never final;
//! * amounts are integers of minor units; no float touches them ([`amount`]);
//! * keys and card data print as `[redacted]` and are overwritten when dropped.
#![forbid(unsafe_code)]

pub mod amount;
pub mod callback;
pub mod close_day;
pub mod control;
pub mod credentials;
pub mod dialect;
pub mod encrypted;
pub mod form;
pub mod merchant;
pub mod oauth;
pub mod reply;
pub mod report;
pub mod request;
pub mod stage;
pub mod status;

pub use amount::{Amount, AmountError, Currency};
pub use callback::{Callback, CallbackError};
pub use close_day::{CloseDay, DayAnswer, DayTotals, Sum};
pub use credentials::{ControlKey, CredentialsError, Login};
pub use dialect::Dialect;
pub use encrypted::{EncryptedData, EncryptedDataError};
pub use form::Fields;
pub use merchant::Merchant;
pub use oauth::Stamp;
pub use reply::{Accepted, HttpReply, OrderStatus, Refusal, RefusalKind, ReplyError};
pub use report::{Period, ReportError};
pub use request::{Advice, Capture, Order, Payment, Request, Return, Void};
pub use stage::{Family, Stage};
pub use status::Status;
