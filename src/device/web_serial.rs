//! WebSerial: <https://wicg.github.io/serial/>. The only place that names it; a reader's link and the receipt printer are
//! made of it.

use crate::stream::{Readable, Writable};
use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = EventTarget)]
    type Serial;
    #[wasm_bindgen(method, js_name = getPorts)]
    fn get_ports(this: &Serial) -> Promise;
    #[wasm_bindgen(method, js_name = requestPort)]
    fn request_port(this: &Serial, options: &Object) -> Promise;

    /// A port that the user or a policy has granted.
    #[derive(Clone, PartialEq)]
    #[wasm_bindgen(extends = EventTarget)]
    pub type SerialPort;
    /// What it is plugged into.
    #[wasm_bindgen(method, js_name = getInfo)]
    pub fn info(this: &SerialPort) -> Info;
    #[wasm_bindgen(method, js_name = open)]
    fn open_with(this: &SerialPort, options: &Object) -> Promise;
    #[wasm_bindgen(method, js_name = close)]
    fn begin_close(this: &SerialPort) -> Promise;
    /// What the device sends, while the port is open.
    #[wasm_bindgen(method, getter)]
    pub fn readable(this: &SerialPort) -> Option<Readable>;
    /// What it is sent.
    #[wasm_bindgen(method, getter)]
    pub fn writable(this: &SerialPort) -> Option<Writable>;

    /// What a port is plugged into.
    pub type Info;
    /// None over Bluetooth.
    #[wasm_bindgen(method, getter, js_name = usbVendorId)]
    pub fn usb_vendor_id(this: &Info) -> Option<u16>;
    /// None over Bluetooth.
    #[wasm_bindgen(method, getter, js_name = usbProductId)]
    pub fn usb_product_id(this: &Info) -> Option<u16>;
    /// Undefined over USB.
    #[wasm_bindgen(method, getter, js_name = bluetoothServiceClassId)]
    pub fn bluetooth_service_class_id(this: &Info) -> JsValue;
}

/// `navigator.serial`, where the browser has it.
#[must_use]
pub fn api() -> Option<EventTarget> {
    super::navigator("serial")
}

/// The ports that may be used without asking.
pub async fn granted() -> Vec<SerialPort> {
    let Some(serial) = api().map(JsCast::unchecked_into::<Serial>) else { return vec![] };
    let ports = JsFuture::from(serial.get_ports()).await;
    ports.map_or_else(|_| vec![], |ports| Array::from(&ports).iter().map(JsCast::unchecked_into).collect())
}

/// Asks the user for a port that fits `options`; `None` if none was chosen. Needs a click.
pub async fn choose(options: &Object) -> Option<SerialPort> {
    let serial: Serial = api()?.unchecked_into();
    JsFuture::from(serial.request_port(options)).await.ok().map(JsCast::unchecked_into)
}

/// Opens the port; whether that worked.
pub async fn open(port: &SerialPort, settings: &[(&str, u32)]) -> bool {
    let options = Object::new();
    let set = |(name, value): &(&str, u32)| Reflect::set(&options, &(*name).into(), &(*value).into()).is_ok();
    settings.iter().all(set) && JsFuture::from(port.open_with(&options)).await.is_ok()
}

/// Closes it. A port that is gone is closed.
pub async fn close(port: &SerialPort) {
    drop(JsFuture::from(port.begin_close()).await);
}
