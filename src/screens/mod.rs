//! One screen a file.

mod keypad;
mod list;
mod notice;
mod outcome;
mod present;
mod repeated;
mod unresolved;
#[cfg(feature = "demo")]
mod virtual_reader;
mod waiting;

pub use keypad::Keypad;
pub use list::ParkedList;
pub use notice::Notice;
pub use outcome::{ApprovedForLess, OutcomeScreen};
pub use present::Present;
pub use repeated::Repeated;
pub use unresolved::Unresolved;
#[cfg(feature = "demo")]
pub use virtual_reader::VirtualReader;
pub use waiting::{Waiting, WaitingFor};
