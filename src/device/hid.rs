//! WebHID: <https://wicg.github.io/webhid/>. The only place that names it.

use super::inbox::{Inbox, Wake};
use super::{Closed, Link, LinkEvent};
use js_sys::{Array, DataView, Function, Object, Promise, Reflect, Uint8Array};
use reader::{FromReader, HidFilter, ToReader};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = EventTarget)]
    type Hid;
    #[wasm_bindgen(method, js_name = getDevices)]
    fn get_devices(this: &Hid) -> Promise;
    #[wasm_bindgen(method, js_name = requestDevice)]
    fn request_device(this: &Hid, options: &Object) -> Promise;

    /// A device that the user or a policy has granted.
    #[derive(Clone, PartialEq)]
    #[wasm_bindgen(extends = EventTarget, js_name = HIDDevice)]
    pub type HidDevice;
    #[wasm_bindgen(method, getter, js_name = vendorId)]
    fn vendor_id(this: &HidDevice) -> u16;
    #[wasm_bindgen(method, getter, js_name = productId)]
    fn product_id(this: &HidDevice) -> u16;
    #[wasm_bindgen(method)]
    fn open(this: &HidDevice) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &HidDevice) -> Promise;
    #[wasm_bindgen(method, setter, js_name = oninputreport)]
    fn set_oninputreport(this: &HidDevice, handler: Option<&Function>);
    #[wasm_bindgen(method, js_name = sendReport)]
    fn send_report(this: &HidDevice, id: u8, data: &Uint8Array) -> Promise;
    #[wasm_bindgen(method, js_name = sendFeatureReport)]
    fn send_feature_report(this: &HidDevice, id: u8, data: &Uint8Array) -> Promise;
    #[wasm_bindgen(method, js_name = receiveFeatureReport)]
    fn receive_feature_report(this: &HidDevice, id: u8) -> Promise;

    type InputReport;
    #[wasm_bindgen(method, getter, js_name = reportId)]
    fn report_id(this: &InputReport) -> u8;
    #[wasm_bindgen(method, getter)]
    fn data(this: &InputReport) -> DataView;
}

/// `navigator.hid`, where the browser has it.
pub(super) fn api() -> Option<EventTarget> {
    super::navigator("hid")
}

/// The devices that may be used without asking.
pub(super) async fn granted() -> Vec<HidDevice> {
    let Some(hid) = api().map(JsCast::unchecked_into::<Hid>) else { return vec![] };
    devices(hid.get_devices()).await
}

/// Asks the user for a device; `None` if he chose none. Needs a click.
pub(super) async fn choose(filters: &[HidFilter]) -> Option<HidDevice> {
    let options = Object::new();
    let filters: Array = filters.iter().map(filter).collect();
    Reflect::set(&options, &"filters".into(), &filters).ok()?;
    let hid: Hid = api()?.unchecked_into();
    devices(hid.request_device(&options)).await.into_iter().next()
}

/// Whether a filter lets the device in.
pub(super) fn matches(device: &HidDevice, filter: &HidFilter) -> bool {
    device.vendor_id() == filter.vendor && device.product_id() == filter.product
}

/// Its USB product id.
pub(super) fn product(device: &HidDevice) -> u16 {
    device.product_id()
}

async fn devices(promise: Promise) -> Vec<HidDevice> {
    let devices = JsFuture::from(promise).await;
    devices.map_or_else(|_| vec![], |all| Array::from(&all).iter().map(JsCast::unchecked_into).collect())
}

fn filter(filter: &HidFilter) -> Object {
    let object = Object::new();
    for (name, value) in [("vendorId", filter.vendor), ("productId", filter.product)] {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &name.into(), &value.into());
    }
    object
}

/// A HID device as a link.
pub(super) struct HidLink {
    device: HidDevice,
    wake: Wake,
    session: Option<Rc<Session>>,
    /// Called by the browser for as long as the device is ours.
    on_report: Option<Closure<dyn FnMut(InputReport)>>,
}

