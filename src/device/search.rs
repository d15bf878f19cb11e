//! Finding readers: those that were granted before, and the browser's chooser.

use super::inbox::Wake;
use super::{Device, Link, hid, serial, web_serial};
use js_sys::Function;
use reader::{FAMILIES, Family, Setup};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::EventTarget;

/// A device that may be a reader, found but not opened.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    /// The family that it looks like.
    pub family: &'static Family,
    port: Port,
}

#[derive(Clone, PartialEq)]
enum Port {
    Serial(web_serial::SerialPort),
    Hid(hid::HidDevice),
}

/// Whether this browser can reach readers of the family at all.
#[must_use]
pub fn is_supported(family: &Family) -> bool {
    !family.serial.is_empty() && web_serial::api().is_some() || !family.hid.is_empty() && hid::api().is_some()
}

/// Whether this browser can reach readers of any family.
#[must_use]
pub fn is_any_supported() -> bool {
    FAMILIES.iter().any(|family| is_supported(family))
}

/// The readers that may be used without asking anybody.
pub async fn granted() -> Vec<Candidate> {
    let mut found = Vec::new();
    for port in web_serial::granted().await {
        let fits = |family: &&&Family| family.serial.iter().any(|filter| serial::matches(&port, filter));
        if let Some(family) = FAMILIES.iter().find(fits) {
            found.push(Candidate { family, port: Port::Serial(port) });
        }
    }
    for device in hid::granted().await {
        let fits = |family: &&&Family| family.hid.iter().any(|filter| hid::matches(&device, filter));
        if let Some(family) = FAMILIES.iter().find(fits) {
            found.push(Candidate { family, port: Port::Hid(device) });
        }
    }
    found
}

/// Shows the browser's chooser for a family. Needs a click.
pub async fn choose(family: &'static Family) -> Option<Candidate> {
    let port = if family.hid.is_empty() || hid::api().is_none() {
        Port::Serial(serial::choose(family.serial).await?)
    } else {
        Port::Hid(hid::choose(family.hid).await?)
    };
    Some(Candidate { family, port })
}

impl Candidate {
    /// A driver and a link for it. `wake` is called whenever the link has brought something.
    #[must_use]
    pub fn device(&self, setup: Setup, wake: Wake) -> Device {
        let (kind, link): (_, Box<dyn Link>) = match &self.port {
            Port::Serial(port) => {
                (reader::Link::Serial, Box::new(serial::SerialLink::new(port.clone(), wake)))
            }
            Port::Hid(device) => {
                let product = hid::product(device);
                (reader::Link::Hid { product }, Box::new(hid::HidLink::new(device.clone(), wake)))
            }
        };
        Device::new((self.family.driver)(kind, setup), link)
    }

    /// Whether the browser says that this is what came or went.
    fn is(&self, target: &EventTarget) -> bool {
        match &self.port {
            Port::Serial(port) => port.unchecked_ref::<EventTarget>() == target,
            Port::Hid(device) => device.unchecked_ref::<EventTarget>() == target,
        }
    }
}

/// Something was plugged in or unplugged.
pub struct Plugged {
    /// Whether it came.
    pub came: bool,
    target: Option<EventTarget>,
}

impl Plugged {
    /// Whether it was this one.
    #[must_use]
    pub fn is(&self, candidate: &Candidate) -> bool {
        self.target.as_ref().is_some_and(|target| candidate.is(target))
    }
}

/// Hears of everything that is plugged in or unplugged, until dropped.
pub struct Watch {
    targets: Vec<EventTarget>,
    heard: Closure<dyn FnMut(web_sys::Event)>,
}

impl Watch {
    /// Tells `on_change` from now on.
    #[must_use]
    pub fn new(on_change: impl Fn(Plugged) + 'static) -> Self {
        let heard = Closure::new(move |event: web_sys::Event| {
            on_change(Plugged { came: event.type_() == "connect", target: subject(&event) });
        });
        let targets: Vec<EventTarget> = [web_serial::api(), hid::api()].into_iter().flatten().collect();
        for target in &targets {
            for event in ["connect", "disconnect"] {
                let _ = target.add_event_listener_with_callback(event, function(&heard));
            }
        }
        Self { targets, heard }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for target in &self.targets {
            for event in ["connect", "disconnect"] {
                let _ = target.remove_event_listener_with_callback(event, function(&self.heard));
            }
        }
    }
}

fn function(closure: &Closure<dyn FnMut(web_sys::Event)>) -> &Function {
    closure.as_ref().unchecked_ref()
}

/// A serial event is sent to its port and bubbles; a HID event names its device.
fn subject(event: &web_sys::Event) -> Option<EventTarget> {
    let device = js_sys::Reflect::get(event, &"device".into()).ok().filter(|device| device.is_object());
    device.map(JsCast::unchecked_into).or_else(|| event.target())
}
