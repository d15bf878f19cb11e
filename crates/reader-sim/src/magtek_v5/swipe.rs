//! What the device sends of a swipe.

use dukpt::{Variant, WorkingKey};
use reader::magtek_v5::{CLEAR_LEN, EncryptionStatus, SwipeReport, Tail, Track};
use sha1::{Digest, Sha1};

use crate::keys::Keys;
use crate::{Faults, magtek};

/// Digits of a card number shown first, as from the factory.
const SHOWN_FIRST: usize = 4;
/// As in the published report: capable of prints, and bytes of a print.
const MAGNEPRINT_STATUS: [u8; 4] = [0xA1, 0x05, 0x00, 0x00];
const MAGNEPRINT_LEN: u8 = 54;

/// Where the tracks of a clear report begin, and their room.
const CLEAR_TRACKS: [usize; 3] = [7, 117, 227];
const CLEAR_ROOM: usize = 110;

/// Whether there is no key for another swipe.
pub(super) fn used_up(keys: &Keys, faults: Faults) -> bool {
    faults.keys_exhausted || keys.ksn().is_none()
}

/// The report of a reader that cannot encrypt (MT-211).
pub(super) fn clear(tracks: &[String; 3]) -> Vec<u8> {
    let mut report = vec![0; CLEAR_LEN];
    for (index, (track, start)) in tracks.iter().zip(CLEAR_TRACKS).enumerate() {
        let len = u8::try_from(track.len().min(CLEAR_ROOM)).unwrap_or_default();
        report.iter_mut().skip(3 + index).take(1).for_each(|byte| *byte = len);
        report.iter_mut().skip(start).take(CLEAR_ROOM).zip(track.bytes()).for_each(|(to, from)| *to = from);
    }
    report
}

/// The report of a MagneSafe reader: 887 bytes of a newer one, 856 otherwise.
pub(super) fn report(
    tracks: &[String; 3],
    keys: &mut Keys,
    serial: &str,
    newer: bool,
    faults: Faults,
) -> Vec<u8> {
    let mut report = SwipeReport {
        tracks: Default::default(),
        card_type: SwipeReport::BANK_CARD,
        card_status: 0,
        magneprint_status: MAGNEPRINT_STATUS,
        magneprint: vec![],
        magneprint_absolute_len: 0,
        serial: serial.to_owned(),
        status: EncryptionStatus::ENCRYPTING,
        ksn: [0; 10],
        session: [0; 8],
        tail: newer.then(|| tail(tracks)),
    };
    if faults.not_secure {
        report.status = EncryptionStatus::NOT_ENCRYPTING;
        report.tracks = tracks.each_ref().map(|track| read(track, track.as_bytes().to_vec(), track.clone()));
    } else if used_up(keys, faults) {
        report.status = EncryptionStatus(0x0107);
    } else if let Some((ksn, key)) = keys.take() {
        let key = key.working(Variant::Pin);
        report.ksn = ksn.bytes();
        report.session = key.encrypt(&[0; 8]).try_into().unwrap_or_default();
        report.magneprint = key.encrypt(&print(keys));
        report.magneprint_absolute_len = MAGNEPRINT_LEN;
        let mut number = 0;
        report.tracks = tracks.each_ref().map(|track| {
            number += 1;
            encrypted(track, number, &key, faults.read_error)
        });
    }
    report.encode()
}

fn encrypted(track: &str, number: usize, key: &WorkingKey, error: bool) -> Track {
    match track {
        "" => Track::default(),
        _ if error => Track { error, ..Track::default() },
        _ => read(track, key.encrypt(track.as_bytes()), magtek::masked(track, number, SHOWN_FIRST)),
    }
}

fn read(track: &str, encrypted: Vec<u8>, masked: String) -> Track {
    let absolute_len = u8::try_from(track.len()).unwrap_or(u8::MAX);
    Track { error: false, encrypted: encrypted.into(), masked: masked.into_bytes().into(), absolute_len }
}

fn print(keys: &mut Keys) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..7).flat_map(|_| keys.unpredictable().to_be_bytes()).collect();
    bytes.truncate(usize::from(MAGNEPRINT_LEN));
    bytes
}

fn tail(tracks: &[String; 3]) -> Tail {
    let [_, track_2, _] = tracks;
    Tail { counter: [0xFF; 3], version: *b"V05\0\0\0\0\0", track_2_hash: Sha1::digest(track_2).into() }
}
