//! Dates as the gateway writes them: `2015-04-09 17:14:26 MSK`.

const DAY: u64 = 86_400;
/// Moscow time is three hours ahead of UTC all year.
const MSK: u64 = 3 * 3600;

/// Writes a time given in milliseconds since 1970-01-01 UTC.
pub(crate) fn msk(ms: u64) -> String {
    let seconds = ms / 1000 + MSK;
    let (mut days, time) = (seconds / DAY, seconds % DAY);
    let mut year = 1970;
    while days >= year_length(year) {
        days -= year_length(year);
        year += 1;
    }
    let mut month = 1;
    for length in month_lengths(year) {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year}-{month:02}-{:02} {hours:02}:{minutes:02}:{seconds:02} MSK", days + 1)
}

/// Reads `2015-04-09 17:14:26` in Moscow time: milliseconds since 1970-01-01 UTC.
pub(crate) fn parse_msk(text: &str) -> Option<u64> {
    let (date, time) = text.split_once(' ')?;
    let numbers = |text: &str, separator| {
        let parts: Vec<u64> = text.split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        <[u64; 3]>::try_from(parts).ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hours, minutes, seconds] = numbers(time, ':')?;
    if !(1970..=9999).contains(&year) || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let months = month_lengths(year);
    let month = usize::try_from(month.checked_sub(1)?).ok()?;
    if day == 0 || day > *months.get(month)? {
        return None;
    }
    let days = (1970..year).map(year_length).sum::<u64>() + months.iter().take(month).sum::<u64>() + day - 1;
    (days * DAY + hours * 3600 + minutes * 60 + seconds).checked_sub(MSK).map(|seconds| seconds * 1000)
}

const fn month_lengths(year: u64) -> [u64; 12] {
    [31, year_length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

const fn year_length(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::{msk, parse_msk};

    #[test]
    fn dates_are_written_as_documented() {
        assert_eq!(msk(1_428_588_866_999), "2015-04-09 17:14:26 MSK");
        assert_eq!(msk(0), "1970-01-01 03:00:00 MSK");
        assert_eq!(msk(1_709_164_800_000), "2024-02-29 03:00:00 MSK");
        assert_eq!(msk(1_798_750_799_000), "2026-12-31 23:59:59 MSK");
        assert_eq!(msk(1_798_750_800_000), "2027-01-01 00:00:00 MSK");
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        for ms in [0, 1_428_588_866_000, 1_709_164_800_000, 1_798_750_799_000, 1_798_750_800_000] {
            assert_eq!(parse_msk(msk(ms).trim_end_matches(" MSK")), Some(ms));
        }
        for wrong in ["", "2026-02-29 00:00:00", "2026-13-01 00:00:00", "2026-01-01", "2026-01-01 24:00:00"] {
            assert_eq!(parse_msk(wrong), None, "{wrong}");
        }
    }
}
