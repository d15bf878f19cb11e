//! Miura MPI: Shuttle, M006, M007, M010, M020, over a serial link (USB CDC or Bluetooth SPP).
//!
//! [`frame`](Deframer) → [`Command`], [`Answer`] and [`Report`] → [`MiuraDriver`]. The wire types serve the emulator as well.
//!
//! Rules of the link that cannot be seen in the tables: one command is outstanding at a time; CARD_STATUS is answered
//! by a report; ABORT during a transaction is answered twice, in either order, its own answer being `9000` without
//! body; a damaged frame cannot be asked for again, so it ends the session (MPI API §5).
//!
//! Choices of ours, where the public protocol is silent, stand in `docs/questions.md` under "To be checked on a real
//! Miura reader" and at the code that makes them.

use crate::{Family, SerialFilter};

mod card_data;
mod command;
mod driver;
mod frame;
mod message;
mod missing;
mod status_word;
mod terms;

pub use command::{CARD_REPORTS_OFF, CARD_REPORTS_ON, Command};
pub use driver::MiuraDriver;
use frame::MAX_INFO;
pub use frame::{Deframer, FrameError, Message, Node, encode};
pub use message::{Answer, CardStatus, DeviceStatus, PinStatus, Report};
pub use status_word::StatusWord;
pub use terms::{PinTerms, Terms};

/// What the family is called and how it is found. Vendor and products as the vendor's client accepts them: 2DDA is
/// Miura's, 0525:A4A7 the serial gadget of Linux that some models answer as.
pub static FAMILY: Family = Family {
    name: "miura",
    title: "Miura",
    encrypted_type: Some("miura"),
    serial: &[
        SerialFilter::Usb { vendor: 0x2DDA, product: None },
        SerialFilter::Usb { vendor: 0x0525, product: Some(0xA4A7) },
        SerialFilter::BluetoothSpp,
    ],
    hid: &[],
    problem: status_word::problem,
    driver: |_, setup| Box::new(MiuraDriver::new(setup)),
};
