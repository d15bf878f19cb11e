//! What rounds come to.

use std::time::Duration;

/// The least, the middle and the greatest of some rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Of no rounds it is `None`.
    pub(crate) fn of(rounds: &[f64]) -> Option<Self> {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self { least: *sorted.first()?, median: *sorted.get(sorted.len() / 2)?, most: *sorted.last()? })
    }

    /// Whether it can be what was measured.
    pub(crate) fn is_sound(&self) -> bool {
        let Self { least, median, most } = *self;
        [least, median, most].into_iter().all(f64::is_finite) && least <= median && median <= most
    }
}

/// The time, in milliseconds, that so many of a hundred took at most; of nothing it is no number.
pub(crate) fn percentile(times: &[Duration], hundredths: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * hundredths).div_ceil(100).max(1) - 1;
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50).to_bits(), 100.0_f64.to_bits());
        assert_eq!(percentile(&times, 99).to_bits(), 198.0_f64.to_bits());
        assert!(percentile(&[], 99).is_nan());
    }

    #[test]
    fn a_spread_is_sound_or_none() {
        let spread = Spread::of(&[3.0, 1.0, 2.0]);
        assert_eq!(spread, Some(Spread { least: 1.0, median: 2.0, most: 3.0 }));
        assert!(!Spread::of(&[f64::NAN]).is_some_and(|spread| spread.is_sound()));
        assert_eq!(Spread::of(&[]), None);
    }
}
