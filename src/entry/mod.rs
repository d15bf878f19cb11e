//! Keying an amount: digits shift in from the right, in minor units, and terms can be summed.

pub mod odd;
pub mod paste;
pub mod scan;
mod term;
#[cfg(all(test, not(target_arch = "wasm32")))]
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
        let minor = self.terms().fold(0_u64, |sum, term| sum.saturating_add(term.value()));
        Amount::new(minor, self.currency())
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
        let (term, currency) = (self.term, self.currency());
        let next = match key {
            Key::Digit(digit) => {
                self.keying(term.with_digit(digit, currency).ok_or(Refused::TooManyDecimals)?)?
            }
            Key::Zeros if term.minor == 0 => return Ok(()),
            Key::Zeros => {
                let mut next = self.clone();
                for _ in 0..currency.exponent().max(2) {
                    next.press(Key::Digit(0))?;
                }
                next
            }
            Key::Point if currency.exponent() == 0 => return Err(Refused::TooManyDecimals),
            Key::Point if term.decimals.is_some() => return Ok(()),
            Key::Point => self.keying(term.with_point(currency))?,
            Key::Amount(minor) => self.keying(Term { minor, decimals: None, ..term })?,
            Key::Times => {
                let is_count = term.times.is_none() && term.decimals.is_none();
                if !is_count || !(1..=MOST_TIMES).contains(&term.minor) {
                    return Err(Refused::Times);
                }
                self.keying(Term { times: Some(term.minor), ..Term::default() })?
            }
            Key::Plus if term.value() == 0 => return Ok(()),
            Key::Plus if self.complete.len() + 1 >= MOST_TERMS => return Err(Refused::TooManyTerms),
            Key::Plus => {
                let mut next = self.clone();
                next.complete.push(term);
                next.term = Term::default();
                next
            }
            Key::Delete if term.is_empty() => {
                let mut next = self.clone();
                next.term = next.complete.pop().unwrap_or_default();
                next
            }
            Key::Delete => Self { term: term.without_digit(currency), ..self.clone() },
            Key::Clear if term.is_empty() => Self::new(self.limit),
            Key::Clear => Self { term: Term::default(), ..self.clone() },
        };
        *self = next;
        Ok(())
    }

    /// As text that outlives a reload: currency, then the terms as `times*minor.decimals`.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.terms().fold(self.currency().code().to_owned(), |mut text, term| {
            text.push(' ');
            if let Some(times) = term.times {
                text += &format!("{times}*");
            }
            text += &term.minor.to_string();
            if let Some(decimals) = term.decimals {
                text += &format!(".{decimals}");
            }
            text
        })
    }

    /// What [`to_text`](Self::to_text) wrote, under the first of these limits that has its currency; `None` if there is none, or
    /// if it does not fit any more.
    #[must_use]
    pub fn from_text(text: &str, limits: &[Amount]) -> Option<Self> {
        let mut words = text.split(' ');
        let code = words.next()?;
        let mut entry = Self::new(*limits.iter().find(|limit| limit.currency.code() == code)?);
        for word in words {
            let (times, word) =
                word.split_once('*').map_or((None, word), |(times, rest)| (Some(times), rest));
            let (minor, decimals) = word.split_once('.').map_or((word, None), |(a, b)| (a, Some(b)));
            let times = times.map(str::parse).transpose().ok()?;
            let decimals = decimals.map(str::parse).transpose().ok()?;
            entry.complete.push(Term { times, minor: minor.parse().ok()?, decimals });
        }
        entry.term = entry.complete.pop()?;
        let is_whole = |term: &Term| {
            term.times.is_none_or(|times| (1..=MOST_TIMES).contains(&times))
                && term.decimals.is_none_or(|decimals| decimals <= entry.currency().exponent())
        };
        (entry.fits() && entry.complete.len() < MOST_TERMS && entry.terms().all(|term| is_whole(&term)))
            .then_some(entry)
    }

    fn terms(&self) -> impl Iterator<Item = Term> {
        self.complete.iter().copied().chain([self.term])
    }

    fn keying(&self, term: Term) -> Result<Self, Refused> {
        let next = Self { term, ..self.clone() };
        if next.fits() { Ok(next) } else { Err(Refused::OverLimit(self.limit)) }
    }

    fn fits(&self) -> bool {
        self.amount().minor <= self.limit.minor
    }

    fn currency(&self) -> Currency {
        self.limit.currency
    }
}
