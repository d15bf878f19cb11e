//! One screen a file.

mod attract;
mod keypad;
mod list;
mod notice;
mod offline;
mod outcome;
mod present;
mod question;
mod reader;
mod repeated;
mod unresolved;
mod update;
#[cfg(feature = "demo")]
mod virtual_reader;
mod waiting;

pub use attract::attract;
pub use keypad::keypad;
pub use list::parked_list;
pub use notice::notice;
pub use offline::offline;
pub use outcome::{approved_for_less, outcome_screen};
pub use present::present;
pub use question::question;
pub use reader::{READER_SAID, reader_page};
pub use repeated::repeated;
pub use unresolved::unresolved;
pub use update::update;
#[cfg(feature = "demo")]
pub use virtual_reader::VirtualReader;
pub use waiting::{WaitingFor, waiting};
