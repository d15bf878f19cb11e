//! What a kiosk is given: a browser policy, by which the page finds its readers without a prompt and, on request, nobody
//! finds a way out of the page; and udev rules.
//!
//! Readers are granted only by the policies that name devices, `SerialAllowUsbDevicesForUrls` and
//! `WebHidAllowDevicesForUrls`: those that allow all ports hand the page whatever else the machine has. Ids are decimal; a
//! missing product means every product of the vendor (Chrome Enterprise policy list).

use crate::guard::Origin;
use clap::ValueEnum;
use reader::{Family, SerialFilter};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

mod lockdown;

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

/// What a browser may do, by the names that it knows.
#[derive(Debug)]
pub struct Policy {
    browser: Browser,
    origins: Vec<Origin>,
    settings: BTreeMap<&'static str, Value>,
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
    pub fn new(browser: Browser, origins: Vec<Origin>, families: &[&Family]) -> Self {
        let grants = [
            ("SerialAllowUsbDevicesForUrls", serial_devices(families)),
            ("WebHidAllowDevicesForUrls", hid_devices(families)),
        ];
        let granted = grants.into_iter().filter(|(_, devices)| !devices.is_empty());
        let settings = granted
            .map(|(name, devices)| (name, json!([Grant { devices, urls: origins.clone() }])))
            .collect();
        Self { browser, origins, settings }
    }

    /// Takes everything else from whoever stands before the browser.
    #[must_use]
    pub fn lock_down(mut self) -> Self {
        self.settings.extend(lockdown::settings(&self.origins, self.browser));
        self
    }

    /// The file as this platform takes it.
    ///
    /// # Errors
    /// None that these types have.
    pub fn file(&self, platform: Platform) -> Result<String, serde_json::Error> {
        match platform {
            Platform::Linux | Platform::ChromeOs => Ok(serde_json::to_string_pretty(&self.settings)? + "\n"),
            Platform::Windows => Ok(self.registry_file()),
        }
    }

    /// A list is a key of its own, whose values are numbered; what is more than a list is JSON in a text.
    fn registry_file(&self) -> String {
        let key = self.browser.registry_key();
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#));
        let (mut values, mut lists) = (String::new(), String::new());
        for (name, setting) in &self.settings {
            let value = match setting {
                Value::Bool(on) => format!("dword:{:08x}", u32::from(*on)),
                Value::Number(number) => format!("dword:{:08x}", number.as_u64().unwrap_or_default()),
                Value::String(text) => quoted(text),
                Value::Array(items) if items.iter().all(Value::is_string) => {
                    let texts = items.iter().filter_map(Value::as_str);
                    lists += &format!("\r\n[{key}\\{name}]\r\n");
                    lists.extend((1..).zip(texts).map(|(at, text)| format!("\"{at}\"={}\r\n", quoted(text))));
                    continue;
                }
                other => quoted(&other.to_string()),
            };
            values += &format!("\"{name}\"={value}\r\n");
        }
        format!("Windows Registry Editor Version 5.00\r\n\r\n[{key}]\r\n{values}{lists}")
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
