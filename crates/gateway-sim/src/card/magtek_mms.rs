//! MagTek MMS: the blob of "ARQC update" or of "batch data", whole: length, container F9, padding, MAC.

use dukpt::{BaseKey, Ksn, Variant};
use tlv::{Tag, tag};
use zeroize::Zeroizing;

use super::{
    Account, Asked, Entry, NOT_ENCRYPTED, Reading, TEST_KEY, UNDECIPHERABLE, decrypt, receipt, refuse_clear,
    text, value,
};
use crate::http::Refused;

const SIGNED: Tag = Tag::new(0xF9);
const MAC_KSN: Tag = Tag::new(0xDFDF54);
const CARD_TYPE: Tag = Tag::new(0xDFDF52);
const RESULTS: Tag = Tag::new(0xF0);
const STATUS: Tag = Tag::new(0xDFDF1A);
const DATA: Tag = Tag::new(0xDFDF59);
const KSN: Tag = Tag::new(0xDFDF56);
const ENCRYPTION_TYPE: Tag = Tag::new(0xDFDF57);
const PADDING: Tag = Tag::new(0xDFDF58);
const DECRYPTED: Tag = Tag::new(0xFC);
const STRIPE: Tag = Tag::new(0xF4);
const TRACK_1: Tag = Tag::new(0xDFDF37);
const TRACK_2: Tag = Tag::new(0xDFDF39);
const STRIPE_KSN: Tag = Tag::new(0xDFDF50);

/// A stripe's tracks in clear.
const CLEAR_TRACKS: [Tag; 3] = [Tag::new(0xDF41), Tag::new(0xDF42), Tag::new(0xDF43)];

/// TDES DUKPT, data variant.
const DATA_VARIANT: u8 = 0x80;

/// Kinds of cards.
const CHIP: u8 = 0x05;
const CONTACTLESS: u8 = 0x06;

pub(super) fn read(blob: &[u8], asked: Asked) -> Result<Reading, Refused> {
    let signed = signed(blob)?;
    let clear = clear(signed)?;
    if let Some(stripe) = value(&clear, STRIPE)? {
        return read_stripe(stripe);
    }
    let entry = match value(signed, CARD_TYPE)? {
        Some([CHIP]) => Entry::Chip,
        Some([CONTACTLESS]) => Entry::Contactless,
        _ => return Err(UNDECIPHERABLE),
    };
    let account = Account::of_equivalent(value(&clear, tag::TRACK_2_EQUIVALENT)?.ok_or(UNDECIPHERABLE)?)?;
    asked.check(&clear)?;
    Ok(account.reading(entry, text(&clear, tag::CARDHOLDER_NAME)?, receipt(&clear)?))
}

pub(super) fn is_approved_by_card(blob: &[u8]) -> Result<bool, Refused> {
    let signed = signed(blob)?;
    clear(signed)?;
    let results = value(signed, RESULTS)?.ok_or(UNDECIPHERABLE)?;
    match value(results, STATUS)? {
        Some([status]) => Ok(*status == 0),
        _ => Err(UNDECIPHERABLE),
    }
}

/// The tracks of a stripe are encrypted once more.
fn read_stripe(stripe: &[u8]) -> Result<Reading, Refused> {
    let ksn = value(stripe, STRIPE_KSN)?.ok_or(UNDECIPHERABLE)?;
    let track = |tag| {
        let clear = decrypt(ksn, Variant::DekRequest, value(stripe, tag)?.unwrap_or_default())?;
        let end = clear.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        Ok::<_, Refused>(Zeroizing::new(clear.get(..end).unwrap_or_default().to_vec()))
    };
    let account = Account::of_track_2(&track(TRACK_2)?)?;
    let track_1 = track(TRACK_1)?;
    let holder = if track_1.is_empty() { None } else { account.holder(&track_1)? };
    Ok(account.reading(Entry::Swipe, holder, Vec::new()))
}

/// The container that the MAC covers, after a check of the MAC and that nothing inside is in clear.
fn signed(blob: &[u8]) -> Result<&[u8], Refused> {
    let (covered, mac) = blob.split_last_chunk::<4>().ok_or(UNDECIPHERABLE)?;
    let (len, rest) = covered.split_first_chunk().ok_or(UNDECIPHERABLE)?;
    let signed = rest.get(..usize::from(u16::from_be_bytes(*len))).ok_or(UNDECIPHERABLE)?;
    let mut objects = tlv::read(signed);
    match (objects.next(), objects.next()) {
        (Some(Ok(object)), None) if object.tag == SIGNED => {}
        _ => return Err(UNDECIPHERABLE),
    }
    refuse_clear(signed, &CLEAR_TRACKS)?;
    let ksn = value(signed, MAC_KSN)?.and_then(|ksn| ksn.try_into().ok()).ok_or(UNDECIPHERABLE)?;
    let ksn = Ksn::new(ksn);
    let key = BaseKey::new(TEST_KEY).initial(ksn).transaction(ksn).working(Variant::MacRequest);
    let chain = key.encrypt(covered);
    let last = chain.last_chunk::<8>().and_then(|block| block.first_chunk::<4>());
    if !covered.len().is_multiple_of(8) || last != Some(mac) {
        return Err(UNDECIPHERABLE);
    }
    Ok(signed)
}

/// What the encrypted data holds, in its container.
fn clear(signed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refused> {
    if value(signed, ENCRYPTION_TYPE)? != Some(&[DATA_VARIANT]) {
        return Err(NOT_ENCRYPTED);
    }
    let (Some(data), Some(ksn)) = (value(signed, DATA)?, value(signed, KSN)?) else {
        return Err(UNDECIPHERABLE);
    };
    let padding = value(signed, PADDING)?.and_then(|padding| padding.first().copied()).unwrap_or_default();
    let mut clear = decrypt(ksn, Variant::DekRequest, data)?;
    let len = clear.len().checked_sub(padding.into()).ok_or(UNDECIPHERABLE)?;
    clear.truncate(len);
    let mut objects = tlv::read(&clear);
    match (objects.next(), objects.next()) {
        (Some(Ok(object)), None) if object.tag == DECRYPTED => {}
        _ => return Err(UNDECIPHERABLE),
    }
    Ok(clear)
}
