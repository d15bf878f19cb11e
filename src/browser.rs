//! The few things that the pure code takes as arguments: time and randomness.

use crate::clock::Clock;
use js_sys::Date;
use payment::attempt::AttemptId;
use payment::trace::{SpanId, TraceId, TraceParent};
use reader::WallClock;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    static CLOCK: RefCell<Clock> = RefCell::default();
}

/// Unix milliseconds, which never go back while the page lives.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the clock is past 1970")]
pub fn now() -> u64 {
    CLOCK.with_borrow_mut(|clock| clock.read(Date::now() as u64))
}

/// Local time of the till, for the reader.
pub(crate) fn wall_clock() -> WallClock {
    let date = Date::new_0();
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    WallClock {
        year: small(date.get_full_year() % 100),
        month: small(date.get_month() + 1),
        day: small(date.get_date()),
        hour: small(date.get_hours()),
        minute: small(date.get_minutes()),
        second: small(date.get_seconds()),
    }
}

/// A moment as the browser has it, to read local time from.
#[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285 000 years")]
pub fn date(moment: u64) -> Date {
    Date::new(&JsValue::from_f64(moment as f64))
}

/// A moment as local `14:05`.
pub fn hh_mm(moment: u64) -> String {
    written(moment, "", "short")
}

/// A moment as local `14:05:09`.
pub fn hh_mm_ss(moment: u64) -> String {
    written(moment, "", "medium")
}

/// A moment as the page's language writes it, with date and time in `Intl`'s styles, or without one of them.
#[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285 000 years")]
pub fn written(moment: u64, date: &str, time: &str) -> String {
    crate::shell::moment(moment as f64, date, time)
}

/// A new attempt id from the browser's cryptographic generator; `None` where there is none, and then there are no
/// payments.
pub fn draw_attempt() -> Option<AttemptId> {
    let mut random = [0; AttemptId::LEN];
    draw(&mut random)?;
    Some(AttemptId::from_random(random))
}

/// What a call about this payment says of its trace, with a step of its own.
pub(crate) fn traceparent(attempt: &AttemptId) -> String {
    let mut random = [0; 8];
    // Without randomness all steps have one id, and that is all.
    let _ = draw(&mut random);
    let parent = SpanId::from_random(random);
    TraceParent { trace: TraceId::of(attempt), parent, sampled: true }.header()
}

fn draw(random: &mut [u8]) -> Option<()> {
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(random).ok().map(drop)
}

/// Whether somebody has pressed something on this page in the last seconds.
pub fn is_touched() -> bool {
    web_sys::window().is_some_and(|window| window.navigator().user_activation().is_active())
}

/// Leaves for another page of ours.
pub fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href(address);
    }
}

/// Resolves after so many milliseconds.
pub async fn wait(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// What this browser remembers under a name, over reloads.
pub fn remembered(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// Remembers a text under a name. A browser that remembers nothing asks again.
pub fn remember(name: &str, text: &str) {
    if let Some(Ok(Some(storage))) = web_sys::window().map(|window| window.local_storage()) {
        let _ = storage.set_item(name, text);
    }
}
