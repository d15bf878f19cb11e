//! Days and times as the till's clock has them.

use js_sys::Date;
use receipt::Zone;
use wasm_bindgen::JsValue;

#[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285 000 years")]
fn date(at: u64) -> Date {
    Date::new(&JsValue::from_f64(at as f64))
}

/// `21.12.2015`.
pub(crate) fn day(at: u64) -> String {
    let date = date(at);
    format!("{:02}.{:02}.{}", date.get_date(), date.get_month() + 1, date.get_full_year())
}

/// How far the till's time is ahead of UTC at that moment, in minutes.
#[expect(clippy::cast_possible_truncation, reason = "less than a day")]
pub(crate) fn minutes_ahead(at: u64) -> i32 {
    -(date(at).get_timezone_offset() as i32)
}

/// The till's time zone at that moment.
pub(crate) fn zone(at: u64) -> Zone {
    Zone::ahead(minutes_ahead(at))
}

/// The first moment of a day that a date field names as `2015-12-21`, or of the day after it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days after 1970")]
pub(crate) fn midnight(day: &str, after: bool) -> Option<u64> {
    let mut parts = day.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let day = i32::try_from(day).ok()? + i32::from(after);
    let at = Date::new_with_year_month_day(year, i32::try_from(month).ok()? - 1, day).get_time();
    (at > 0.0).then_some(at as u64)
}
