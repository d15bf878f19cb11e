//! Keying an amount: digits shift in from the right, in minor units, and terms can be summed.

pub mod odd;
pub mod paste;
pub mod scan;
mod term;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
pub mod tip;

use payment::money::{Amount, Currency};
pub use term::Term;

/// The most terms of a sum.
pub const MOST_TERMS: usize = 20;
/// The most that an amount can be multiplied by.
pub const MOST_TIMES: u64 = 999;

/// A key of the keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Two zeros; three where the currency has three decimals.
    Zeros,
    /// Removes one digit; where there is none, brings the last term back.
    Delete,
    /// Clears the term; pressed again, the whole sum.
    Clear,
    /// The decimal separator of a hardware keyboard: what is keyed so far are whole units.
    Point,
    /// What is keyed so far is how many times the amount that follows counts.
    Times,
    /// The term is complete, another one follows.
    Plus,
    /// An amount as a whole, in minor units: a preset, a last one or what was pasted.
    Amount(u64),
}

/// Why a key or a paste changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The till's limit, which the key would have passed.
    OverLimit(Amount),
    /// The currency has no further decimal.
    TooManyDecimals,
    /// × wants a whole number from 1 to [`MOST_TIMES`] before it, once a term.
    Times,
    /// The sum has [`MOST_TERMS`] terms.
    TooManyTerms,
    /// What was pasted is in another currency.
    OtherCurrency,
    /// What was pasted is below zero.
    Negative,
    /// What was pasted may be thousands or decimals, as 1.234.
    Ambiguous,
    /// What was pasted is no amount.
    NotAnAmount,
}

/// The sum that is being keyed. Mostly it has one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    limit: Amount,
    complete: Vec<Term>,
    /// The one that is being keyed.
    term: Term,
}

impl Entry {
    /// Nothing keyed yet. `limit` is the most that may be keyed, and names the currency.
    #[must_use]
    pub fn new(limit: Amount) -> Self {
        let most = limit.minor.min(Amount::MAX_MINOR);
        let limit = Amount::new(most, limit.currency);
        Self { limit, complete: vec![], term: Term::default() }
    }

    /// The same under another limit; begun anew where it does not fit: over it, or in a currency of other decimals. An amount
    /// is never converted.
    #[must_use]
    pub fn under(&self, limit: Amount) -> Self {
        let fits = limit.currency.exponent() == self.currency().exponent();
        let same = Self { limit: Self::new(limit).limit, ..self.clone() };
        if fits && same.fits() { same } else { Self::new(limit) }
    }

    /// The sum.
    #[must_use]
    pub fn amount(&self) -> Amount {
        let complete = self.complete.iter().fold(0_u64, |sum, term| sum.saturating_add(term.value()));
        Amount::new(complete.saturating_add(self.term.value()), self.currency())
    }

    /// The most that may be keyed.
    #[must_use]
    pub fn limit(&self) -> Amount {
        self.limit
    }

    /// Whether more than one number was keyed.
    #[must_use]
    pub fn is_sum(&self) -> bool {
        !self.complete.is_empty() || self.term.times.is_some()
    }

    /// The terms that are complete.
    #[must_use]
    pub fn complete(&self) -> &[Term] {
        &self.complete
    }

    /// The term that is being keyed.
    #[must_use]
    pub fn term(&self) -> Term {
        self.term
    }

    /// Presses a key.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed.
    pub fn press(&mut self, key: Key) -> Result<(), Refused> {
        let before = self.clone();
        let pressed = self.change(key).and_then(|()| match self.fits() {
            true => Ok(()),
            false => Err(Refused::OverLimit(self.limit)),
        });
        if pressed.is_err() {
            *self = before;
        }
        pressed
    }

    fn change(&mut self, key: Key) -> Result<(), Refused> {
        let (term, currency) = (self.term, self.currency());
        match key {
            Key::Digit(digit) => {
                self.term = term.with_digit(digit, currency).ok_or(Refused::TooManyDecimals)?;
            }
            Key::Zeros if term.minor == 0 => {}
            Key::Zeros => {
                for _ in 0..currency.exponent().max(2) {
                    self.change(Key::Digit(0))?;
                }
            }
            Key::Point if currency.exponent() == 0 => return Err(Refused::TooManyDecimals),
            Key::Point if term.decimals.is_some() => {}
            Key::Point => self.term = term.with_point(currency),
            Key::Amount(minor) => self.term = Term { minor, decimals: None, ..term },
            Key::Times => {
                let is_count = term.times.is_none() && term.decimals.is_none();
                if !is_count || !(1..=MOST_TIMES).contains(&term.minor) {
                    return Err(Refused::Times);
                }
                self.term = Term { times: Some(term.minor), ..Term::default() };
            }
            Key::Plus if term.value() == 0 => {}
            Key::Plus if self.complete.len() + 1 >= MOST_TERMS => return Err(Refused::TooManyTerms),
            Key::Plus => {
                self.complete.push(term);
                self.term = Term::default();
            }
            Key::Delete if term.is_empty() => self.term = self.complete.pop().unwrap_or_default(),
            Key::Delete => self.term = term.without_digit(currency),
            Key::Clear => {
                if term.is_empty() {
                    self.complete.clear();
                }
                self.term = Term::default();
            }
        }
        Ok(())
    }

    /// As text that outlives a reload: the currency, and the keys that make the same sum.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = self.currency().code().to_owned();
        for term in self.complete.iter().chain([&self.term]) {
            text.push('+');
            if let Some(times) = term.times {
                text += &times.to_string();
                text.push('*');
            }
            if term.minor > 0 {
                text += &term.minor.to_string();
            }
        }
        text
    }

    /// What [`to_text`](Self::to_text) wrote, under the one of these limits that has its currency, as far as it still fits.
    #[must_use]
    pub fn from_text(text: &str, limits: &[Amount]) -> Option<Self> {
        let (code, keys) = text.split_at_checked(3)?;
        let mut entry = Self::new(*limits.iter().find(|limit| limit.currency.code() == code)?);
        for key in keys.bytes() {
            let key = match key {
                b'+' => Key::Plus,
                b'*' => Key::Times,
                digit => Key::Digit(digit.wrapping_sub(b'0')),
            };
            entry.press(key).ok()?;
        }
        Some(entry)
    }

    fn fits(&self) -> bool {
        self.amount().minor <= self.limit.minor
    }

    fn currency(&self) -> Currency {
        self.limit.currency
    }
}
