//! The reader of demo builds: an emulated Miura, spoken to by the real driver over a pipe within the page.
//!
//! What it offers, by its labels, for whoever drives the page: for each card of `reader_sim::cards()` the buttons
//! `Insert {name}` (cards with a chip or stripe only: a card that the slot takes), `Tap {name}` (contactless cards) and
//! `Swipe {name}` (cards with a stripe), shown for the card that is chosen in the list `Card`; `Remove card`; the keys
//! `PIN 0` to `PIN 9`, `PIN enter`, `PIN clear`, `PIN cancel`; under `Faults` one checkbox a fault. Its display is the
//! element with the label `Reader display`.

use super::Link;
use reader::{FromReader, ToReader};
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
pub struct Pipe(pub SharedEmulator);

impl Link for Pipe {
    fn open(&mut self, now: u64) {
        let mut emulator = self.0.borrow_mut();
        emulator.handle_timeout(now);
        while emulator.poll_transmit().is_some() {}
    }

    fn send(&mut self, now: u64, message: ToReader) {
        self.0.borrow_mut().handle(now, message);
    }

    fn receive(&mut self, now: u64) -> Option<FromReader> {
        let mut emulator = self.0.borrow_mut();
        emulator.handle_timeout(now);
        emulator.poll_transmit()
    }

    fn is_emulated(&self) -> bool {
        true
    }
}
