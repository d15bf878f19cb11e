//! Money as the gateway writes it: major units with a point on the wire, minor units in signing strings.

use std::fmt;

/// ISO 4217 alpha-3 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::str::FromStr for Currency {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(AmountError::Currency),
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount with all that is needed to write it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Minor units: cents for EUR.
    pub minor: u64,
    /// How many digits of `minor` stand behind the point (ISO 4217: EUR 2, JPY 0, KWD 3).
    pub exponent: u8,
    /// Currency.
    pub currency: Currency,
}

impl Amount {
    /// Major units with a point and all digits of the exponent: `10.42`, `0.05`, `500`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let exponent = usize::from(self.exponent);
        let mut digits = format!("{:0>width$}", self.minor, width = exponent + 1);
        if exponent > 0 {
            digits.insert(digits.len() - exponent, '.');
        }
        digits
    }

    /// The digits for a `control` string of a gateway that signs with `exponent` digits behind the point.
    /// The vendor's own code always signs with two (`amount × 100`), whatever the currency.
    ///
    /// # Errors
    /// [`AmountError::Digits`] if the amount has more digits than can be signed, [`AmountError::TooLarge`].
    pub fn control_digits(&self, exponent: u8) -> Result<u64, AmountError> {
        parse(&self.decimal(), exponent)
    }
}

/// Minor units of an amount that the gateway wrote as major units: `10.5` with exponent 2 is 1050.
///
/// # Errors
/// [`AmountError`] for anything but digits with at most one point, for more significant digits behind the point than
/// the exponent allows, and beyond `u64`.
pub fn parse(text: &str, exponent: u8) -> Result<u64, AmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || text.ends_with('.') || !is_number(whole) || !is_number(fraction) {
        return Err(AmountError::NotDecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(exponent) {
        return Err(AmountError::Digits);
    }
    let digits = format!("{whole}{fraction:0<width$}", width = usize::from(exponent));
    digits.parse().map_err(|_| AmountError::TooLarge)
}

/// Why a text is no amount, or an amount cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not of the form `123` or `123.45`.
    #[error("amount is not a plain decimal number")]
    NotDecimal,
    /// More digits behind the point than the currency or the signature has.
    #[error("amount has more digits behind the point than can be expressed")]
    Digits,
    /// Does not fit 64 bits.
    #[error("amount is too large")]
    TooLarge,
    /// Not three upper-case letters.
    #[error("currency is not an ISO 4217 alpha-3 code")]
    Currency,
}
