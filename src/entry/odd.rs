//! Amounts that look like a mistake.

use payment::money::Amount;

/// So many times the till's usual largest amount is odd.
const TIMES: u64 = 10;
/// Fewer payments than that make nothing usual.
const FEWEST: usize = 5;
/// A shorter amount keyed twice is an ordinary one, as 11.11.
const SHORTEST: usize = 3;

/// Whether an amount should be asked about: the same digits twice, as 5.70 keyed twice is 5,705.70, or ten times the largest
/// of the `last` amounts, which are of its currency.
#[must_use]
pub fn is_odd(amount: Amount, last: &[Amount]) -> bool {
    let digits = amount.minor.to_string();
    let half = digits.len() / 2;
    let twice =
        half >= SHORTEST && digits.split_at_checked(half).is_some_and(|(first, second)| first == second);
    let usual = last.iter().map(|last| last.minor).max().filter(|_| last.len() >= FEWEST);
    twice || usual.is_some_and(|largest| amount.minor >= largest.saturating_mul(TIMES))
}

#[cfg(test)]
mod tests {
    use payment::money::{Amount, Currency};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn is_odd(minor: u64, last: &[u64]) -> bool {
        let amount = |minor| Amount::new(minor, Currency::from_code("EUR").unwrap());
        super::is_odd(amount(minor), &last.iter().map(|minor| amount(*minor)).collect::<Vec<_>>())
    }

    #[test]
    fn the_same_digits_twice_are_odd() {
        for minor in [570_570, 100_100, 12_341_234] {
            assert!(is_odd(minor, &[]), "{minor}");
        }
        for minor in [0, 11, 1_111, 1_010, 57_057, 570_571, 10_010] {
            assert!(!is_odd(minor, &[]), "{minor}");
        }
    }

    #[test]
    fn ten_times_the_usual_largest_is_odd_once_something_is_usual() {
        let last = [500, 1_200, 800, 100, 900];
        assert!(is_odd(12_000, &last) && !is_odd(11_999, &last));
        assert!(!is_odd(12_000, &last[1..]));
    }
}
