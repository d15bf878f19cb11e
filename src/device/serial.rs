//! WebSerial: <https://wicg.github.io/serial/>. The only place that names it.

use super::inbox::{Inbox, Wake, cause};
use super::{Closed, Link, LinkEvent};
use crate::stream::{self, Readable, Reader};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use reader::{FromReader, SerialFilter, ToReader};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
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
    #[wasm_bindgen(method, js_name = getInfo)]
    fn get_info(this: &SerialPort) -> Info;
    #[wasm_bindgen(method)]
    fn open(this: &SerialPort, options: &Object) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &SerialPort) -> Promise;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &SerialPort) -> Option<Readable>;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &SerialPort) -> Option<Writable>;

    type Info;
    #[wasm_bindgen(method, getter, js_name = usbVendorId)]
    fn usb_vendor_id(this: &Info) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = usbProductId)]
    fn usb_product_id(this: &Info) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = bluetoothServiceClassId)]
    fn bluetooth_service_class_id(this: &Info) -> JsValue;

    type Writable;
    #[wasm_bindgen(method, js_name = getWriter)]
    fn get_writer(this: &Writable) -> Writer;
    type Writer;
    #[wasm_bindgen(method)]
    fn write(this: &Writer, bytes: &Uint8Array) -> Promise;
    #[wasm_bindgen(method, js_name = releaseLock)]
    fn release_writer(this: &Writer);
}

/// The Serial Port Profile of Bluetooth, whose devices every page may ask for.
const SPP: &str = "00001101-0000-1000-8000-00805f9b34fb";
/// CDC ignores it, a real UART of the families at hand runs at it.
const BAUD: u32 = 115_200;
/// The default of 255 bytes overruns during a chained card answer.
const BUFFER_BYTES: u32 = 16 * 1024;

/// `navigator.serial`, where the browser has it.
pub(super) fn api() -> Option<EventTarget> {
    super::navigator("serial")
}

/// The ports that may be used without asking.
pub(super) async fn granted() -> Vec<SerialPort> {
    let Some(serial) = api().map(JsCast::unchecked_into::<Serial>) else { return vec![] };
    let ports = JsFuture::from(serial.get_ports()).await;
    ports.map_or_else(|_| vec![], |ports| Array::from(&ports).iter().map(JsCast::unchecked_into).collect())
}

/// Asks the user for a port; `None` if he chose none. Needs a click.
pub(super) async fn choose(filters: &[SerialFilter]) -> Option<SerialPort> {
    let options = Object::new();
    let filters: Array = filters.iter().map(filter).collect();
    Reflect::set(&options, &"filters".into(), &filters).ok()?;
    let serial: Serial = api()?.unchecked_into();
    JsFuture::from(serial.request_port(&options)).await.ok().map(JsCast::unchecked_into)
}

/// Whether a filter lets the port in.
pub(super) fn matches(port: &SerialPort, filter: &SerialFilter) -> bool {
    let info = port.get_info();
    match filter {
        SerialFilter::Usb { vendor, product } => {
            info.usb_vendor_id() == Some(*vendor)
                && product.is_none_or(|id| info.usb_product_id() == Some(id))
        }
        SerialFilter::BluetoothSpp => info.bluetooth_service_class_id() == SPP,
    }
}

fn filter(filter: &SerialFilter) -> Object {
    let object = Object::new();
    let set = |name: &str, value: JsValue| Reflect::set(&object, &name.into(), &value).is_ok();
    match filter {
        SerialFilter::Usb { vendor, product } => {
            set("usbVendorId", (*vendor).into());
            product.map(|product| set("usbProductId", product.into()));
        }
        SerialFilter::BluetoothSpp => {
            set("bluetoothServiceClassId", SPP.into());
        }
    }
    object
}

/// A serial port as a link.
pub(super) struct SerialLink {
    port: SerialPort,
    wake: Wake,
    session: Option<Rc<Session>>,
}

/// One opening of the port.
struct Session {
    inbox: Inbox,
    /// Nobody wants it any more.
    stopped: Cell<bool>,
    /// The locks, for as long as the streams are ours.
    reader: RefCell<Option<Reader>>,
    writer: RefCell<Option<Writer>>,
    /// Settled once the port is closed.
    ended: Promise,
    end: Function,
}

impl SerialLink {
    pub(super) fn new(port: SerialPort, wake: Wake) -> Self {
        Self { port, wake, session: None }
    }
}

impl Link for SerialLink {
    fn open(&mut self) {
        let session = Rc::new(Session::new(self.wake.clone()));
        let before = self.session.replace(session.clone());
        spawn_local(carry(self.port.clone(), before, session));
    }

    fn send(&mut self, message: ToReader) {
        let (ToReader::Bytes(bytes), Some(session)) = (message, &self.session) else { return };
        if let Some(writer) = &*session.writer.borrow() {
            let written = writer.write(&Uint8Array::from(bytes.as_slice()));
            // A failed write is known by its read, which fails as well.
            spawn_local(async move { drop(JsFuture::from(written).await) });
        }
    }

    fn poll(&mut self) -> Option<LinkEvent> {
        self.session.as_ref()?.inbox.take()
    }
}

impl Drop for SerialLink {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            spawn_local(async move { session.stop().await });
        }
    }
}

impl Session {
    fn new(wake: Wake) -> Self {
        let mut end = None;
        let ended = Promise::new(&mut |resolve, _| end = Some(resolve));
        Self {
            inbox: Inbox::new(wake),
            stopped: Cell::new(false),
            reader: RefCell::default(),
            writer: RefCell::default(),
            ended,
            // A promise hands its resolver out before it exists.
            end: end.unwrap_or_default(),
        }
    }

    /// Ends the reading, and waits until the port is closed.
    async fn stop(&self) {
        self.stopped.set(true);
        let reader = self.reader.borrow().clone();
        if let Some(reader) = reader {
            drop(JsFuture::from(reader.cancel()).await);
        }
        drop(JsFuture::from(self.ended.clone()).await);
    }
}

/// Opens the port and reads until it ends or nobody wants it any more.
async fn carry(port: SerialPort, before: Option<Rc<Session>>, session: Rc<Session>) {
    if let Some(before) = before {
        before.stop().await;
    }
    let why = read(&port, &session).await.err().unwrap_or(Closed::Unplugged);
    session.reader.take().inspect(Reader::release_lock);
    session.writer.take().inspect(Writer::release_writer);
    drop(JsFuture::from(port.close()).await);
    let _ = session.end.call0(&JsValue::NULL);
    if !session.stopped.get() {
        session.inbox.put(LinkEvent::Closed(why));
    }
}

async fn read(port: &SerialPort, session: &Session) -> Result<(), Closed> {
    let options = Object::new();
    for (name, value) in [("baudRate", BAUD), ("bufferSize", BUFFER_BYTES)] {
        Reflect::set(&options, &name.into(), &value.into()).map_err(|_| Closed::InUse)?;
    }
    JsFuture::from(port.open(&options)).await.map_err(|_| Closed::InUse)?;
    if session.stopped.get() {
        return Ok(());
    }
    let reader = port.readable().ok_or(Closed::Unplugged)?.get_reader();
    *session.reader.borrow_mut() = Some(reader.clone());
    *session.writer.borrow_mut() = Some(port.writable().ok_or(Closed::Unplugged)?.get_writer());
    session.inbox.put(LinkEvent::Opened);
    while let Some(bytes) = stream::bytes(JsFuture::from(reader.read()).await.map_err(|error| cause(&error))?)
    {
        session.inbox.put(LinkEvent::Received(FromReader::Bytes(bytes)));
    }
    Ok(())
}
