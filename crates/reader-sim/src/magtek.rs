//! Tracks of test cards, and how MagTek masks them.

use crate::Card;

/// Issuer's discretionary data on tracks 1 and 2, as on the published card.
const DISCRETIONARY_1: &str = "0000000725000000";
const DISCRETIONARY_2: &str = "00000007250";

/// How many digits of a number are shown at its end.
const SHOWN_LAST: usize = 4;

/// Tracks 1 to 3 with their sentinels; nothing is on track 3.
pub(crate) fn tracks(card: &Card) -> [String; 3] {
    let Card { pan, holder, expiry, service_code, .. } = card;
    [
        format!("%B{pan}^{holder}^{expiry}{service_code}{DISCRETIONARY_1}?"),
        format!(";{pan}={expiry}{service_code}{DISCRETIONARY_2}?"),
        String::new(),
    ]
}

/// A track with everything masked by `0` but the first and the last digits of its number, name, expiry and separators.
/// One of the zeros becomes another digit for the sake of the check digit. Track 3 has no expiry that would be shown.
pub(crate) fn masked(track: &str, number: usize, shown_first: usize) -> String {
    let start = track.find(|letter: char| letter.is_ascii_digit()).unwrap_or(track.len());
    let (sentinel, rest) = track.split_at_checked(start).unwrap_or((track, ""));
    let Some((pan, rest)) = rest.split_once(['^', '=']) else { return zeros(track) };
    let pan = masked_pan(pan, shown_first);
    match rest.rsplit_once('^') {
        Some((name, rest)) => format!("{sentinel}{pan}^{name}^{}", tail(rest, 4)),
        None if number == 2 => format!("{sentinel}{pan}={}", tail(rest, 4)),
        None => format!("{sentinel}{pan}={}", zeros(rest)),
    }
}

fn tail(rest: &str, shown: usize) -> String {
    let (shown, hidden) = rest.split_at_checked(shown).unwrap_or((rest, ""));
    format!("{shown}{}", zeros(hidden))
}

fn zeros(text: &str) -> String {
    text.chars().map(|letter| if letter == '?' { '?' } else { '0' }).collect()
}

/// The published track 3 shows that the reader puts in what is missing to the sum, whatever the weight of that place.
fn masked_pan(pan: &str, shown_first: usize) -> String {
    let last = pan.len().saturating_sub(SHOWN_LAST);
    let hidden = shown_first..last;
    let zeroed: String =
        pan.chars().enumerate().map(|(at, digit)| if hidden.contains(&at) { '0' } else { digit }).collect();
    let odd_one = shown_first + hidden.len() / 2;
    let missing = (10 - weighted_sum(&zeroed) % 10) % 10;
    let put = |(at, digit)| match char::from_digit(missing, 10) {
        Some(missing) if at == odd_one && hidden.contains(&at) => missing,
        _ => digit,
    };
    zeroed.chars().enumerate().map(put).collect()
}

/// A multiple of ten when the check digit fits (ISO/IEC 7812-1 annex B).
fn weighted_sum(pan: &str) -> u32 {
    let twice = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    let digits = pan.chars().rev().filter_map(|letter| letter.to_digit(10));
    digits.enumerate().map(|(at, digit)| if at % 2 == 0 { digit } else { twice(digit) }).sum()
}
