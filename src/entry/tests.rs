//! The keypad's rules, and what holds whatever is pressed.

use super::*;
use proptest::prelude::*;

fn limit(minor: u64, code: &str) -> Amount {
    Amount::new(minor, Currency::from_code(code).unwrap())
}

fn most(code: &str) -> Entry {
    Entry::new(limit(Amount::MAX_MINOR, code))
}

fn key(letter: char) -> Key {
    match letter {
        'z' => Key::Zeros,
        'd' => Key::Delete,
        'c' => Key::Clear,
        '.' => Key::Point,
        'x' => Key::Times,
        '+' => Key::Plus,
        'p' => Key::Amount(500),
        digit => Key::Digit(u8::try_from(digit.to_digit(10).unwrap()).unwrap()),
    }
}

fn keyed(code: &str, keys: &str) -> (String, Option<Refused>) {
    let mut entry = most(code);
    let mut refused = None;
    for letter in keys.chars() {
        refused = entry.press(key(letter)).err();
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
    assert_eq!(keyed("KWD", "1.2345"), ("1.234".into(), Some(Refused::TooManyDecimals)));
}

#[test]
fn terms_are_summed_and_multiplied_first() {
    assert_eq!(keyed("EUR", "1250+750").0, "20.00");
    assert_eq!(keyed("EUR", "3x250+100").0, "8.50");
    assert_eq!(keyed("EUR", "1z+3x250").0, "8.50");
    assert_eq!(keyed("EUR", "3x2.5+1.").0, "8.50");
    assert_eq!(keyed("JPY", "3x250+1").0, "751");
    assert_eq!(keyed("EUR", "12++5").0, "0.17", "an empty term is none");
    assert_eq!(keyed("EUR", "3x+5").0, "0.15", "three times nothing is none either");
}

#[test]
fn times_wants_a_whole_number_before_it() {
    for keys in ["x", "3xx", "3x2x", "1z0x", "3.x"] {
        assert_eq!(keyed("EUR", keys).1, Some(Refused::Times), "{keys}");
    }
    assert_eq!(keyed("EUR", "999x1"), ("9.99".into(), None));
}

#[test]
fn delete_brings_terms_back_and_clear_takes_one_then_all() {
    assert_eq!(keyed("EUR", "1250+750ddd").0, "12.50");
    assert_eq!(keyed("EUR", "1250+7dd5").0, "125.05");
    assert_eq!(keyed("EUR", "3xd").0, "0.03");
    assert_eq!(keyed("EUR", "3x2dd5").0, "0.35");
    assert_eq!(keyed("EUR", "12.5+d5").0, "12.55", "a term comes back as it was keyed");
    assert_eq!(keyed("EUR", "1250+750c").0, "12.50");
    assert_eq!(keyed("EUR", "1250+750cc").0, "0.00");
}

#[test]
fn a_preset_is_the_term() {
    assert_eq!(keyed("EUR", "12p").0, "5.00");
    assert_eq!(keyed("EUR", "3xp+p").0, "20.00");
    assert_eq!(keyed("EUR", "12.3p4").0, "50.04", "and is keyed on as one without a point");
}

#[test]
fn a_sum_has_twenty_terms_at_most() {
    assert_eq!(keyed("EUR", &"1+".repeat(19)), ("0.19".into(), None));
    assert_eq!(keyed("EUR", &"1+".repeat(20)), ("0.20".into(), Some(Refused::TooManyTerms)));
}

#[test]
fn over_the_limit_nothing_changes() {
    let (text, refused) = keyed("EUR", "99999999991");
    assert_eq!(text, "99999999.99");
    assert!(matches!(refused, Some(Refused::OverLimit(_))));
    assert_eq!(keyed("EUR", "999999999z").0, "9999999.99");
    assert_eq!(keyed("EUR", "999999999.").0, "9999999.99");
    assert_eq!(keyed("EUR", "9999999999+1").0, "99999999.99");
    assert_eq!(keyed("EUR", "999x999999999").0, "99899990.01");
}

#[test]
fn another_limit_keeps_what_fits_and_converts_nothing() {
    let mut entry = most("EUR");
    for letter in "3x250".chars() {
        entry.press(key(letter)).unwrap();
    }
    assert_eq!(entry.under(limit(750, "USD")).amount(), limit(750, "USD"));
    assert_eq!(entry.under(limit(749, "USD")).amount().minor, 0);
    assert_eq!(entry.under(limit(10_000, "JPY")).amount().minor, 0);
}

#[test]
fn a_text_that_was_not_written_here_is_nothing() {
    let limits = [limit(10_000, "EUR")];
    for text in ["", "0", "1250", "€1", "USD+1", "EUR+10001", "EUR+0*5", "EUR+1000*1", "EUR+1*1*1"] {
        assert_eq!(Entry::from_text(text, &limits), None, "{text:?}");
    }
    let many = format!("EUR{}", "+1".repeat(21));
    assert_eq!(Entry::from_text(&many, &limits), None);
}

#[test]
fn what_is_pasted_is_read_or_refused_with_its_reason() {
    use Refused::{Ambiguous, Negative, NotAnAmount, OtherCurrency, TooManyDecimals};
    let cases = [
        ("12.50", "EUR", Ok(1250)),
        ("12,5", "EUR", Ok(1250)),
        (" 1 234,56 € ", "EUR", Ok(123_456)),
        ("EUR 1,234.56", "EUR", Ok(123_456)),
        ("1.234.567", "EUR", Ok(123_456_700)),
        ("1'234.50", "EUR", Ok(123_450)),
        ("١٢٫٥٠", "EUR", Ok(1250)),
        ("۱۲", "EUR", Ok(1200)),
        ("1250", "JPY", Ok(1250)),
        ("¥1,250,000", "JPY", Ok(1_250_000)),
        ("1.234", "KWD", Ok(1234)),
        ("1.234", "EUR", Err(Ambiguous)),
        ("1,234", "JPY", Err(Ambiguous)),
        ("-5", "EUR", Err(Negative)),
        ("\u{2212}5", "EUR", Err(Negative)),
        ("$5", "EUR", Err(OtherCurrency)),
        ("5 USD", "EUR", Err(OtherCurrency)),
        ("12.345,67", "EUR", Ok(1_234_567)),
        ("1,2345", "EUR", Err(TooManyDecimals)),
        ("12.5", "JPY", Err(TooManyDecimals)),
        ("1.234.5", "EUR", Err(NotAnAmount)),
        ("1,23,456", "EUR", Err(NotAnAmount)),
        ("1.234,567.8", "EUR", Err(NotAnAmount)),
        ("5.", "EUR", Err(NotAnAmount)),
        (".5", "EUR", Err(NotAnAmount)),
        ("", "EUR", Err(NotAnAmount)),
        ("tea", "EUR", Err(NotAnAmount)),
        ("1e3", "EUR", Err(OtherCurrency)),
        ("99999999999999999999", "EUR", Ok(u64::MAX)),
        ("1234,567.00", "EUR", Err(NotAnAmount)),
    ];
    for (text, code, wanted) in cases {
        assert_eq!(paste::amount(text, Currency::from_code(code).unwrap()), wanted, "{text:?} in {code}");
    }
}

proptest! {
    #[test]
    fn never_over_the_limit_and_refusals_change_nothing(
        most in 1..=Amount::MAX_MINOR,
        code in prop::sample::select(vec!["EUR", "JPY", "KWD"]),
        keys in "[0-9zdc.x+p]{0,60}",
    ) {
        let mut entry = Entry::new(limit(most, code));
        for letter in keys.chars() {
            let before = entry.clone();
            match entry.press(key(letter)) {
                Ok(()) => prop_assert!(entry.amount().minor <= most),
                Err(_) => prop_assert_eq!(&entry, &before),
            }
            let again = Entry::from_text(&entry.to_text(), &[limit(most, code)]);
            prop_assert_eq!(again.as_ref().map(Entry::amount), Some(entry.amount()), "{}", entry.to_text());
            prop_assert_eq!(again.map(|again| again.complete.len()), Some(entry.complete.len()));
        }
    }

    #[test]
    fn a_sum_is_what_arithmetic_says(terms in prop::collection::vec((prop::option::of(1..=999_u64), 1..=50_000_u64), 1..=20)) {
        let mut entry = most("EUR");
        let text = terms.iter().map(|(times, minor)| match times {
            Some(times) => format!("{times}x{minor}"),
            None => minor.to_string(),
        });
        for letter in text.collect::<Vec<_>>().join("+").chars() {
            prop_assert_eq!(entry.press(key(letter)), Ok(()));
        }
        let sum: u64 = terms.iter().map(|(times, minor)| times.unwrap_or(1) * minor).sum();
        prop_assert_eq!(entry.amount().minor, sum);
    }

    #[test]
    fn delete_takes_a_digit_back(keys in "[0-9.x+]{0,20}", digit in 1..=9_u8) {
        let mut entry = most("EUR");
        for letter in keys.chars() {
            let _ = entry.press(key(letter));
        }
        let before = entry.clone();
        if entry.press(Key::Digit(digit)).is_ok() {
            entry.press(Key::Delete).unwrap();
            prop_assert_eq!(entry, before);
        }
    }

    #[test]
    fn deleting_long_enough_leaves_nothing(keys in "[0-9z.x+p]{0,60}") {
        let mut entry = most("EUR");
        for letter in keys.chars() {
            let _ = entry.press(key(letter));
        }
        for _ in 0..400 {
            entry.press(Key::Delete).unwrap();
        }
        prop_assert_eq!(entry, most("EUR"));
    }

    #[test]
    fn no_paste_and_no_text_panics(text in ".{0,40}") {
        let _ = paste::amount(&text, Currency::from_code("EUR").unwrap());
        let _ = Entry::from_text(&text, &[limit(1_000, "EUR")]);
    }

    #[test]
    fn what_the_page_writes_can_be_pasted(minor in 0..=Amount::MAX_MINOR) {
        let euros = Currency::from_code("EUR").unwrap();
        let text = crate::words::amount(Amount::new(minor, euros));
        prop_assert_eq!(paste::amount(&text, euros), Ok(minor));
    }
}
