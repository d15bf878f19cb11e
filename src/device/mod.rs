//! The reader: the driver and the link that it speaks over.

#[cfg(feature = "demo")]
pub mod virtual_reader;

use crate::browser;
use reader::{Driver, Event, FromReader, State, ToReader};

/// After a reader was lost, it is tried again after so long.
const RETRY_MS: u64 = 3_000;

/// A way to a reader. Dropping it closes it.
pub trait Link {
    /// Begins anew; what was under way is lost.
    fn open(&mut self, now: u64);
    /// Hands something to the reader.
    fn send(&mut self, now: u64, message: ToReader);
    /// The next thing from the reader, if any has come.
    fn receive(&mut self, now: u64) -> Option<FromReader>;
    /// Whether what is at its end is an emulation.
    fn is_emulated(&self) -> bool;
}

/// A reader on its link.
pub struct Device {
    /// The driver. Call [`Device::pump`] after each call to it.
    pub driver: Box<dyn Driver>,
    link: Box<dyn Link>,
    retry_at: Option<u64>,
}

impl Device {
    /// The reader at the end of this link, not connected yet.
    #[must_use]
    pub fn new(driver: Box<dyn Driver>, link: Box<dyn Link>) -> Self {
        Self { driver, link, retry_at: Some(0) }
    }

    /// Whether it is the emulated reader of demo builds.
    #[must_use]
    pub fn is_emulated(&self) -> bool {
        self.link.is_emulated()
    }

    /// Moves everything that can move, and answers what happened.
    pub fn pump(&mut self, now: u64) -> Vec<Event> {
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            self.link.open(now);
            self.driver.connect(now, browser::wall_clock());
        }
        if self.driver.poll_timeout().is_some_and(|at| at <= now) {
            self.driver.handle_timeout(now);
        }
        let mut moved = true;
        while std::mem::take(&mut moved) {
            while let Some(bytes) = self.driver.poll_transmit() {
                self.link.send(now, bytes);
                moved = true;
            }
            while let Some(bytes) = self.link.receive(now) {
                self.driver.handle(now, bytes);
                moved = true;
            }
        }
        let lost = matches!(self.driver.state(), State::Broken | State::NotSecure);
        if lost && self.retry_at.is_none() {
            self.retry_at = Some(now + RETRY_MS);
        }
        std::iter::from_fn(|| self.driver.poll_event()).collect()
    }

    /// Whether it waits for a sale.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.driver.state() == State::Idle
    }
}
