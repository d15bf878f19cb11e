//! Readers on USB that do not exist, inside a real Chromium: its own WebSerial and WebHID stack, the kiosk policy as
//! `mpos-proxy kiosk-policy` prints it, and emulated readers behind the device nodes.
//!
//! `testbed/bridge.py` makes the nodes, through umockdev, and only carries; the readers are `mpos-reader-sim` processes.
//! It needs root, and the machine for itself: one testbed at a time, by lock.

mod device;
mod kiosk;
mod lines;
mod machine;
mod reader;

pub use device::{Device, MAGTEK_MMS, MAGTEK_MMS_SERIAL, MAGTEK_V5, MIURA};
pub use kiosk::{kiosk_policy, lockdown_policy};
pub use reader::Reader;

use crate::folder;
use crate::process::Process;
use kiosk::PolicyFile;
use lines::Lines;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How long the bridge may take to clear up.
const END: Duration = Duration::from_secs(10);

/// Emulated USB devices, plugged in. They are gone when this value is.
pub struct Testbed {
    /// Goes first: the bridge ends with it.
    control: Option<RefCell<Lines>>,
    bridge: Process,
    root: String,
    preload: String,
    readers: Vec<Reader>,
    _policy: PolicyFile,
    _lock: File,
}

impl Testbed {
    /// Starts an emulated reader for each device and plugs it in; the page at `origin` is granted all families' readers.
    ///
    /// # Panics
    /// Says what to type where the machine lacks something, and if anything does not start.
    pub async fn start(folder: &Path, origin: &str, devices: &[Device]) -> Self {
        let mut readers = Vec::new();
        for device in devices {
            readers.push(Reader::start(device, folder).await);
        }
        let plugs: Vec<_> =
            devices.iter().zip(&readers).map(|(device, reader)| (*device, reader.cable.as_str())).collect();
        let mut testbed = Self::carry(folder, &kiosk_policy(origin), &plugs).await;
        testbed.readers = readers;
        testbed
    }

    /// Plugs in devices whose bytes or reports are answered elsewhere, each at its `HOST:PORT`, under this policy.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn carry(folder: &Path, policy: &str, plugs: &[(Device, &str)]) -> Self {
        machine::check();
        let lock = machine::lock();
        let policy = PolicyFile::write(policy);
        let preload = machine::preload();
        let devices = folder.join("devices.json");
        let specs: Vec<_> = plugs.iter().map(|(device, simulator)| device.spec(simulator)).collect();
        fs::write(&devices, json!(specs).to_string()).expect("the scenario's folder can be written to");
        let mut command = Command::new(machine::PYTHON);
        command.arg(folder::testbed().join("bridge.py")).arg(devices).env("LD_PRELOAD", &preload);
        let mut bridge = Process::start("bridge", &mut command, folder);
        let root = bridge.said("root ").await;
        let control = Lines::connect(&bridge.said("control on ").await);
        let control = Some(RefCell::new(control));
        Self { control, bridge, root, preload, readers: Vec::new(), _policy: policy, _lock: lock }
    }

    /// What lets a browser see these devices.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, &str)> {
        vec![("LD_PRELOAD", &self.preload), ("UMOCKDEV_DIR", &self.root)]
    }

    /// The emulated reader of this name.
    #[must_use]
    pub fn reader(&self, name: &str) -> &Reader {
        let found = self.readers.iter().find(|reader| reader.name == name);
        found.unwrap_or_else(|| panic!("no reader {name} was started"))
    }

    /// Plugs the device of this name in again.
    pub fn plug(&self, name: &str) {
        self.tell(&format!("plug {name}"));
    }

    /// Pulls its cable.
    pub fn unplug(&self, name: &str) {
        self.tell(&format!("unplug {name}"));
    }

    /// Has another program hold a serial line, so that no page can open it. HID devices cannot be held on Linux.
    pub fn take(&self, name: &str) {
        self.tell(&format!("take {name}"));
    }

    /// That program lets it go.
    pub fn free(&self, name: &str) {
        self.tell(&format!("free {name}"));
    }

    /// Bytes on a serial line that its reader did not send.
    pub fn garbage(&self, name: &str, bytes: &[u8]) {
        self.tell(&format!("serin {name} {}", hex::encode(bytes)));
    }

    /// An input report of a HID device that its reader did not send; id 0 where reports have none.
    pub fn garbage_report(&self, name: &str, id: u8, data: &[u8]) {
        self.tell(&format!("hidin {name} {id:02x}{}", hex::encode(data)));
    }

    /// What the bridge knows of a device: `plugged`; `dtr` and `rts` of a line; `inputs` that a browser has yet to read.
    #[must_use]
    pub fn state(&self, name: &str) -> Value {
        serde_json::from_str(&self.tell(&format!("state {name}"))).expect("the bridge's JSON")
    }

    fn tell(&self, line: &str) -> String {
        self.control.as_ref().expect("there until the end").borrow_mut().tell(line)
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        self.control = None;
        self.bridge.let_end(END);
    }
}
