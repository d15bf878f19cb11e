//! The reader of demo builds: an emulated Miura, spoken to by the real driver over a pipe within the page.
//!
//! What it offers, by its labels, for whoever drives the page: for each card of `reader_sim::cards()` the buttons
//! `Insert {name}` (cards with a chip or stripe only: a card that the slot takes), `Tap {name}` (contactless cards) and
//! `Swipe {name}` (cards with a stripe), shown for the card that is chosen in the list `Card`; `Remove card`; the keys
//! `PIN 0` to `PIN 9`, `PIN enter`, `PIN clear`, `PIN cancel`; under `Faults` one checkbox a fault. Its display is the
//! element with the label `Reader display`.

use super::{Link, LinkEvent};
use crate::browser;
use reader::ToReader;
use reader_sim::{Emulator, miura::MiuraEmulator};
use std::{cell::RefCell, rc::Rc};

/// The emulator, shared between the link and the device that is drawn on the page.
pub type SharedEmulator = Rc<RefCell<dyn Emulator>>;

/// An emulator that was never switched on before: the same card gives other data than on any earlier page.
#[must_use]
pub fn emulator() -> SharedEmulator {
    let seed = js_sys::Math::random().to_bits();
    Rc::new(RefCell::new(MiuraEmulator::new(seed)))
}

/// The pipe.
pub struct Pipe {
    emulator: SharedEmulator,
    opened: bool,
}

impl Pipe {
    /// A pipe to this emulator.
    #[must_use]
    pub fn new(emulator: SharedEmulator) -> Self {
        Self { emulator, opened: false }
    }
}

impl Link for Pipe {
    fn open(&mut self) {
        self.emulator.borrow_mut().replug(browser::now());
        self.opened = true;
    }

    fn send(&mut self, message: ToReader) {
        self.emulator.borrow_mut().handle(browser::now(), message);
    }

    fn poll(&mut self) -> Option<LinkEvent> {
        if std::mem::take(&mut self.opened) {
            return Some(LinkEvent::Opened);
        }
        let mut emulator = self.emulator.borrow_mut();
        emulator.handle_timeout(browser::now());
        emulator.poll_transmit().map(LinkEvent::Received)
    }

    fn is_emulated(&self) -> bool {
        true
    }
}
