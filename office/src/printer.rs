//! The receipt printer, over WebSerial (<https://wicg.github.io/serial/>): ESC/POS bytes out, its status in.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Serial;
    #[wasm_bindgen(method, js_name = getPorts)]
    fn get_ports(this: &Serial) -> Promise;
    #[wasm_bindgen(method, js_name = requestPort)]
    fn request_port(this: &Serial) -> Promise;

    /// A port that the user or a policy has granted.
    pub(crate) type Port;
    #[wasm_bindgen(method, js_name = getInfo)]
    fn get_info(this: &Port) -> Info;
    #[wasm_bindgen(method)]
    fn open(this: &Port, options: &Object) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Port) -> Promise;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &Port) -> Option<Stream>;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &Port) -> Option<Stream>;

    type Info;
    #[wasm_bindgen(method, getter, js_name = usbVendorId)]
    fn usb_vendor_id(this: &Info) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = bluetoothServiceClassId)]
    fn bluetooth_service_class_id(this: &Info) -> JsValue;

    type Stream;
    #[wasm_bindgen(method, js_name = getReader)]
    fn get_reader(this: &Stream) -> Lock;
    #[wasm_bindgen(method, js_name = getWriter)]
    fn get_writer(this: &Stream) -> Lock;
    type Lock;
    #[wasm_bindgen(method)]
    fn read(this: &Lock) -> Promise;
    #[wasm_bindgen(method)]
    fn write(this: &Lock, bytes: &Uint8Array) -> Promise;
    #[wasm_bindgen(method)]
    fn cancel(this: &Lock) -> Promise;
    #[wasm_bindgen(method, js_name = releaseLock)]
    fn release(this: &Lock);
}

/// USB vendors of card readers (`reader::FAMILIES`): what else is granted is the printer.
const READERS: [u16; 3] = [0x0525, 0x0801, 0x2DDA];
/// USB and Bluetooth ignore it; a printer on a real line has to be set to it.
const BAUD: u32 = 115_200;
/// How long a printer may take to tell its status. Some never do: then it is printed all the same.
const STATUS_MS: i32 = 600;
/// How long the bytes of a receipt may take: a printer that is switched off takes none.
const WRITE_MS: i32 = 10_000;

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
            Self::NoSerial => {
                "Receipt not printed: this browser reaches no printer. The payment is not affected. Cashier: use Print."
            }
            Self::NotChosen => {
                "Receipt not printed: no printer was chosen. The payment is not affected. Cashier: choose it once."
            }
            Self::NotOpen => {
                "Receipt not printed: the printer is not found or in use. The payment is not affected. Cashier: check its cable and power."
            }
            Self::NoPaper => {
                "Receipt not printed: no paper. The payment is not affected. Cashier: put in a roll, print again."
            }
            Self::CoverOpen => {
                "Receipt not printed: the cover is open. The payment is not affected. Cashier: close it, print again."
            }
            Self::Broken => {
                "Receipt perhaps not printed: the printer stopped. The payment is not affected. Cashier: check it, print again."
            }
            Self::NoServer => {
                "Receipt not printed: no connection. The payment is not affected. Cashier: use Print, or print again from History."
            }
            Self::NoPrint => "Receipt not printed: the browser does not print. The payment is not affected.",
        }
    }
}

/// The printer that is granted, or that the user chooses now. To be called in a click.
pub(crate) async fn port() -> Result<Port, Fault> {
    let navigator: JsValue =
        web_sys::window().and_then(|w| Reflect::get(&w, &"navigator".into()).ok()).ok_or(Fault::NoSerial)?;
    let serial =
        Reflect::get(&navigator, &"serial".into()).ok().filter(JsValue::is_object).ok_or(Fault::NoSerial)?;
    let serial: Serial = serial.unchecked_into();
    let granted = JsFuture::from(serial.get_ports()).await.map_err(|_| Fault::NoSerial)?;
    let is_printer = |port: &Port| {
        let info = port.get_info();
        match info.usb_vendor_id() {
            Some(vendor) => !READERS.contains(&vendor),
            // Over Bluetooth a reader looks the same: that is asked for each time.
            None => info.bluetooth_service_class_id().is_undefined(),
        }
    };
    let granted = Array::from(&granted).iter().map(JsCast::unchecked_into::<Port>).find(is_printer);
    match granted {
        Some(port) => Ok(port),
        None => JsFuture::from(serial.request_port())
            .await
            .map(JsCast::unchecked_into)
            .map_err(|_| Fault::NotChosen),
    }
}

/// Whether it can print, as far as it says.
pub(crate) async fn ready(port: &Port) -> Result<(), Fault> {
    open(port).await?;
    let checked = check(port).await;
    close(port).await;
    checked
}

/// Prints these bytes, and asks whether the paper lasted.
pub(crate) async fn print(port: &Port, bytes: &[u8]) -> Result<(), Fault> {
    open(port).await?;
    let printed = match write(port, bytes).await {
        Ok(()) => check(port).await,
        Err(fault) => Err(fault),
    };
    close(port).await;
    printed
}

async fn check(port: &Port) -> Result<(), Fault> {
    if ask(port, &ASK_PAPER).await?.is_some_and(|status| status & NO_PAPER == NO_PAPER) {
        return Err(Fault::NoPaper);
    }
    if ask(port, &ASK_OFFLINE).await?.is_some_and(|status| status & COVER != 0) {
        return Err(Fault::CoverOpen);
    }
    Ok(())
}

async fn open(port: &Port) -> Result<(), Fault> {
    let options = Object::new();
    Reflect::set(&options, &"baudRate".into(), &BAUD.into()).map_err(|_| Fault::NotOpen)?;
    JsFuture::from(port.open(&options)).await.map(drop).map_err(|_| Fault::NotOpen)
}

async fn close(port: &Port) {
    // A port that is gone is closed.
    let _ = JsFuture::from(port.close()).await;
}

async fn write(port: &Port, bytes: &[u8]) -> Result<(), Fault> {
    let writer = port.writable().ok_or(Fault::Broken)?.get_writer();
    let written = within(writer.write(&Uint8Array::from(bytes)), WRITE_MS).await;
    writer.release();
    written.map(drop).ok_or(Fault::Broken)
}

/// Asks for a status; `None` from a printer that does not tell it.
async fn ask(port: &Port, question: &[u8]) -> Result<Option<u8>, Fault> {
    let reader = port.readable().ok_or(Fault::Broken)?.get_reader();
    let answer = match write(port, question).await {
        Ok(()) => Ok(within(reader.read(), STATUS_MS).await),
        Err(fault) => Err(fault),
    };
    // A read that is under way ends with it.
    let _ = JsFuture::from(reader.cancel()).await;
    reader.release();
    let bytes = answer?.and_then(|read| Reflect::get(&read, &"value".into()).ok());
    let bytes = bytes.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec());
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
