//! One term of a sum, as it is keyed.

use payment::money::Currency;

/// An amount, perhaps so many times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Term {
    /// How many times, once × was pressed.
    pub times: Option<u64>,
    /// The amount, in minor units.
    pub minor: u64,
    /// Decimals keyed since the decimal separator was.
    pub(super) decimals: Option<u8>,
}

impl Term {
    /// What it comes to; more than any limit if it does not fit.
    pub(super) fn value(self) -> u64 {
        self.minor.saturating_mul(self.times.unwrap_or(1))
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// With one digit more; `None` if the currency has no further decimal.
    pub(super) fn with_digit(self, digit: u8, currency: Currency) -> Option<Self> {
        let (places, digit) = (currency.exponent(), u64::from(digit.min(9)));
        let (minor, decimals) = match self.decimals {
            None => (self.minor.saturating_mul(10).saturating_add(digit), None),
            Some(keyed) if keyed >= places => return None,
            Some(keyed) => {
                let place = 10_u64.pow(u32::from(places - keyed - 1));
                (self.minor.saturating_add(digit.saturating_mul(place)), Some(keyed + 1))
            }
        };
        Some(Self { minor, decimals, ..self })
    }

    /// With the digits so far as whole units.
    pub(super) fn with_point(self, currency: Currency) -> Self {
        Self { minor: self.minor.saturating_mul(unit(currency)), decimals: Some(0), ..self }
    }

    /// Without its last digit; without digits, what was to be multiplied comes back.
    pub(super) fn without_digit(self, currency: Currency) -> Self {
        let minor = match self.decimals {
            None if self.minor == 0 => {
                return Self { minor: self.times.unwrap_or_default(), ..Self::default() };
            }
            None => self.minor / 10,
            Some(0) => self.minor / unit(currency),
            Some(keyed) => {
                let place = 10_u64.pow(u32::from(currency.exponent().saturating_sub(keyed)) + 1);
                self.minor / place * place
            }
        };
        Self { minor, decimals: self.decimals.and_then(|keyed| keyed.checked_sub(1)), ..self }
    }
}

/// Minor units in a whole one.
fn unit(currency: Currency) -> u64 {
    10_u64.pow(u32::from(currency.exponent()))
}
