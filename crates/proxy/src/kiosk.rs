//! What a kiosk is given so that the page finds its readers without a prompt: a browser policy, and udev rules.
//!
//! Only the policies that name devices, `SerialAllowUsbDevicesForUrls` and `WebHidAllowDevicesForUrls`: those that allow
//! all ports hand the page whatever else the machine has. Ids are decimal; a missing product means every product of the
//! vendor (Chrome Enterprise policy list).

use crate::guard::Origin;
use clap::ValueEnum;
use reader::{Family, SerialFilter};
use serde::Serialize;
use std::fmt::Write as _;

/// What the kiosk runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// A JSON file in the browser's folder of managed policies.
    Linux,
    /// A file for the registry.
    Windows,
    /// JSON for the Google Admin console.
    #[value(name = "chromeos")]
    ChromeOs,
}

/// The kiosk's browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Google Chrome.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Chromium.
    Chromium,
}

impl Platform {
    /// Where the file goes, for people.
    #[must_use]
    pub fn advice(self, browser: Browser) -> String {
        match self {
            Self::Linux => {
                let folder = match browser {
                    Browser::Chrome => "/etc/opt/chrome",
                    Browser::Edge => "/etc/opt/edge",
                    Browser::Chromium => "/etc/chromium",
                };
                format!("save it as {folder}/policies/managed/mpos-terminal.json")
            }
            Self::Windows => "save it as mpos-terminal.reg and import it as administrator".to_owned(),
            Self::ChromeOs => {
                "set each policy to its value in the Google Admin console, for the kiosk's organizational unit"
                    .to_owned()
            }
        }
    }
}

impl Browser {
    /// The key of its policies in Windows' registry.
    fn registry_key(self) -> &'static str {
        match self {
            Self::Chrome => r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome",
            Self::Edge => r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Edge",
            Self::Chromium => r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Chromium",
        }
    }
}

/// Which devices a page may use without asking.
#[derive(Debug, Serialize)]
pub struct Policy {
    #[serde(rename = "SerialAllowUsbDevicesForUrls", skip_serializing_if = "Option::is_none")]
    serial: Option<[Grant; 1]>,
    #[serde(rename = "WebHidAllowDevicesForUrls", skip_serializing_if = "Option::is_none")]
    hid: Option<[Grant; 1]>,
}

#[derive(Debug, Serialize)]
struct Grant {
    devices: Vec<Device>,
    urls: Vec<Origin>,
}

/// USB ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Device {
    #[serde(rename = "vendor_id")]
    vendor: u16,
    #[serde(rename = "product_id", skip_serializing_if = "Option::is_none")]
    product: Option<u16>,
}

impl Policy {
    /// Grants these pages the readers of these families. A port that is no USB device (Bluetooth) cannot be granted.
    #[must_use]
    pub fn new(origins: Vec<Origin>, families: &[&Family]) -> Self {
        let grant =
            |devices: Vec<Device>| (!devices.is_empty()).then(|| [Grant { devices, urls: origins.clone() }]);
        Self { serial: grant(serial_devices(families)), hid: grant(hid_devices(families)) }
    }

    /// The file as this platform takes it.
    ///
    /// # Errors
    /// None that these types have.
    pub fn file(&self, platform: Platform, browser: Browser) -> Result<String, serde_json::Error> {
        match platform {
            Platform::Linux | Platform::ChromeOs => Ok(serde_json::to_string_pretty(self)? + "\n"),
            Platform::Windows => self.registry_file(browser),
        }
    }

    fn registry_file(&self, browser: Browser) -> Result<String, serde_json::Error> {
        let mut file =
            format!("Windows Registry Editor Version 5.00\r\n\r\n[{}]\r\n", browser.registry_key());
        for (name, grant) in
            [("SerialAllowUsbDevicesForUrls", &self.serial), ("WebHidAllowDevicesForUrls", &self.hid)]
        {
            if let Some(grant) = grant {
                let value = serde_json::to_string(grant)?.replace('\\', r"\\").replace('"', r#"\""#);
                file += &format!("\"{name}\"=\"{value}\"\r\n");
            }
        }
        Ok(file)
    }
}

/// Name of a Unix group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group(String);

impl std::str::FromStr for Group {
    type Err = NotAGroup;

    fn from_str(text: &str) -> Result<Self, NotAGroup> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if !text.is_empty() && text.bytes().all(fits) { Ok(Self(text.to_owned())) } else { Err(NotAGroup) }
    }
}

/// The operator wrote something else than a group's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a group's name is letters, digits, _ and -")]
pub struct NotAGroup;

/// Rules that give the readers of these families to a group, and keep `ModemManager` from talking to their ports.
#[must_use]
pub fn udev_rules(families: &[&Family], group: &Group) -> String {
    let mut rules = String::new();
    let groups = [
        ("tty", serial_devices(families), r#", ENV{ID_MM_PORT_IGNORE}="1""#),
        ("hidraw", hid_devices(families), ""),
    ];
    for (subsystem, devices, more) in groups {
        for Device { vendor, product } in devices {
            let product =
                product.map(|id| format!(r#", ATTRS{{idProduct}}=="{id:04x}""#)).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(
                rules,
                r#"SUBSYSTEM=="{subsystem}", ATTRS{{idVendor}}=="{vendor:04x}"{product}, GROUP="{}", MODE="0660"{more}"#,
                group.0
            );
        }
    }
    rules
}

fn serial_devices(families: &[&Family]) -> Vec<Device> {
    let filters = families.iter().flat_map(|family| family.serial);
    distinct(filters.filter_map(|filter| match *filter {
        SerialFilter::Usb { vendor, product } => Some(Device { vendor, product }),
        SerialFilter::BluetoothSpp => None,
    }))
}

fn hid_devices(families: &[&Family]) -> Vec<Device> {
    let filters = families.iter().flat_map(|family| family.hid);
    distinct(filters.map(|filter| Device { vendor: filter.vendor, product: Some(filter.product) }))
}

fn distinct(devices: impl Iterator<Item = Device>) -> Vec<Device> {
    devices.fold(Vec::new(), |mut seen, device| {
        if !seen.contains(&device) {
            seen.push(device);
        }
        seen
    })
}
