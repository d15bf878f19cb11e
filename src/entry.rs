//! Keying an amount: digits shift in from the right, in minor units.

use payment::money::{Amount, Currency};

/// A key of the keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Two zeros; three where the currency has three decimals.
    Zeros,
    /// Removes one digit.
    Delete,
    /// Back to nothing.
    Clear,
    /// The decimal separator of a hardware keyboard: what is keyed so far are whole units.
    Point,
}

/// The amount would be over the limit, or would have more decimals than the currency; it stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The till's limit, which the key would have passed.
    OverLimit(Amount),
    /// The currency has no further decimal.
    TooManyDecimals,
}

/// The amount that is being keyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    amount: Amount,
    limit: Amount,
    /// Decimals keyed since [`Key::Point`].
    decimals: Option<u8>,
}

impl Entry {
    /// Nothing keyed yet. `limit` is the most that may be keyed, and names the currency.
    #[must_use]
    pub fn new(limit: Amount) -> Self {
        let most = limit.minor.min(Amount::MAX_MINOR);
        Self {
            amount: Amount::new(0, limit.currency),
            limit: Amount::new(most, limit.currency),
            decimals: None,
        }
    }

    /// With this amount keyed already, unless the limit forbids it.
    #[must_use]
    pub fn keyed(self, minor: u64) -> Self {
        self.with(minor, None).unwrap_or(self)
    }

    /// What is keyed.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Presses a key.
    ///
    /// # Errors
    /// [`Refused`]; the amount stays as it was.
    pub fn press(&mut self, key: Key) -> Result<(), Refused> {
        let next = match key {
            Key::Digit(digit) => return self.digit(digit),
            Key::Zeros if self.amount.minor == 0 => return Ok(()),
            Key::Zeros => {
                let zeros = if self.places() == 3 { 3 } else { 2 };
                let mut next = *self;
                for _ in 0..zeros {
                    next.digit(0)?;
                }
                next
            }
            Key::Delete => self.deleted(),
            Key::Clear => Self { amount: Amount::new(0, self.currency()), decimals: None, ..*self },
            Key::Point if self.places() == 0 => return Err(Refused::TooManyDecimals),
            Key::Point if self.decimals.is_some() => return Ok(()),
            Key::Point => self.with(self.amount.minor.saturating_mul(self.unit()), Some(0))?,
        };
        *self = next;
        Ok(())
    }

    fn digit(&mut self, digit: u8) -> Result<(), Refused> {
        let (minor, digit) = (self.amount.minor, u64::from(digit.min(9)));
        *self = match self.decimals {
            None => self.with(minor.saturating_mul(10).saturating_add(digit), None)?,
            Some(keyed) if keyed >= self.places() => return Err(Refused::TooManyDecimals),
            Some(keyed) => {
                let place = 10_u64.pow(u32::from(self.places() - keyed - 1));
                self.with(minor.saturating_add(digit * place), Some(keyed + 1))?
            }
        };
        Ok(())
    }

    fn deleted(&self) -> Self {
        let minor = self.amount.minor;
        let (minor, decimals) = match self.decimals {
            None => (minor / 10, None),
            Some(0) => (minor / self.unit(), None),
            Some(keyed) => {
                let unit = 10_u64.pow(u32::from(self.places().saturating_sub(keyed) + 1));
                (minor / unit * unit, Some(keyed - 1))
            }
        };
        Self { amount: Amount::new(minor, self.currency()), decimals, ..*self }
    }

    fn with(&self, minor: u64, decimals: Option<u8>) -> Result<Self, Refused> {
        if minor > self.limit.minor {
            return Err(Refused::OverLimit(self.limit));
        }
        Ok(Self { amount: Amount::new(minor, self.currency()), decimals, ..*self })
    }

    fn currency(&self) -> Currency {
        self.limit.currency
    }

    fn places(&self) -> u8 {
        self.currency().exponent()
    }

