use crate::Family;

/// Who the reader says it is, asked each time it is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Reader family.
    pub family: &'static Family,
    /// Serial number: what a till is bound to.
    pub serial: String,
    /// Software and configuration parts with their versions, in the reader's order.
    pub software: Vec<Software>,
    /// `None` for a reader without a battery.
    pub battery: Option<Battery>,
    /// Whether the reader holds a key for online PIN.
    pub pin_ready: bool,
    /// Serial number of the key in use, hex, where the reader tells it before a card does.
    pub ksn: Option<String>,
}

impl Identity {
    /// A reader that has not answered yet.
    pub(crate) fn unknown(family: &'static Family) -> Self {
        Self {
            family,
            serial: String::new(),
            software: Vec::new(),
            battery: None,
            pin_ready: false,
            ksn: None,
        }
    }
}

/// One part of the reader's software or configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// Name of the part.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// State of the battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Battery {
    /// 0 to 100.
    pub percent: u8,
    /// What feeds the reader.
    pub power: Power,
}

/// What feeds the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// The battery alone.
    Battery,
    /// A cable, and the battery is being charged.
    Charging,
    /// A cable, and the battery is full.
    Full,
    /// The charger reports this fault.
    Fault(u8),
}
