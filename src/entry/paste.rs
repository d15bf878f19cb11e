//! Reading an amount that was copied elsewhere. What could mean two amounts is refused, never guessed.

use super::Refused;
use payment::money::Currency;

/// Signs that belong to one currency, or mostly do.
const SIGNS: [(char, &str); 6] =
    [('€', "EUR"), ('$', "USD"), ('£', "GBP"), ('¥', "JPY"), ('₽', "RUB"), ('₹', "INR")];
/// Digits in a group.
const GROUP: usize = 3;

/// The minor units of `currency` that a text names: digits, Latin or Arabic-Indic, one decimal separator, group marks, the
/// currency's own code or sign.
///
/// # Errors
/// [`Refused`] says why it is none.
pub fn amount(text: &str, currency: Currency) -> Result<u64, Refused> {
    if !text.chars().any(|letter| digit(letter).is_some()) {
        return Err(Refused::NotAnAmount);
    }
    let figures = without_currency(text.trim(), currency)?;
    let places = usize::from(currency.exponent());
    let mut parts = vec![String::new()];
    let mut marks = Vec::new();
    for letter in figures.trim().chars() {
        if let Some(digit) = digit(letter) {
            parts.last_mut().ok_or(Refused::NotAnAmount)?.push(digit);
            continue;
        }
        marks.push(match letter {
            '-' | '\u{2212}' | '(' => return Err(Refused::Negative),
            '\u{66b}' => ',',
            '.' | ',' | '\'' | '\u{2019}' | '\u{66c}' => letter,
            space if space.is_whitespace() => ' ',
            _ => return Err(Refused::NotAnAmount),
        });
        parts.push(String::new());
    }
    let last = parts.last().map_or(0, String::len);
    let is_decimal = match marks.as_slice() {
        [] => false,
        ['.' | ','] if last == GROUP && places != GROUP => return Err(Refused::Ambiguous),
        [.., end] => matches!(end, '.' | ',') && marks.iter().filter(|mark| *mark == end).count() == 1,
    };
    let decimals = if is_decimal { parts.pop().unwrap_or_default() } else { String::new() };
    if is_decimal {
        marks.pop();
    }
    // One mark between groups throughout, and whole groups.
    let grouped = parts.iter().skip(1).all(|group| group.len() == GROUP)
        && marks.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
        && parts.first().is_some_and(|first| !first.is_empty() && (marks.is_empty() || first.len() <= GROUP));
    if !grouped || (is_decimal && decimals.is_empty()) {
        return Err(Refused::NotAnAmount);
    }
    if decimals.len() > places {
        return Err(Refused::TooManyDecimals);
    }
    format!("{}{decimals:0<places$}", parts.concat()).parse().map_err(|_| Refused::NotAnAmount)
}

fn without_currency(text: &str, currency: Currency) -> Result<String, Refused> {
    let (words, rest): (String, String) = text
        .chars()
        .partition(|letter| letter.is_alphabetic() || SIGNS.iter().any(|(sign, _)| sign == letter));
    let is_own = words.is_empty()
        || words.eq_ignore_ascii_case(currency.code())
        || SIGNS.iter().any(|(sign, code)| *code == currency.code() && words.chars().eq([*sign]));
    if is_own { Ok(rest) } else { Err(Refused::OtherCurrency) }
}

fn digit(letter: char) -> Option<char> {
    let zero = match letter {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return None,
    };
    char::from_digit(u32::from(letter) - u32::from(zero), 10)
}
