//! A serial port as a reader's link.

use super::inbox::{Inbox, Wake, cause};
use super::web_serial::{self, SerialPort};
use super::{Closed, Link, LinkEvent};
use crate::stream::{self, Reader, Writer};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use reader::{FromReader, SerialFilter, ToReader};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The Serial Port Profile of Bluetooth, whose devices every page may ask for.
const SPP: &str = "00001101-0000-1000-8000-00805f9b34fb";
/// CDC ignores it, a real UART of the families at hand runs at it.
const BAUD: u32 = 115_200;
/// The default of 255 bytes overruns during a chained card answer.
const BUFFER_BYTES: u32 = 16 * 1024;

/// Asks the user for a port; `None` if he chose none. Needs a click.
pub(super) async fn choose(filters: &[SerialFilter]) -> Option<SerialPort> {
    let options = Object::new();
    let filters: Array = filters.iter().map(filter).collect();
    Reflect::set(&options, &"filters".into(), &filters).ok()?;
    web_serial::choose(&options).await
}

/// Whether a filter lets the port in.
pub(super) fn matches(port: &SerialPort, filter: &SerialFilter) -> bool {
    let info = port.info();
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
    session.writer.take().inspect(Writer::release_lock);
    web_serial::close(&port).await;
    let _ = session.end.call0(&JsValue::NULL);
    if !session.stopped.get() {
        session.inbox.put(LinkEvent::Closed(why));
    }
}

async fn read(port: &SerialPort, session: &Session) -> Result<(), Closed> {
    if !web_serial::open(port, &[("baudRate", BAUD), ("bufferSize", BUFFER_BYTES)]).await {
        return Err(Closed::InUse);
    }
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
