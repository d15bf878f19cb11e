//! MagTek MagneSafe V5 swipe readers over HID: Dynamag (product 0011) and its older kind that numbers its reports
//! (product 0003).
//!
//! [`Command`] and [`Reply`] in feature reports, [`SwipeReport`] in input reports → [`MagneSafeDriver`]. The wire types
//! serve the emulator as well. Sources: MagTek 99875475 "MagneSafe V5 Communication Reference" (MT-V5) and, for the
//! order of calls in a browser, MagTek's own WebHID page.
//!
//! What cannot be seen in the tables:
//!
//! * The reader sends a swipe whenever a card is pulled through. One that nobody asked for is dropped and never shown,
//!   and so is one that came before: each swipe has a key of its own.
//! * Nothing tells the reader to wait or to stop, so a session is cancelled at once.
//! * A reader that does not encrypt (security level 2) sends the same report with clear tracks. What decides is the
//!   encryption status, the lengths of the encrypted tracks, and how much the masked tracks show; not the characters,
//!   for MagTek masks with digits.
//! * There is no chip slot to send a chip card to, and the reader masks the service code, so a swiped chip card is taken
//!   as it is. Whether the shop may take it is between the shop and its acquirer.
//! * Security level 4 gives card data to hosts only that hold the reader's keys. A till does not; it is refused.
//!
//! A choice of ours that the gateway has to agree with: the encrypted data of a payment is the input report as it came,
//! without report id. It holds ciphertext, key serial number and masked data.

use crate::{Family, HidFilter, Link};

mod card_data;
mod command;
mod driver;
mod report;

pub use command::{Command, Property, Reply, ResultCode};
pub use driver::MagneSafeDriver;
pub use report::{CLEAR_LEN, EncryptionStatus, ReportError, SwipeReport, Tail, Track};

/// USB vendor id.
pub const VENDOR: u16 = 0x0801;

/// What the family is called and how it is found (MT-V5 §2, MagTek's device table).
pub static FAMILY: Family = Family {
    name: "magtek-v5",
    title: "MagTek swipe reader",
    encrypted_type: None,
    serial: &[],
    hid: &[HidFilter { vendor: VENDOR, product: DYNAMAG }, HidFilter { vendor: VENDOR, product: NUMBERED }],
    // It has no error numbers.
    problem: |_| None,
    driver: |link, _| Box::new(MagneSafeDriver::new(link)),
};

const DYNAMAG: u16 = 0x0011;
const NUMBERED: u16 = 0x0003;

/// The reports of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reports {
    /// The id of all its reports.
    pub id: u8,
    /// Bytes of its feature report, without the id.
    pub feature_len: usize,
}

impl Reports {
    /// Those of the model on this link.
    pub const fn of(link: Link) -> Self {
        match link {
            Link::Hid { product: NUMBERED } => Self { id: 1, feature_len: 24 },
            Link::Hid { .. } | Link::Serial => Self { id: 0, feature_len: 60 },
        }
    }
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).filter(char::is_ascii_graphic).collect()
}