/// One opening of the device.
struct Session {
    device: HidDevice,
    inbox: Inbox,
    /// Nobody wants it any more.
    stopped: Cell<bool>,
    /// What has not been sent yet; one message at a time is under way.
    outbox: RefCell<VecDeque<ToReader>>,
    sending: Cell<bool>,
}

impl HidLink {
    pub(super) fn new(device: HidDevice, wake: Wake) -> Self {
        Self { device, wake, session: None, on_report: None }
    }

    fn stop(&mut self) {
        self.device.set_oninputreport(None);
        self.on_report = None;
        if let Some(session) = self.session.take() {
            session.stopped.set(true);
        }
    }
}

impl Link for HidLink {
    fn open(&mut self) {
        self.stop();
        let session = Rc::new(Session {
            device: self.device.clone(),
            inbox: Inbox::new(self.wake.clone()),
            stopped: Cell::new(false),
            outbox: RefCell::default(),
            sending: Cell::new(false),
        });
        let heard = session.clone();
        let on_report = Closure::new(move |report: InputReport| {
            let data = bytes(&report.data());
            heard.inbox.put(LinkEvent::Received(FromReader::Input { id: report.report_id(), data }));
        });
        self.device.set_oninputreport(Some(on_report.as_ref().unchecked_ref()));
        self.on_report = Some(on_report);
        self.session = Some(session.clone());
        spawn_local(session.open());
    }

    fn send(&mut self, message: ToReader) {
        let Some(session) = &self.session else { return };
        session.outbox.borrow_mut().push_back(message);
        if !session.sending.replace(true) {
            spawn_local(session.clone().send_all());
        }
    }

    fn poll(&mut self) -> Option<LinkEvent> {
        self.session.as_ref()?.inbox.take()
    }
}

impl Drop for HidLink {
    fn drop(&mut self) {
        self.stop();
        let closed = self.device.close();
        spawn_local(async move { drop(JsFuture::from(closed).await) });
    }
}

impl Session {
    async fn open(self: Rc<Self>) {
        // A device of an earlier opening is closed first, so that nothing of it is still to come.
        drop(JsFuture::from(self.device.close()).await);
        let opened = JsFuture::from(self.device.open()).await;
        if !self.stopped.get() {
            let event = if opened.is_ok() { LinkEvent::Opened } else { LinkEvent::Closed(Closed::InUse) };
            self.inbox.put(event);
        }
    }

    async fn send_all(self: Rc<Self>) {
        loop {
            let Some(message) = self.outbox.borrow_mut().pop_front() else { break };
            if self.stopped.get() || self.send(message).await.is_err() {
                break;
            }
        }
        self.sending.set(false);
    }

    async fn send(&self, message: ToReader) -> Result<(), JsValue> {
        let (device, array) = (&self.device, |data: &[u8]| Uint8Array::from(data));
        // A device that is gone refuses; that it is gone is said by its own event.
        match message {
            ToReader::Output { id, data } => {
                drop(JsFuture::from(device.send_report(id, &array(&data))).await?)
            }
            ToReader::SetFeature { id, data } => {
                drop(JsFuture::from(device.send_feature_report(id, &array(&data))).await?);
            }
            ToReader::GetFeature { id } => {
                let report: DataView =
                    JsFuture::from(device.receive_feature_report(id)).await?.unchecked_into();
                let mut data = bytes(&report);
                // A device that uses ids repeats the id before the data.
                if id != 0 && data.first() == Some(&id) {
                    data.remove(0);
                }
                self.inbox.put(LinkEvent::Received(FromReader::Feature { id, data }));
            }
            ToReader::Bytes(_) => {}
        }
        Ok(())
    }
}

fn bytes(view: &DataView) -> Vec<u8> {
    let length = u32::try_from(view.byte_length()).unwrap_or_default();
    let offset = u32::try_from(view.byte_offset()).unwrap_or_default();
    Uint8Array::new_with_byte_offset_and_length(&view.buffer(), offset, length).to_vec()
}
