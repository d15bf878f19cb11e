//! Devices, as they say on USB who they are.

use serde_json::{Value, json};

/// A USB device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// What the scenario calls it.
    pub name: &'static str,
    /// Family of the emulated reader behind it.
    pub family: &'static str,
    /// USB vendor id.
    pub vendor: u16,
    /// USB product id.
    pub product: u16,
    /// USB serial number.
    pub serial_number: &'static str,
    /// HID report descriptor, hex; empty for a serial line.
    pub descriptor: &'static str,
}

/// A Miura on a USB serial line. The vendor is Miura's; of the product the drivers ask nothing.
pub const MIURA: Device = Device {
    name: "miura",
    family: "miura",
    vendor: 0x2DDA,
    product: 0x0010,
    serial_number: "E2E0001",
    descriptor: "",
};

/// A `MagneSafe` V5 swipe reader. The descriptor is that of the V5 communication manual: input 887 bytes, feature 60.
pub const MAGTEK_V5: Device = Device {
    name: "magtek-v5",
    family: "magtek-v5",
    vendor: 0x0801,
    product: 0x0011,
    serial_number: "E2E0002",
    descriptor: concat!(
        "0600FF0901A101150026FF00750809200921092209280929092A09389507810209309570820201093195708202010932",
        "957082020109399501810275200923950181027508092B95018102093395808202010940950882020109419508820201",
        "094295028202010946950A82020109470948094995038102094A9570820201094B9570820201094C9570820201095095",
        "088202010951095209530954950481020955950382020109569508820201095795148202010920953CB20201C0",
    ),
};

/// A DynaFlex: 64 bytes each way, of the vendor's usage page.
pub const MAGTEK_MMS: Device = Device {
    name: "magtek-mms",
    family: "magtek-mms",
    vendor: 0x0801,
    product: 0x2020,
    serial_number: "E2E0003",
    descriptor: "0600FF0901A101150026FF007508954009018102954009019102C0",
};

/// A DynaProx on a serial line.
pub const MAGTEK_MMS_SERIAL: Device = Device {
    name: "magtek-mms-serial",
    family: "magtek-mms",
    vendor: 0x0801,
    product: 0x2023,
    serial_number: "E2E0004",
    descriptor: "",
};

impl Device {
    /// What the link is called on command lines.
    pub(super) fn way(&self) -> &'static str {
        if self.descriptor.is_empty() { "serial" } else { "hid" }
    }

    /// What the bridge is told of it.
    pub(super) fn spec(&self, simulator: &str) -> Value {
        json!({
            "name": self.name,
            "link": self.way(),
            "simulator": simulator,
            "vendor": format!("{:04x}", self.vendor),
            "product": format!("{:04x}", self.product),
            "title": format!("Emulated {}", self.family),
            "serial_number": self.serial_number,
            "descriptor": self.descriptor,
        })
    }
}
