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
    let february = year_length(year) - 337;
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year}-{month:02}-{:02} {hours:02}:{minutes:02}:{seconds:02} MSK", days + 1)
}

const fn year_length(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::msk;

    #[test]
    fn dates_are_written_as_documented() {
        assert_eq!(msk(1_428_588_866_999), "2015-04-09 17:14:26 MSK");
        assert_eq!(msk(0), "1970-01-01 03:00:00 MSK");
        assert_eq!(msk(1_709_164_800_000), "2024-02-29 03:00:00 MSK");
        assert_eq!(msk(1_798_750_799_000), "2026-12-31 23:59:59 MSK");
        assert_eq!(msk(1_798_750_800_000), "2027-01-01 00:00:00 MSK");
    }
}
