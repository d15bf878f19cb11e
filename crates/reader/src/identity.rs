/// Who the reader says it is, asked each time it is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Reader family, as the gateway names it in `encrypted-type`.
    pub family: &'static str,
    /// Serial number: what a till is bound to.
    pub serial: String,
    /// Software and configuration parts with their versions, in the reader's order.
    pub software: Vec<Software>,
    /// `None` for a reader without a battery.
    pub battery: Option<Battery>,
    /// Whether the reader holds a key for online PIN.
    pub pin_ready: bool,
}

impl Identity {
    /// A reader that has not answered yet.
    pub(crate) fn unknown(family: &'static str) -> Self {
        Self { family, serial: String::new(), software: Vec::new(), battery: None, pin_ready: false }
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
