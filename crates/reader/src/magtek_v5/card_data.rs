//! What a swipe is, before anybody sees it.

use super::SwipeReport;
use crate::magtek::{self, Shown, ShowsTooMuch};
use crate::{CardRead, EncryptedData, Entry};

/// What came in an input report.
pub(super) enum Swipe {
    /// Card data that anybody can read, or more of a card number than may be shown.
    Clear,
    /// The reader has no key left.
    UsedUp,
    /// The reader gives card data to hosts only that hold its keys.
    Locked,
    /// Not read well enough to be charged, or no bank card.
    Unreadable,
    /// Encrypted and masked.
    Read(CardRead),
}

/// Judges the input report of a swipe. `raw` is what `report` was read from.
pub(super) fn judge(report: &SwipeReport, raw: &mut Vec<u8>, shown: Shown) -> Swipe {
    let [track_1, track_2, _] = &report.tracks;
    // Ciphertext comes in whole blocks; whatever else is in its place is no ciphertext.
    let clear = |len: usize| len > 0 && (!report.status.is_encrypting() || !len.is_multiple_of(8));
    // Cards of other kinds may come unmasked; they are no cards to pay with, and dropped.
    let bank_card = report.card_type == SwipeReport::BANK_CARD;
    let shows_too_much = |masked: &[u8]| bank_card && check(masked).is_err();
    if report.tracks.iter().any(|track| clear(track.encrypted.len()) || shows_too_much(&track.masked)) {
        return Swipe::Clear;
    }
    if report.status.is_used_up() {
        return Swipe::UsedUp;
    }
    if report.status.has(super::EncryptionStatus::AUTHENTICATION_REQUIRED) {
        return Swipe::Locked;
    }
    // Track 3 holds nothing that a payment needs.
    let unreadable = track_1.error || track_2.error || track_2.encrypted.is_empty();
    if unreadable || !bank_card {
        return Swipe::Unreadable;
    }
    Swipe::Read(CardRead {
        entry: Entry::Swipe,
        encrypted: EncryptedData::new(std::mem::take(raw)),
        card: magtek::masked_card(&text(&track_1.masked), &text(&track_2.masked), shown),
        pin_entered: false,
        ksn: Some(hex::encode_upper(report.ksn)),
    })
}

fn check(masked: &[u8]) -> Result<(), ShowsTooMuch> {
    magtek::check(&text(masked))
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Reads the property "ISO Track Mask", `04040Y`. `Err` when it shows more than first six and last four, or, by the
/// mask `V`, everything after the card number (MT-V5 §3).
pub(super) fn mask_setting(property: &[u8]) -> Result<Shown, ShowsTooMuch> {
    let number = |digits: Option<&[u8]>| {
        let text = str::from_utf8(digits?).ok()?;
        text.parse::<usize>().ok()
    };
    match (number(property.get(..2)), number(property.get(2..4)), property.get(4)) {
        (Some(first @ 0..=6), Some(last @ 0..=4), Some(mask)) if *mask != b'V' => Ok(Shown { first, last }),
        _ => Err(ShowsTooMuch),
    }
}
