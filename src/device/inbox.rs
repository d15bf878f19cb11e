use super::{Closed, LinkEvent};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

/// Called whenever a link has brought something.
pub type Wake = Rc<dyn Fn()>;

/// What a link has brought and nobody has taken yet.
pub(super) struct Inbox {
    events: RefCell<VecDeque<LinkEvent>>,
    wake: Wake,
}

impl Inbox {
    pub(super) fn new(wake: Wake) -> Self {
        Self { events: RefCell::default(), wake }
    }

    pub(super) fn put(&self, event: LinkEvent) {
        self.events.borrow_mut().push_back(event);
        (self.wake)();
    }

    pub(super) fn take(&self) -> Option<LinkEvent> {
        self.events.borrow_mut().pop_front()
    }
}

/// Why a link that was open failed: its device is gone, or bytes were lost (Web Serial §4.3: a lost device is a
/// `NetworkError`; overruns, breaks, framing and parity have errors of their own).
pub(super) fn cause(error: &JsValue) -> Closed {
    match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
        Some("BufferOverrunError" | "BreakError" | "FramingError" | "ParityError") => Closed::Damaged,
        _ => Closed::Unplugged,
    }
}
