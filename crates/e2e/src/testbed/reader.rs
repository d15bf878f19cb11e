//! An emulated reader as a process, and the customer's hand on it.

use super::Device;
use super::lines::Lines;
use crate::folder;
use crate::process::Process;
use serde_json::Value;
use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

/// `mpos-reader-sim`, running.
pub struct Reader {
    /// The device's name.
    pub name: &'static str,
    /// `HOST:PORT` of the device's side of the cable.
    pub cable: String,
    control: RefCell<Lines>,
    _process: Process,
}

impl Reader {
    pub(super) async fn start(device: &Device, folder: &Path) -> Self {
        let mut command = Command::new(folder::program("mpos-reader-sim"));
        command.args([device.family, "--link", device.way(), "--listen", "127.0.0.1:0"]);
        command.args(["--control", "127.0.0.1:0", "--product", &format!("{:04x}", device.product)]);
        let mut process = Process::start(device.name, &mut command, folder);
        let cable = process.said("listening on ").await;
        let control = RefCell::new(Lines::connect(&process.said("control on ").await));
        Self { name: device.name, cable, control, _process: process }
    }

    /// Carries out one line of its control: `insert CARD`, `pin 1234`, `fault silent on`, `wait contactless 5000` and
    /// what else `mpos-reader-sim` takes. Answers what it says.
    pub fn tell(&self, line: &str) -> String {
        self.control.borrow_mut().tell(line)
    }

    /// What it shows: `rows`, `contactless`, `keypad`, `card`.
    #[must_use]
    pub fn screen(&self) -> Value {
        serde_json::from_str(&self.tell("screen")).expect("the reader's JSON")
    }
}
