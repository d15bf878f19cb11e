//! The reader: the driver and the link that it speaks over.

mod hid;
mod inbox;
mod link;
pub mod search;
mod serial;
#[cfg(feature = "demo")]
pub mod virtual_reader;
pub mod web_serial;

use crate::browser;
pub use inbox::Wake;
pub use link::{Closed, Link, LinkEvent};
use reader::{Driver, Event, State, Trace};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// After a reader was lost, it is tried again after so long.
const RETRY_MS: u64 = 3_000;

/// A reader on its link.
pub struct Device {
    /// The driver. Call [`Device::pump`] after each call to it.
    pub driver: Box<dyn Driver>,
    link: Box<dyn Link>,
    /// The link carries: the driver's clock runs.
    carries: bool,
    retry_at: Option<u64>,
}

/// What [`Device::pump`] found out.
#[derive(Default)]
pub struct Pumped {
    /// What the driver says.
    pub events: Vec<Event>,
    /// What went over the link.
    pub traces: Vec<Trace>,
    /// The link carries nothing any more.
    pub closed: Option<Closed>,
}

impl Device {
    /// The reader at the end of this link, not connected yet.
    #[must_use]
    pub fn new(driver: Box<dyn Driver>, link: Box<dyn Link>) -> Self {
        Self { driver, link, carries: false, retry_at: Some(0) }
    }

    /// Whether it is the emulated reader of demo builds.
    #[must_use]
    pub fn is_emulated(&self) -> bool {
        self.link.is_emulated()
    }

    /// Moves everything that can move.
    pub fn pump(&mut self, now: u64) -> Pumped {
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            self.link.open();
        }
        let mut closed = None;
        loop {
            if self.carries && self.driver.poll_timeout().is_some_and(|at| at <= now) {
                self.driver.handle_timeout(now);
            }
            while let Some(message) = self.driver.poll_transmit() {
                self.link.send(message);
            }
            match self.link.poll() {
                Some(LinkEvent::Opened) => {
                    self.carries = true;
                    // Armed again while it was being opened; a link that carries is not opened anew.
                    self.retry_at = None;
                    self.driver.connect(now, browser::wall_clock());
                }
                Some(LinkEvent::Received(message)) => self.driver.handle(now, message),
                Some(LinkEvent::Closed(why)) => {
                    self.carries = false;
                    closed = Some(why);
                }
                None => break,
            }
        }
        let lost = closed.is_some() || matches!(self.driver.state(), State::Broken | State::NotSecure);
        if lost && self.retry_at.is_none() {
            self.retry_at = Some(now + RETRY_MS);
        }
        let events = std::iter::from_fn(|| self.driver.poll_event()).collect();
        let traces = std::iter::from_fn(|| self.driver.poll_trace()).collect();
        Pumped { events, traces, closed }
    }

    /// Lets the reader go in order, as far as it still listens.
    pub fn close(&mut self, now: u64) {
        self.driver.close(now);
        while let Some(message) = self.driver.poll_transmit() {
            self.link.send(message);
        }
    }

    /// Whether it waits for a sale.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.driver.state() == State::Idle
    }
}

/// An interface of the browser that not every browser has.
fn navigator(name: &str) -> Option<EventTarget> {
    let navigator: JsValue = js_sys::Reflect::get(&web_sys::window()?.into(), &"navigator".into()).ok()?;
    let found = js_sys::Reflect::get(&navigator, &name.into()).ok()?;
    found.is_object().then(|| found.unchecked_into())
}
