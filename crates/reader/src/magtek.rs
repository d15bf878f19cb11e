//! How MagTek masks a track: with zeros, one of which is another digit for the sake of the check digit (MagneSafe V5
//! reference, "Masked Track Data"). What is mask can therefore not be told by its character.

use crate::{MaskedCard, Scheme};

/// How many digits of a card number a reader shows at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// The factory's setting.
pub(crate) const FACTORY: Shown = Shown { first: 4, last: 4 };

/// A track shows more of a card number than its first six and last four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShowsTooMuch;

/// A number of that many digits may be a card number (ISO/IEC 7812).
const MIN_PAN: usize = 13;

/// Whether any number in a masked track shows more than it may.
pub(crate) fn check(track: &str) -> Result<(), ShowsTooMuch> {
    let numbers = track.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() >= MIN_PAN);
    let too_much =
        numbers.map(hidden).any(|hidden| hidden.bytes().filter(|digit| *digit != b'0').count() > 1);
    if too_much || number(track).is_some_and(|pan| shows_between_masks(&pan)) {
        return Err(ShowsTooMuch);
    }
    Ok(())
}

/// Takes what may be shown from masked tracks 1 and 2, `%B5452…7189^HOGAN/PAUL^0804…?` and `;5452…7189=0804…?`. What
/// the reader masks is left out. Neither track may fail [`check`].
pub(crate) fn masked_card(track_1: &str, track_2: &str, shown: Shown) -> MaskedCard {
    let pan = number(track_2).or_else(|| number(track_1)).unwrap_or_default();
    let digits = |text: Option<&str>| {
        text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
    };
    let end = |len: usize| pan.len().checked_sub(len).and_then(|start| pan.get(start..));
    let first = |len: usize| digits(pan.get(..len).filter(|_| shown.first >= len));
    let expiry = track_2.split_once('=').and_then(|(_, rest)| rest.get(..4));
    let month = expiry.and_then(|expiry| expiry.get(2..)?.parse::<u8>().ok());
    let name = track_1.split('^').nth(1).unwrap_or_default().trim();
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(26).collect();
    MaskedCard {
        first6: first(6),
        last4: digits(end(4).filter(|_| shown.last >= 4)),
        scheme: first(4).and_then(|first| scheme(&first)),
        expiry: digits(expiry.filter(|_| matches!(month, Some(1..=12)))),
        cardholder: Some(name).filter(|name| !name.is_empty()),
    }
}

/// The scheme, where the first four digits leave only one.
fn scheme(first4: &str) -> Option<Scheme> {
    let low = first4.parse::<u32>().ok()? * 100;
    Scheme::of(low).filter(|scheme| Scheme::of(low + 99) == Some(*scheme))
}

/// The card number of a masked track, which other letters than zeros may mask as well.
fn number(track: &str) -> Option<String> {
    let (start, _) = track.split_once(['^', '='])?;
    Some(start.trim_start_matches(['%', 'B', ';', '+']).to_owned())
}

/// What lies between the first six and the last four.
fn hidden(number: &str) -> &str {
    number.get(6..number.len().saturating_sub(4)).unwrap_or_default()
}

/// A number that is masked by letters must not show digits of the part that has to be hidden.
fn shows_between_masks(pan: &str) -> bool {
    let masked = pan.bytes().any(|byte| !byte.is_ascii_digit());
    masked && hidden(pan).bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const TRACK_1: &str = "%B5452000000007189^HOGAN/PAUL      ^08040000000000000000000?";
    const TRACK_2: &str = ";5452000000007189=080400000000000000?";

    #[test]
    fn published_tracks_show_what_they_may() {
        for track in [TRACK_1, TRACK_2, ";5163000050000445=000000000000?", ""] {
            assert_eq!(check(track), Ok(()), "{track}");
        }
        let card = masked_card(TRACK_1, TRACK_2, FACTORY);
        assert_eq!((card.first6, card.last4.as_deref()), (None, Some("7189")));
        assert_eq!((card.scheme, card.expiry.as_deref()), (Some(Scheme::Mastercard), Some("0804")));
        assert_eq!(card.cardholder.as_deref(), Some("HOGAN/PAUL"));
    }

    #[test]
    fn six_digits_are_taken_from_a_reader_that_shows_six() {
        let card = masked_card("", ";5312570002008112=0000?", Shown { first: 6, last: 4 });
        assert_eq!((card.first6.as_deref(), card.expiry), (Some("531257"), None));
        let card = masked_card("", ";5312**********12=2912?", Shown { first: 4, last: 2 });
        assert_eq!((card.first6, card.last4, card.scheme), (None, None, Some(Scheme::Mastercard)));
        assert_eq!(card.expiry.as_deref(), Some("2912"));
    }

    #[test]
    fn what_shows_more_is_refused() {
        for track in [
            ";5452300551227189=080432100000007250?",
            "%B5452300551227189^HOGAN/PAUL      ^08043210000000725000000?",
            ";54523005****7189=0804?",
            ";5452******227189=0804?",
            "+5452300551227189",
        ] {
            assert_eq!(check(track), Err(ShowsTooMuch), "{track}");
        }
    }
}
