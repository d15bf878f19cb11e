//! BER-TLV (ISO/IEC 8825-1 as EMV Book 3 annex B uses it): a reader that never panics and says where input is wrong,
//! a writer, and the tag names of EMV and of the Miura MPI.
//!
//! Lengths are definite, at most three length bytes long; tags at most four bytes.
//!
//! ```
//! let bytes = [0xE1, 0x04, 0x48, 0x02, 0x03, 0x00];
//! assert_eq!(tlv::find(&bytes, tlv::tag::CARD_STATUS), Ok(Some(&[0x03, 0x00][..])));
//! assert_eq!(tlv::object(tlv::tag::RESPONSE, &tlv::object(tlv::tag::CARD_STATUS, &[3, 0])), bytes);
//! ```
#![forbid(unsafe_code)]

mod error;
mod reader;
pub mod tag;
mod writer;

pub use error::{Error, ErrorKind};
pub use reader::{MAX_DEPTH, Object, Reader, find, read, read_padded};
pub use tag::Tag;
pub use writer::object;
