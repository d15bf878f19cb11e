//! Money: an integer of minor units together with its currency.

use crate::json::{FromJson, Value, readable, record};
use serde::Serialize;
use std::fmt;

/// A currency of ISO 4217 that a till can take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(&'static Entry);

#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Entry {
    code: &'static str,
    numeric: u16,
    exponent: u8,
}

/// ISO 4217 list one: code, numeric code, minor-unit exponent.
const CURRENCIES: &[Entry] = &[
    entry("AED", 784, 2),
    entry("AMD", 51, 2),
    entry("AUD", 36, 2),
    entry("AZN", 944, 2),
    entry("BGN", 975, 2),
    entry("BHD", 48, 3),
    entry("BRL", 986, 2),
    entry("BYN", 933, 2),
    entry("CAD", 124, 2),
    entry("CHF", 756, 2),
    entry("CLP", 152, 0),
    entry("CNY", 156, 2),
    entry("CZK", 203, 2),
    entry("DKK", 208, 2),
    entry("EGP", 818, 2),
    entry("EUR", 978, 2),
    entry("GBP", 826, 2),
    entry("GEL", 981, 2),
    entry("HKD", 344, 2),
    entry("HUF", 348, 2),
    entry("IDR", 360, 2),
    entry("ILS", 376, 2),
    entry("INR", 356, 2),
    entry("ISK", 352, 0),
    entry("JOD", 400, 3),
    entry("JPY", 392, 0),
    entry("KGS", 417, 2),
    entry("KRW", 410, 0),
    entry("KWD", 414, 3),
    entry("KZT", 398, 2),
    entry("MDL", 498, 2),
    entry("MXN", 484, 2),
    entry("MYR", 458, 2),
    entry("NOK", 578, 2),
    entry("NZD", 554, 2),
    entry("OMR", 512, 3),
    entry("PHP", 608, 2),
    entry("PLN", 985, 2),
    entry("QAR", 634, 2),
    entry("RON", 946, 2),
    entry("RSD", 941, 2),
    entry("RUB", 643, 2),
    entry("SAR", 682, 2),
    entry("SEK", 752, 2),
    entry("SGD", 702, 2),
    entry("THB", 764, 2),
    entry("TJS", 972, 2),
    entry("TND", 788, 3),
    entry("TRY", 949, 2),
    entry("TWD", 901, 2),
    entry("UAH", 980, 2),
    entry("USD", 840, 2),
    entry("UZS", 860, 2),
    entry("VND", 704, 0),
    entry("ZAR", 710, 2),
];

const fn entry(code: &'static str, numeric: u16, exponent: u8) -> Entry {
    Entry { code, numeric, exponent }
}

impl Currency {
    /// The currency of an ISO 4217 alphabetic code in upper case.
    ///
    /// # Errors
    /// [`UnknownCurrency`] when the code is not in the table.
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        CURRENCIES.iter().find(|c| c.code == code).map(Self).ok_or(UnknownCurrency)
    }

    /// The alphabetic code, three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// The numeric code, as readers want it in tag 5F2A.
    #[must_use]
    pub fn numeric(self) -> u16 {
        self.0.numeric
    }

    /// How many decimal digits the minor unit has: 0, 2 or 3.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.0.exponent
    }
}

/// A currency code that this product does not know; the setting or the caller that named it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a currency code of ISO 4217 that this terminal knows")]
pub struct UnknownCurrency;

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl FromJson for Currency {
    fn from_json(value: &Value) -> Option<Self> {
        Self::from_code(value.as_str()?).ok()
    }
}

readable!(Currency);

/// An amount of money, in minor units of its currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Amount {
    /// Minor units: cents, fils, or whole yen.
    pub minor: u64,
    /// The currency that `minor` counts in.
    pub currency: Currency,
}

record!(Amount { minor, currency });

impl Amount {
    /// The most that any till takes: ten digits, because the gateway's old amount field holds eleven characters.
    pub const MAX_MINOR: u64 = 9_999_999_999;

    /// An amount of `minor` units.
    #[must_use]
    pub fn new(minor: u64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount in major units with a point, without grouping: `10.42`, `1250`, `1.250`.
    #[must_use]
    pub fn to_major(self) -> String {
        let places = usize::from(self.currency.exponent());
        let digits = format!("{:0width$}", self.minor, width = places + 1);
        match digits.split_at_checked(digits.len() - places) {
            Some((major, minor)) if places > 0 => format!("{major}.{minor}"),
            _ => digits,
        }
    }

    /// Reads `10.42`, `10.4` or `10` as an amount of `currency`.
    ///
    /// # Errors
    /// [`NotAnAmount`] for signs, groups, exponents, more decimals than the currency has (unless they are zeros), and
    /// anything that does not fit 64 bits.
    pub fn from_major(text: &str, currency: Currency) -> Result<Self, NotAnAmount> {
        let (major, minor) = text.split_once('.').unwrap_or((text, ""));
        let places = usize::from(currency.exponent());
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if major.is_empty() || !all_digits(major) || !all_digits(minor) || text.ends_with('.') {
            return Err(NotAnAmount);
        }
        let (kept, dropped) = minor.split_at_checked(places).unwrap_or((minor, ""));
        if dropped.bytes().any(|b| b != b'0') {
            return Err(NotAnAmount);
        }
        let minor = format!("{major}{kept:0<places$}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self { minor, currency })
    }
}

/// A text that is not an amount of the given currency; whoever sent it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in major units of this currency")]
pub struct NotAnAmount;

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_major(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn amount(minor: u64, code: &str) -> Amount {
        Amount::new(minor, Currency::from_code(code).unwrap())
    }

    #[test]
    fn writes_each_exponent() {
        assert_eq!(amount(1042, "EUR").to_major(), "10.42");
        assert_eq!(amount(5, "EUR").to_major(), "0.05");
        assert_eq!(amount(1250, "JPY").to_major(), "1250");
        assert_eq!(amount(1250, "KWD").to_major(), "1.250");
        assert_eq!(amount(0, "KWD").to_major(), "0.000");
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        let eur = Currency::from_code("EUR").unwrap();
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1,00", "1e3", "1.001", "99999999999999999999", "1 ", "١"]
        {
            assert_eq!(Amount::from_major(text, eur), Err(NotAnAmount), "{text:?}");
        }
        assert_eq!(Amount::from_major("1.000", eur), Ok(amount(100, "EUR")));
        assert_eq!(Amount::from_major("10.5", eur), Ok(amount(1050, "EUR")));
    }

    #[test]
    fn the_table_is_sorted_and_has_no_twins() {
        assert!(CURRENCIES.windows(2).all(|w| w[0].code < w[1].code));
        let mut numeric: Vec<_> = CURRENCIES.iter().map(|c| c.numeric).collect();
        numeric.sort_unstable();
        assert!(numeric.windows(2).all(|w| w[0] < w[1]));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_back(minor in any::<u64>(), which in 0..CURRENCIES.len()) {
            let amount = Amount::new(minor, Currency(&CURRENCIES[which]));
            prop_assert_eq!(Amount::from_major(&amount.to_major(), amount.currency), Ok(amount));
        }

        #[test]
        fn no_text_panics(text in ".*", which in 0..CURRENCIES.len()) {
            let _ = Amount::from_major(&text, Currency(&CURRENCIES[which]));
        }
    }
}
