//! Days and times as the till's clock has them.

use js_sys::Date;
use mpos_terminal::browser::{date, now, written};
use receipt::Zone;

/// The day of a moment, as the page's language writes it.
pub(crate) fn day(at: u64) -> String {
    written(at, "medium", "")
}

/// Day and time, to the minute.
pub(crate) fn day_and_time(at: u64) -> String {
    written(at, "medium", "short")
}

/// The same with figures only.
pub(crate) fn day_and_time_short(at: u64) -> String {
    written(at, "short", "short")
}

/// Day and time, to the second.
pub(crate) fn day_and_second(at: u64) -> String {
    written(at, "medium", "medium")
}

/// A day that a date field names as `2015-12-21`, as the page's language writes it.
pub(crate) fn day_named(day: &str) -> String {
    midnight(day, false).map_or_else(|| day.to_owned(), self::day)
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
