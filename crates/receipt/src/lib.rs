//! A receipt: what it says ([`Receipt`]), its lines as characters of a printer ([`text`]), the same for an ESC/POS
//! printer (`escpos`, feature of that name) or as a picture for one ([`raster`]), and the code of its link (`qr`, feature of
//! that name).
//!
//! It speaks the language of its own that it is composed with ([`language::Receipt`]).
//!
//! Fields and their order are those of the vendor's mPOS receipt (`docs/receipts.md`). A field that is absent has no
//! line, nothing is cut, and of the card there is never more than its mask.
#![forbid(unsafe_code)]

mod card;
mod compose;
#[cfg(feature = "escpos")]
pub mod escpos;
mod line;
mod moment;
#[cfg(feature = "qr")]
mod qr;
pub mod raster;
mod result;
mod signature;
pub mod text;

pub use compose::{Duplicate, Receipt};
pub use line::{Line, Size};
pub use moment::Zone;
#[cfg(feature = "qr")]
pub use qr::QrPath;
pub use signature::{Signature, signature};
