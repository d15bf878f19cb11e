//! Reading an amount that was copied elsewhere. What could mean two amounts is refused, never guessed.

use super::Refused;
use payment::money::Currency;

/// Signs that belong to one currency, or mostly do.
const SIGNS: [(&str, &str); 6] =
    [("€", "EUR"), ("$", "USD"), ("£", "GBP"), ("¥", "JPY"), ("₽", "RUB"), ("₹", "INR")];
/// Digits in a group.
const GROUP: u32 = 3;

/// The minor units of `currency` that a text names: digits, Latin or Arabic-Indic, one decimal separator, group marks, the
/// currency's own code or sign.
///
/// # Errors
/// [`Refused`] says why it is none.
pub fn amount(text: &str, currency: Currency) -> Result<u64, Refused> {
    if !text.chars().any(|letter| digit(letter).is_some()) {
        return Err(Refused::NotAnAmount);
    }
    let figures = without_currency(text, currency)?;
    let places = u32::from(currency.exponent());
    let last = figures.chars().rev().find(|letter| digit(*letter).is_none());
    let is_once = figures.chars().filter(|letter| Some(*letter) == last).count() == 1;
    let point = last.filter(|mark| is_once && matches!(mark, '.' | ',' | '\u{66b}'));
    let (mut minor, mut run, mut group, mut behind) = (0_u64, 0, None, false);
    for letter in figures.chars() {
        if let Some(digit) = digit(letter) {
            minor = minor.saturating_mul(10).saturating_add(u64::from(digit));
            run += 1;
            continue;
        }
        let is_point = Some(letter) == point;
        match letter {
            '-' | '\u{2212}' | '(' => return Err(Refused::Negative),
            // Among them spaces: one that does not break, a narrow one, a thin one.
            '.' | ',' | '\'' | '\u{2019}' | '\u{66b}' | '\u{66c}' | ' ' | '\u{a0}' | '\u{202f}'
            | '\u{2009}' => {}
            _ => return Err(Refused::NotAnAmount),
        }
        let is_whole = match group {
            Some(_) => run == GROUP,
            None => run > 0 && (is_point || run <= GROUP),
        };
        if behind || !is_whole || !(is_point || group.is_none_or(|before| before == letter)) {
            return Err(Refused::NotAnAmount);
        }
        behind = is_point;
        group = if is_point { group } else { Some(letter) };
        run = 0;
    }
    let decimals = if behind { run } else { 0 };
    if behind && group.is_none() && run == GROUP && places != GROUP && point != Some('\u{66b}') {
        return Err(Refused::Ambiguous);
    }
    if run == 0 || (!behind && group.is_some() && run != GROUP) {
        return Err(Refused::NotAnAmount);
    }
    let shift = places.checked_sub(decimals).ok_or(Refused::TooManyDecimals)?;
    Ok(minor.saturating_mul(10_u64.pow(shift)))
}

/// `text` without the currency's own code or sign.
fn without_currency(text: &str, currency: Currency) -> Result<&str, Refused> {
    let (code, mut text) = (currency.code(), text.trim_ascii());
    let sign = SIGNS.iter().find(|(_, of)| *of == code).map_or(code, |(sign, _)| sign);
    for own in [code, sign] {
        text = text.strip_prefix(own).or_else(|| text.strip_suffix(own)).unwrap_or(text);
    }
    let figures = text.trim_ascii();
    let is_sign = SIGNS.iter().any(|(sign, _)| figures.contains(sign));
    if is_sign || figures.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        Err(Refused::OtherCurrency)
    } else {
        Ok(figures)
    }
}

fn digit(letter: char) -> Option<u32> {
    let zero = match letter {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        _ => return letter.to_digit(10),
    };
    Some(u32::from(letter) - zero)
}
