//! MagTek MMS: DynaFlex, DynaFlex II Go and DynaProx, over HID or, DynaProx only, a serial line.
//!
//! [`Deframer`] with its two framings → [`Message`] → [`Command`], [`Status`] and [`Notification`] → [`MmsDriver`]. The
//! wire types serve the emulator as well. Sources: MagTek's programmer's manual of these devices (MT-MMS) and, for what
//! goes over the wire in a browser, MagTek's own pages.
//!
//! What cannot be seen in the tables:
//!
//! * One command is outstanding at a time; notifications come in between. A damaged frame cannot be asked for again.
//! * The samples start the flow "Quick Chip", in which the reader answers the card by itself. The driver starts the
//!   flow "EMV", in which it waits for the issuer's answer, for every way a card comes in.
//! * The reader waits for the issuer as long as for a card, so it is given longer than any caller waits; the driver
//!   itself ends the wait for a card.
//! * The card data shows amount and currency in clear only if a reader is configured so. Then they have to agree.
//!
//! Not in the public documents and therefore choices of ours:
//!
//! * The encrypted data of a payment is the blob of the notification: length, container F9, padding and MAC, as it came.
//!   So is the data of the card's decision. The gateway has to agree.
//! * An end of the money without an answer of the issuer is told to the card as response code `00` or `05`.
//! * Status details "device offline" and "not secured" mean a reader without keys, "key does not exist" one that has
//!   used them up.
//! * A reader that says nothing of a card taken out after the transaction is taken to be empty after ten seconds.
//! * A reader without display that lets the customer choose an application is given the first, the card's own choice.
//! * Nothing is told of PIN digits or of the last try; right and wrong PINs are those of the notification 0205.
//! * Serial filter: no document names one, so a DynaProx is looked for by the product id that it has as a HID device.

use crate::{CardProblem, Family, HidFilter, Link, SerialFilter};

mod card_data;
mod command;
mod driver;
mod framing;
mod message;
mod notification;
mod packets;
mod slip;
pub mod tags;

pub use command::{Command, Property, Start};
pub use driver::MmsDriver;
pub use framing::{Deframer, Direction, FrameError, encode};
pub use message::{Kind, Message, MessageError, Status};
pub use notification::{CardEvent, Notification, Outcome, PinEvent, PowerEvent, Technology};

const VENDOR: u16 = crate::magtek_v5::VENDOR;
const DYNAFLEX: u16 = 0x2020;
const DYNAPROX: u16 = 0x2023;
const DYNAFLEX_II_GO: u16 = 0x2024;

/// What the family is called and how it is found (MT-MMS "How to Use USB Connections").
pub static FAMILY: Family = Family {
    name: "magtek-mms",
    title: "MagTek DynaFlex, DynaProx",
    encrypted_type: None,
    serial: &[SerialFilter::Usb { vendor: VENDOR, product: Some(DYNAPROX) }],
    hid: &[
        HidFilter { vendor: VENDOR, product: DYNAFLEX },
        HidFilter { vendor: VENDOR, product: DYNAPROX },
        HidFilter { vendor: VENDOR, product: DYNAFLEX_II_GO },
    ],
    problem,
    driver: |link, _| Box::new(MmsDriver::new(link)),
};

/// What can be done about an error number: that of an outcome or of a status. What to do is our reading of the names.
const fn problem(code: u16) -> Option<CardProblem> {
    const AGAIN: u16 = Outcome::TRY_AGAIN.code();
    const OTHER_WAY: u16 = Outcome::TRY_ANOTHER_INTERFACE.code();
    const UNREADABLE: u16 = Outcome::CARD_READ_ERROR.code();
    const BUSY: u16 = Status::IN_PROGRESS.code();
    const WRONG_STATE: u16 = Status::WRONG_STATE.code();
    Some(match code {
        AGAIN => CardProblem::Again,
        OTHER_WAY => CardProblem::OtherWay,
        UNREADABLE => CardProblem::OtherCard,
        BUSY | WRONG_STATE => CardProblem::RestartReader,
        _ => return None,
    })
}

/// Whether the reader on this link is a DynaProx, which reads contactless cards only.
pub const fn is_contactless_only(link: Link) -> bool {
    matches!(link, Link::Serial | Link::Hid { product: DYNAPROX })
}
