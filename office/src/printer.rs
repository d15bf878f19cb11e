//! The receipt printer on a serial port: ESC/POS bytes out, its status in.

use js_sys::{Array, Object, Promise, Uint8Array};
use language::say;
use mpos_terminal::device::web_serial::{self, SerialPort};
use mpos_terminal::stream;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// USB vendors of card readers (`reader::FAMILIES`): what else is granted is the printer.
const READERS: [u16; 3] = [0x0525, 0x0801, 0x2DDA];
/// USB and Bluetooth ignore it; a printer on a real line has to be set to it.
const BAUD: u32 = 115_200;
/// How long a printer may take to tell its status. Some never do: then it is printed all the same.
const STATUS_MS: i32 = 600;
/// How long so many bytes of a receipt may take: a printer that is switched off takes none. A picture on a line of this speed
/// takes longer as a whole.
const WRITE_MS: i32 = 10_000;
const WRITE_BYTES: usize = 4_096;

/// DLE EOT 2: why the printer is offline. Bit 2: the cover is open (ESC/POS, transmit real-time status).
const ASK_OFFLINE: [u8; 3] = [0x10, 0x04, 0x02];
const COVER: u8 = 0x04;
/// DLE EOT 4: the paper sensor. Bits 5 and 6: there is none.
const ASK_PAPER: [u8; 3] = [0x10, 0x04, 0x04];
const NO_PAPER: u8 = 0x60;
/// Bits that every real-time status has, and those that it has not.
const STATUS: (u8, u8) = (0x93, 0x12);

/// Why a receipt is not on paper. The payment is not affected, and the words say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This browser has no WebSerial.
    NoSerial,
    /// No port was chosen.
    NotChosen,
    /// Another program has it, or it is gone.
    NotOpen,
    /// It says that it has no paper.
    NoPaper,
    /// It says that its cover is open.
    CoverOpen,
    /// It takes no bytes, or was unplugged meanwhile.
    Broken,
    /// The proxy, which makes the bytes, does not answer.
    NoServer,
    /// The browser does not print.
    NoPrint,
}

impl Fault {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoSerial => say::not_printed_no_serial(),
            Self::NotChosen => say::not_printed_not_chosen(),
            Self::NotOpen => say::not_printed_not_open(),
            Self::NoPaper => say::not_printed_no_paper(),
            Self::CoverOpen => say::not_printed_cover_open(),
            Self::Broken => say::not_printed_broken(),
            Self::NoServer => say::not_printed_no_server(),
            Self::NoPrint => say::not_printed_no_print(),
        }
    }
}

/// The printer that is granted, or that the user chooses now. To be called in a click.
pub(crate) async fn port() -> Result<SerialPort, Fault> {
    if web_serial::api().is_none() {
        return Err(Fault::NoSerial);
    }
    let is_printer = |port: &SerialPort| {
        let info = port.info();
        match info.usb_vendor_id() {
            Some(vendor) => !READERS.contains(&vendor),
            // Over Bluetooth a reader looks the same: that is asked for each time.
            None => info.bluetooth_service_class_id().is_undefined(),
        }
    };
    match web_serial::granted().await.into_iter().find(is_printer) {
        Some(port) => Ok(port),
        None => web_serial::choose(&Object::new()).await.ok_or(Fault::NotChosen),
    }
}

/// Whether it can print, as far as it says.
pub(crate) async fn ready(port: &SerialPort) -> Result<(), Fault> {
    open(port).await?;
    let checked = check(port).await;
    web_serial::close(port).await;
    checked
}

/// Prints these bytes, and asks whether the paper lasted.
pub(crate) async fn print(port: &SerialPort, bytes: &[u8]) -> Result<(), Fault> {
    open(port).await?;
    let printed = match write(port, bytes).await {
        Ok(()) => check(port).await,
        Err(fault) => Err(fault),
    };
    web_serial::close(port).await;
    printed
}

async fn check(port: &SerialPort) -> Result<(), Fault> {
    if ask(port, &ASK_PAPER).await?.is_some_and(|status| status & NO_PAPER == NO_PAPER) {
        return Err(Fault::NoPaper);
    }
    if ask(port, &ASK_OFFLINE).await?.is_some_and(|status| status & COVER != 0) {
        return Err(Fault::CoverOpen);
    }
    Ok(())
}

async fn open(port: &SerialPort) -> Result<(), Fault> {
    if web_serial::open(port, &[("baudRate", BAUD)]).await { Ok(()) } else { Err(Fault::NotOpen) }
}

async fn write(port: &SerialPort, bytes: &[u8]) -> Result<(), Fault> {
    let writer = port.writable().ok_or(Fault::Broken)?.get_writer();
    let mut written = Ok(());
    for part in bytes.chunks(WRITE_BYTES) {
        if within(writer.write(&Uint8Array::from(part)), WRITE_MS).await.is_none() {
            written = Err(Fault::Broken);
            break;
        }
    }
    writer.release_lock();
    written
}

/// Asks for a status; `None` from a printer that does not tell it.
async fn ask(port: &SerialPort, question: &[u8]) -> Result<Option<u8>, Fault> {
    let reader = port.readable().ok_or(Fault::Broken)?.get_reader();
    let answer = match write(port, question).await {
        Ok(()) => Ok(within(reader.read(), STATUS_MS).await),
        Err(fault) => Err(fault),
    };
    // A read that is under way ends with it.
    let _ = JsFuture::from(reader.cancel()).await;
    reader.release_lock();
    let bytes = answer?.and_then(stream::bytes);
    Ok(bytes.and_then(|bytes| bytes.into_iter().find(|byte| byte & STATUS.0 == STATUS.1)))
}

/// What a promise brings within so many milliseconds.
async fn within(promise: Promise, ms: i32) -> Option<JsValue> {
    let late = Promise::new(&mut |_, reject| {
        if let Some(window) = web_sys::window() {
            // Without a window nothing is late.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&reject, ms);
        }
    });
    JsFuture::from(Promise::race(&Array::of2(&promise, &late))).await.ok()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use reader::{FAMILIES, SerialFilter};
    use std::collections::BTreeSet;

    #[test]
    fn every_reader_on_a_serial_line_is_known_not_to_be_the_printer() {
        let vendors = FAMILIES.iter().flat_map(|family| family.serial).filter_map(|filter| match filter {
            SerialFilter::Usb { vendor, .. } => Some(*vendor),
            SerialFilter::BluetoothSpp => None,
        });
        assert_eq!(vendors.collect::<BTreeSet<_>>(), super::READERS.into_iter().collect());
    }
}
