//! MagTek MagneSafe V5: the input report of a swipe, whole. Offsets are those of the communication reference.

use core::ops::Range;

use dukpt::Variant;
use zeroize::Zeroizing;

use super::{Account, Entry, NOT_ENCRYPTED, Reading, UNDECIPHERABLE, decrypt};
use crate::http::Refused;

/// A report of this length holds clear tracks and nothing else.
const CLEAR_LEN: usize = 337;

/// Where a track is: length of its ciphertext, the ciphertext, its true length.
struct Track {
    encrypted_len: usize,
    encrypted: usize,
    absolute_len: usize,
}

const TRACK_1: Track = Track { encrypted_len: 3, encrypted: 7, absolute_len: 852 };
const TRACK_2: Track = Track { encrypted_len: 4, encrypted: 119, absolute_len: 853 };
const TRACK_LEN: usize = 112;

const CARD_TYPE: usize = 6;
const BANK_CARD: u8 = 0;
const ENCRYPTION_STATUS: Range<usize> = 493..495;
/// Keys are loaded and used.
const ENCRYPTING: u8 = 0x06;
const KSN: Range<usize> = 495..505;

pub(super) fn read(report: &[u8]) -> Result<Reading, Refused> {
    let status = report.get(ENCRYPTION_STATUS).and_then(<[u8]>::last).copied().unwrap_or_default();
    if report.len() == CLEAR_LEN || status & ENCRYPTING != ENCRYPTING {
        return Err(NOT_ENCRYPTED);
    }
    if byte(report, CARD_TYPE)? != BANK_CARD {
        return Err(UNDECIPHERABLE);
    }
    let account = Account::of_track_2(&TRACK_2.clear(report)?)?;
    let track_1 = TRACK_1.clear(report)?;
    let holder = if track_1.is_empty() { None } else { account.holder(&track_1)? };
    Ok(account.reading(Entry::Swipe, holder, Vec::new()))
}

impl Track {
    /// The track, decrypted with the PIN variant of its key and cut to its true length.
    fn clear(&self, report: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let ksn = report.get(KSN).ok_or(UNDECIPHERABLE)?;
        let len = usize::from(byte(report, self.encrypted_len)?);
        let field = report.get(self.encrypted..).and_then(|rest| rest.get(..TRACK_LEN));
        let encrypted = field.and_then(|field| field.get(..len)).ok_or(UNDECIPHERABLE)?;
        let mut clear = decrypt(ksn, Variant::Pin, encrypted)?;
        let len = usize::from(byte(report, self.absolute_len)?);
        if clear.get(len..).is_none_or(|padding| padding.iter().any(|byte| *byte != 0)) {
            return Err(UNDECIPHERABLE);
        }
        clear.truncate(len);
        Ok(clear)
    }
}

fn byte(report: &[u8], at: usize) -> Result<u8, Refused> {
    report.get(at).copied().ok_or(UNDECIPHERABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_published_report_decrypts() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../reader/tests/vectors/magtek.json")).unwrap();
        let published = |name: &str| hex::decode(vectors["v5"][name].as_str().unwrap()).unwrap();
        let report = published("report_856");
        for (index, track) in [TRACK_1, TRACK_2].into_iter().enumerate() {
            let clear = track.clear(&report).unwrap();
            assert_eq!(Some(clear.as_slice()), vectors["v5"]["clear"][index].as_str().map(str::as_bytes));
        }
        // The check digit of its card number is wrong, as that of no real card is.
        assert_eq!(read(&report), Err(UNDECIPHERABLE));
        assert_eq!(read(&published("report_level_2")), Err(NOT_ENCRYPTED));
    }
}
