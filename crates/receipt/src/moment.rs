use language::Language;
use time::{OffsetDateTime, UtcOffset};

/// How far the till's time is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(UtcOffset);

impl Zone {
    /// So many minutes ahead of UTC; UTC itself where that cannot be.
    #[must_use]
    pub fn ahead(minutes: i32) -> Self {
        Self(UtcOffset::from_whole_seconds(minutes.saturating_mul(60)).unwrap_or(UtcOffset::UTC))
    }

    /// Unix milliseconds as `21.12.2015 12:14:15`, or as `21/12/2015 12:14:15` where the language writes it so (CLDR 44).
    /// English keeps the points: a stroke would leave open which is the day.
    #[must_use]
    pub fn date_time(self, ms: u64, language: Language) -> String {
        let mark = match language {
            Language::Spanish | Language::Arabic => '/',
            Language::English | Language::German | Language::Russian => '.',
        };
        let seconds = i64::try_from(ms / 1000).unwrap_or_default();
        let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let moment = moment.to_offset(self.0);
        let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
        let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
        format!("{day:02}{mark}{month:02}{mark}{year} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_the_till_s_time() {
        let at = 1_450_689_255_000;
        assert_eq!(Zone::ahead(0).date_time(at, Language::English), "21.12.2015 09:14:15");
        assert_eq!(Zone::ahead(180).date_time(at, Language::English), "21.12.2015 12:14:15");
        assert_eq!(Zone::ahead(-600).date_time(at, Language::English), "20.12.2015 23:14:15");
        assert_eq!(Zone::ahead(0).date_time(at, Language::German), "21.12.2015 09:14:15");
        assert_eq!(Zone::ahead(0).date_time(at, Language::Arabic), "21/12/2015 09:14:15");
        assert_eq!(Zone::ahead(i32::MAX).date_time(u64::MAX, Language::English), "01.01.1970 00:00:00");
    }
}
