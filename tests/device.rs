//! The ways to a reader in a real browser, with devices that only pretend: opened, used, and let go of without a rest.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use js_sys::Function;
use mpos_terminal::device::Closed;
use mpos_terminal::device::search::{Candidate, Watch, granted, is_supported};
use reader::{Event, FAMILIES, Fault, Setup};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A serial port and a HID device as their specifications have them: a port does not close while a stream is locked.
const FAKES: &str = r#"
class Port extends EventTarget {
  opened = false; busy = false; out = []; opens = 0;
  getInfo() { return { usbVendorId: 0x2DDA, usbProductId: 1 }; }
  async open(options) {
    if (this.busy) throw new DOMException('busy', 'NetworkError');
    if (this.opened) throw new DOMException('open', 'InvalidStateError');
    Object.assign(this, { opened: true, options, opens: this.opens + 1 });
    this.readable = new ReadableStream({ start: (c) => { this.feed = c; } });
    this.writable = new WritableStream({ write: (chunk) => { this.out.push(...chunk); } });
  }
  async close() {
    if (this.readable.locked || this.writable.locked) throw new TypeError('locked');
    this.opened = false;
  }
}
class Device extends EventTarget {
  opened = false; vendorId = 0x0801; productId = 0x0011; oninputreport = null; sent = [];
  async open() { this.opened = true; }
  async close() { this.opened = false; }
  async sendReport(id, data) { this.sent.push(['out', id, ...data]); }
  async sendFeatureReport(id, data) { this.sent.push(['set', id, ...data]); }
  async receiveFeatureReport(id) { return new DataView(new Uint8Array([id, 1, 2]).buffer); }
}
class Api extends EventTarget {
  listeners = 0;
  constructor(devices) { super(); this.devices = devices; }
  addEventListener(...a) { this.listeners += 1; super.addEventListener(...a); }
  removeEventListener(...a) { this.listeners -= 1; super.removeEventListener(...a); }
  async getPorts() { return this.devices; }
  async getDevices() { return this.devices; }
}
window.port = new Port(); window.device = new Device();
Object.defineProperty(navigator, 'serial', { value: new Api([port]), configurable: true });
Object.defineProperty(navigator, 'hid', { value: new Api([]), configurable: true });
"#;

fn pretend() {
    run(FAKES);
}

fn run(script: &str) -> JsValue {
    Function::new_no_args(script).call0(&JsValue::NULL).unwrap()
}

fn number(script: &str) -> f64 {
    run(&format!("return Number({script});")).as_f64().unwrap()
}

fn holds(script: &str) -> bool {
    number(&format!("({script}) ? 1 : 0")) != 0.0
}

/// Lets the browser go on, and what is due happen, until the condition holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
        });
        JsFuture::from(promise).await.unwrap();
    }
    panic!("never: {what}");
}

async fn reader() -> (Candidate, Rc<Cell<u32>>, mpos_terminal::device::Device) {
    let candidate = granted().await.into_iter().next().expect("a granted reader");
    let wakes = Rc::new(Cell::new(0));
    let woken = wakes.clone();
    let device = candidate.device(Setup::default(), Rc::new(move || woken.set(woken.get() + 1)));
    (candidate, wakes, device)
}

fn now() -> u64 {
    js_sys::Date::now() as u64
}

#[wasm_bindgen_test]
async fn a_granted_port_is_opened_and_spoken_to_without_asking() {
    pretend();
    let (candidate, wakes, mut device) = reader().await;
    assert_eq!(candidate.family.name, "miura");
    assert!(FAMILIES.iter().all(|family| is_supported(family)));
    until("the reset is sent", || {
        device.pump(now());
        // RESET_DEVICE, as the published frames have it.
        holds("port.out.slice(0, 8).toString() === '1,0,4,208,0,0,0,213'")
    })
    .await;
    assert!(wakes.get() > 0, "the opening wakes the till");
    assert!(holds("port.options.bufferSize >= 4096"));
    drop(device);
    until("the port is closed", || holds("!port.opened && !port.readable.locked && !port.writable.locked"))
        .await;
}

