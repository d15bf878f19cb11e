//! The shop's clock. Time zones are in the program: a bare system has none.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use payment::settlement::Moment;
use serde::Deserialize;
use std::ops::Range;

/// A time zone of the IANA database, as `Europe/Riga`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        TimeZone::get(&name).map(Self).map_err(|_| format!("{name:?} is not a time zone as \"Europe/Riga\""))
    }
}

impl Zone {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the shop's clock shows at this moment, in Unix milliseconds.
    #[must_use]
    pub fn moment(&self, at: u64) -> Moment {
        let local = timestamp(at).to_zoned(self.0.clone());
        Moment { day: local.date().to_string(), hour: u8::try_from(local.hour()).unwrap_or_default() }
    }

    /// The last time that the clock showed this hour and minute, not after `now`. Where a day lacks it, as in spring, it is
    /// as much later.
    #[must_use]
    pub fn latest(&self, hour: u64, minute: u64, now: u64) -> u64 {
        let today = timestamp(now).to_zoned(self.0.clone()).date();
        let on = |day: Date| {
            let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
            unix_ms(self.0.to_zoned(day.at(hour, minute, 0, 0)).ok()?.timestamp())
        };
        let yesterday = || today.yesterday().ok().and_then(on);
        on(today).filter(|at| *at <= now).or_else(yesterday).unwrap_or_default()
    }

    /// From the first moment of `from` to the first after `to`, both as `2026-01-31`. `None` for what are no such days, or
    /// more than a year of them.
    #[must_use]
    pub fn days(&self, from: &str, to: &str) -> Option<Range<u64>> {
        let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
        let fits = from <= to && to <= from.checked_add(Span::new().days(366)).ok()?;
        let start = |day: Date| unix_ms(day.to_zoned(self.0.clone()).ok()?.timestamp());
        Some(start(from)?..start(to.tomorrow().ok()?)?).filter(|_| fits)
    }
}

fn timestamp(unix_ms: u64) -> Timestamp {
    let ms = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

fn unix_ms(at: Timestamp) -> Option<u64> {
    u64::try_from(at.as_millisecond()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn riga() -> Zone {
        Zone::try_from("Europe/Riga".to_owned()).unwrap()
    }

    fn at(text: &str) -> u64 {
        unix_ms(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_shops_clock_is_that_of_its_zone() {
        let moment = riga().moment(at("2026-01-31T22:30:00Z"));
        assert_eq!((moment.day.as_str(), moment.hour), ("2026-02-01", 0));
        assert_eq!(riga().name(), "Europe/Riga");
        assert_eq!(Zone::default().name(), "UTC");
        assert!(Zone::try_from("Moon/Tycho".to_owned()).is_err());
    }

    #[test]
    fn a_day_is_as_long_as_the_clock_says() {
        let day = |day| {
            let day = riga().days(day, day).unwrap();
            (day.end - day.start) / 3_600_000
        };
        assert_eq!((day("2026-01-31"), day("2026-03-29"), day("2026-10-25")), (24, 23, 25));
        assert_eq!(riga().days("2026-01-31", "2026-01-31").unwrap().start, at("2026-01-30T22:00:00Z"));
        for (from, to) in [
            ("2026-02-01", "2026-01-31"),
            ("2026-02-30", "2026-03-01"),
            ("2024-01-01", "2026-01-01"),
            ("", ""),
        ] {
            assert_eq!(riga().days(from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn an_hour_is_due_once_a_day_also_where_the_clock_is_moved() {
        let latest = |hour, now| riga().latest(hour, 30, at(now));
        assert_eq!(latest(23, "2026-01-31T21:29:59Z"), at("2026-01-30T21:30:00Z"));
        assert_eq!(latest(23, "2026-01-31T21:30:00Z"), at("2026-01-31T21:30:00Z"));
        // There is no 3:30 on the day when summer time begins, and there are two when it ends.
        assert_eq!(latest(3, "2026-03-29T05:00:00Z"), at("2026-03-29T01:30:00Z"));
        assert_eq!(latest(3, "2026-10-25T05:00:00Z"), at("2026-10-25T00:30:00Z"));
    }
}