    /// Minor units in a whole one.
    fn unit(&self) -> u64 {
        10_u64.pow(u32::from(self.places()))
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keyed(code: &str, keys: &str) -> (String, Option<Refused>) {
        let mut entry = Entry::new(Amount::new(Amount::MAX_MINOR, Currency::from_code(code).unwrap()));
        let mut refused = None;
        for key in keys.chars() {
            let key = match key {
                'z' => Key::Zeros,
                'd' => Key::Delete,
                'c' => Key::Clear,
                '.' => Key::Point,
                digit => Key::Digit(u8::try_from(digit.to_digit(10).unwrap()).unwrap()),
            };
            refused = entry.press(key).err();
        }
        (entry.amount().to_major(), refused)
    }

    #[test]
    fn digits_shift_in_from_the_right() {
        for (keys, text) in [("1", "0.01"), ("12", "0.12"), ("125", "1.25"), ("1250", "12.50")] {
            assert_eq!(keyed("EUR", keys), (text.into(), None));
        }
        assert_eq!(keyed("JPY", "1250").0, "1250");
        assert_eq!(keyed("KWD", "1250").0, "1.250");
    }

    #[test]
    fn zeros_are_as_many_as_the_currency_wants() {
        assert_eq!(keyed("EUR", "5z").0, "5.00");
        assert_eq!(keyed("KWD", "5z").0, "5.000");
        assert_eq!(keyed("JPY", "5z").0, "500");
        assert_eq!(keyed("EUR", "z").0, "0.00");
    }

    #[test]
    fn delete_and_clear() {
        assert_eq!(keyed("EUR", "125d").0, "0.12");
        assert_eq!(keyed("EUR", "125c").0, "0.00");
        assert_eq!(keyed("EUR", "12.5d").0, "12.00");
        assert_eq!(keyed("EUR", "12.5dd").0, "0.12");
        assert_eq!(keyed("EUR", "12.34d").0, "12.30");
    }

    #[test]
    fn a_point_makes_whole_units() {
        assert_eq!(keyed("EUR", "12.5").0, "12.50");
        assert_eq!(keyed("EUR", ".5").0, "0.50");
        assert_eq!(keyed("EUR", "12.345"), ("12.34".into(), Some(Refused::TooManyDecimals)));
        assert_eq!(keyed("JPY", "12."), ("12".into(), Some(Refused::TooManyDecimals)));
    }

    #[test]
    fn an_amount_that_was_keyed_before_comes_back_unless_it_is_over_the_limit() {
        let entry = Entry::new(Amount::new(1000, Currency::from_code("EUR").unwrap()));
        assert_eq!(entry.keyed(1000).amount().minor, 1000);
        assert_eq!(entry.keyed(1001).amount().minor, 0);
    }

    #[test]
    fn over_the_limit_nothing_changes() {
        let (text, refused) = keyed("EUR", "99999999991");
        assert_eq!(text, "99999999.99");
        assert!(matches!(refused, Some(Refused::OverLimit(_))));
        assert_eq!(keyed("EUR", "999999999z").0, "9999999.99");
        assert_eq!(keyed("EUR", "999999999.").0, "9999999.99");
    }

    proptest! {
        #[test]
        fn never_over_the_limit_and_refusals_change_nothing(
            limit in 0..=Amount::MAX_MINOR,
            keys in proptest::collection::vec(0..14_u8, 0..40),
        ) {
            let mut entry = Entry::new(Amount::new(limit, Currency::from_code("EUR").unwrap()));
            for key in keys {
                let before = entry;
                let key = match key {
                    10 => Key::Zeros,
                    11 => Key::Delete,
                    12 => Key::Clear,
                    13 => Key::Point,
                    digit => Key::Digit(digit),
                };
                match entry.press(key) {
                    Ok(()) => prop_assert!(entry.amount().minor <= limit),
                    Err(_) => prop_assert_eq!(entry, before),
                }
            }
        }
    }
}