#[wasm_bindgen_test]
async fn a_port_that_another_program_has_is_said_and_tried_again() {
    pretend();
    run("port.busy = true;");
    let (_, _, mut device) = reader().await;
    let mut closed = None;
    until("it is in use", || {
        closed = closed.or(device.pump(now()).closed);
        closed.is_some()
    })
    .await;
    assert_eq!(closed, Some(Closed::InUse));
    run("port.busy = false;");
    until("it is opened in the end", || {
        device.pump(now());
        holds("port.opened")
    })
    .await;
}

#[wasm_bindgen_test]
async fn lost_bytes_end_the_session_and_a_clean_one_begins() {
    pretend();
    for (name, why) in [("BufferOverrunError", Closed::Damaged), ("NetworkError", Closed::Unplugged)] {
        pretend();
        let (_, _, mut device) = reader().await;
        until("it is open", || {
            device.pump(now());
            holds("port.opened && port.readable.locked")
        })
        .await;
        run(&format!("port.feed.error(new DOMException('x', '{name}'));"));
        let mut closed = None;
        until("the error is told", || {
            closed = closed.or(device.pump(now()).closed);
            closed.is_some()
        })
        .await;
        assert_eq!(closed, Some(why));
        assert!(holds("!port.opened"), "nothing is held after {name}");
        until("it is opened anew", || {
            device.pump(now());
            holds("port.opens === 2")
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn a_hid_reader_is_asked_by_feature_reports_and_let_go_of() {
    pretend();
    run("navigator.serial.devices = []; navigator.hid.devices = [device];");
    let (candidate, _, mut reader) = reader().await;
    assert_eq!(candidate.family.name, "magtek-v5");
    until("a feature report is set", || {
        reader.pump(now());
        holds("device.opened && device.sent.some(([kind, id, ...data]) => kind === 'set' && id === 0 && data.length === 60)")
    })
    .await;
    assert!(holds("device.oninputreport != null"));
    // A report of the clear kind: 337 bytes. It is recognised and refused.
    run("device.oninputreport({ reportId: 0, data: new DataView(new Uint8Array(337).buffer) });");
    let mut events = Vec::new();
    until("it is refused", || {
        events.extend(reader.pump(now()).events);
        events.contains(&Event::Broken(Fault::ClearData))
    })
    .await;
    drop(reader);
    until("the device is closed", || holds("!device.opened && device.oninputreport == null")).await;
}

#[wasm_bindgen_test]
async fn a_link_that_carries_again_is_not_opened_once_more() {
    pretend();
    let (_, _, mut device) = reader().await;
    until("the reset is sent", || {
        device.pump(now());
        holds("port.out.length > 0")
    })
    .await;
    run("port.feed.enqueue(new Uint8Array([0xC0, 0xFF, 0xFF, 0xC0])); port.out = [];");
    until("it is opened anew and spoken to", || {
        device.pump(now());
        holds("port.opens === 2 && port.out.length > 0")
    })
    .await;
    let later = now() + 4_000;
    let mut turns = 0;
    until("the browser had its turns", || {
        device.pump(later);
        turns += 1;
        turns > 10
    })
    .await;
    assert!(holds("port.opens === 2 && port.opened"));
}

#[wasm_bindgen_test]
async fn a_watch_hears_plugs_until_it_is_dropped() {
    pretend();
    let heard = Rc::new(Cell::new(0));
    let count = heard.clone();
    let candidate = granted().await.remove(0);
    let watch = Watch::new(move |plugged| {
        assert!(!plugged.came && plugged.is(&candidate));
        count.set(count.get() + 1);
    });
    let events = number("navigator.serial.listeners + navigator.hid.listeners");
    assert_eq!(events, 4.0);
    let gone = "const e = new Event('disconnect'); e.device = port; navigator.hid.dispatchEvent(e);";
    run(gone);
    assert_eq!(heard.get(), 1);
    drop(watch);
    run(gone);
    assert_eq!((heard.get(), number("navigator.serial.listeners + navigator.hid.listeners")), (1, 0.0));
}

#[wasm_bindgen_test]
async fn a_browser_without_the_interfaces_says_so() {
    pretend();
    run(
        "for (const name of ['serial', 'hid']) Object.defineProperty(navigator, name, { value: undefined, configurable: true });",
    );
    assert!(FAMILIES.iter().all(|family| !is_supported(family)));
    assert!(granted().await.is_empty());
    drop(Watch::new(|_| ()));
}
