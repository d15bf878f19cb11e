//! Days and times as the till's clock has them.

use js_sys::Date;
use mpos_terminal::browser::{date, hh_mm, now};
use receipt::Zone;

/// `21.12.2015`.
pub(crate) fn day(at: u64) -> String {
    let date = date(at);
    format!("{:02}.{:02}.{}", date.get_date(), date.get_month() + 1, date.get_full_year())
}

/// `21.12.2015 14:05`.
pub(crate) fn day_and_time(at: u64) -> String {
    format!("{} {}", day(at), hh_mm(at))
}

/// `21.12. 14:05`.
pub(crate) fn day_and_time_short(at: u64) -> String {
    let date = date(at);
    format!("{}.{}. {}", date.get_date(), date.get_month() + 1, hh_mm(at))
}

/// Today, as a date field has it: `2015-12-21`.
pub(crate) fn today() -> String {
    let date = date(now());
    format!("{}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
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
