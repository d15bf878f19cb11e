//! Tips.

use payment::money::Amount;

/// `percent` of a bill, rounded half up to a minor unit.
#[must_use]
pub fn of(bill: Amount, percent: u32) -> u64 {
    (bill.minor.saturating_mul(u64::from(percent)).saturating_add(50)) / 100
}

/// Whether a tip should be asked about: more than half of the bill.
#[must_use]
pub fn is_large(bill: Amount, tip: u64) -> bool {
    tip > bill.minor / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use payment::money::Currency;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_percentage_is_rounded_half_up() {
        let bill = |minor| Amount::new(minor, Currency::from_code("EUR").unwrap());
        assert_eq!(
            [of(bill(1_000), 10), of(bill(1_005), 10), of(bill(1_004), 10), of(bill(4), 10)],
            [100, 101, 100, 0]
        );
    }

    #[test]
    fn more_than_half_is_large() {
        let bill = Amount::new(1_001, Currency::from_code("EUR").unwrap());
        assert!(is_large(bill, 501) && !is_large(bill, 500));
    }
}
