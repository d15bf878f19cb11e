/// What a driver has for its reader, in the order in which the link has to carry it.
#[derive(Clone, PartialEq, Eq)]
pub enum ToReader {
    /// Bytes on a serial line.
    Bytes(Vec<u8>),
    /// A HID output report.
    Output {
        /// The report's id, 0 where the reader uses none.
        id: u8,
        /// Without the id, as long as the reader's descriptor wants it.
        data: Vec<u8>,
    },
    /// A HID feature report to set.
    SetFeature {
        /// The report's id, 0 where the reader uses none.
        id: u8,
        /// Without the id, as long as the reader's descriptor wants it.
        data: Vec<u8>,
    },
    /// A HID feature report to ask for: [`FromReader::Feature`] answers.
    GetFeature {
        /// The report's id, 0 where the reader uses none.
        id: u8,
    },
}

/// What a link brought from the reader.
#[derive(Clone, PartialEq, Eq)]
pub enum FromReader {
    /// Bytes of a serial line, cut anywhere.
    Bytes(Vec<u8>),
    /// A HID input report.
    Input {
        /// The report's id, 0 where the reader uses none.
        id: u8,
        /// Without the id.
        data: Vec<u8>,
    },
    /// A HID feature report that was asked for.
    Feature {
        /// The report's id, 0 where the reader uses none.
        id: u8,
        /// Without the id.
        data: Vec<u8>,
    },
}

/// The ways to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A serial line: USB CDC, Bluetooth SPP or a real UART.
    Serial,
    /// HID reports over USB.
    Hid {
        /// USB product id: models of one family may number their reports or not.
        product: u16,
    },
}

/// Which serial ports may be a family's, as a browser's chooser filters them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SerialFilter {
    /// USB devices of this vendor, and of this product if one is named.
    Usb {
        /// USB vendor id.
        vendor: u16,
        /// USB product id.
        product: Option<u16>,
    },
    /// Bluetooth devices with the Serial Port Profile.
    BluetoothSpp,
}

/// Which HID devices may be a family's, as a browser's chooser filters them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HidFilter {
    /// USB vendor id.
    pub vendor: u16,
    /// USB product id.
    pub product: u16,
}

/// One message that went over the link, for support: its name and length, never its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Whether the reader sent it.
    pub from_reader: bool,
    /// The protocol's name for it.
    pub name: &'static str,
    /// Bytes on the link.
    pub len: usize,
}
