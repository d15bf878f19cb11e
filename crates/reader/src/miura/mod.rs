//! Miura MPI: Shuttle, M006, M007, M010, M020, over a serial link (USB CDC or Bluetooth SPP).
//!
//! [`frame`](Deframer) → [`Command`], [`Answer`] and [`Report`] → [`Driver`]. The wire types serve the emulator as well.
//!
//! Rules of the link that cannot be seen in the tables: one command is outstanding at a time; CARD_STATUS is answered
//! by a report; ABORT during a transaction is answered twice, in either order, its own answer being `9000` without
//! body; a damaged frame cannot be asked for again, so it ends the session (MPI API §5).
//!
//! Not in the public protocol and therefore choices of ours: card reports stay on during a transaction so that a card
//! that is pulled is known; rows of display text are separated by a line feed; the PIN status values other than
//! "PIN OK" ([`PinStatus`]).

mod card_data;
mod command;
mod driver;
mod frame;
mod message;

pub use command::{CARD_REPORTS_OFF, CARD_REPORTS_ON, Command, Terms};
pub use driver::{Driver, State, Texts};
pub use frame::{Deframer, FrameError, Message, Node, encode};
pub use message::{Answer, CardStatus, DeviceStatus, PinStatus, Report, StatusWord};

/// The gateway's `encrypted-type` of this family.
pub const ENCRYPTED_TYPE: &str = "miura";
