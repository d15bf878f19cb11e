//! Miura: `E4` of a chip or contactless transaction, or `E1` of a swipe; `E3` or `E5` of a decision.

use dukpt::{Variant, decode_pin_block};
use tlv::{Tag, tag};
use zeroize::Zeroizing;

use super::{Account, Asked, Entry, Reading, UNDECIPHERABLE, decrypt, receipt, refuse_clear, text, value};
use crate::http::Refused;

pub(super) fn read(blob: &[u8], asked: Asked) -> Result<Reading, Refused> {
    let template = whole(blob)?;
    let (Some(encrypted), Some(ksn)) = (value(blob, tag::SRED_DATA)?, value(blob, tag::SRED_KSN)?) else {
        return Err(UNDECIPHERABLE);
    };
    let account = account(&decrypt(ksn, Variant::DekRequest, encrypted)?)?;
    if let (Some(block), Some(ksn)) = (value(blob, tag::PIN_BLOCK)?, value(blob, tag::PIN_KSN)?) {
        let block = decrypt(ksn, Variant::Pin, block)?;
        let block = Zeroizing::new(<[u8; 8]>::try_from(block.as_slice()).map_err(|_| UNDECIPHERABLE)?);
        decode_pin_block(*block, &account.pan).map_err(|_| UNDECIPHERABLE)?;
    }
    let entry = match template {
        tag::ONLINE_REQUIRED if value(blob, tag::CONTACTLESS_MODE)?.is_some() => Entry::Contactless,
        tag::ONLINE_REQUIRED => Entry::Chip,
        tag::RESPONSE => Entry::Swipe,
        _ => return Err(UNDECIPHERABLE),
    };
    if entry != Entry::Swipe {
        asked.check(blob)?;
    }
    Ok(account.reading(entry, text(blob, tag::CARDHOLDER_NAME)?, receipt(blob)?))
}

pub(super) fn is_approved_by_card(blob: &[u8]) -> Result<bool, Refused> {
    match whole(blob)? {
        tag::APPROVED => Ok(true),
        tag::DECLINED => Ok(false),
        _ => Err(UNDECIPHERABLE),
    }
}

/// The tag of the only object, after a check that nothing inside is in clear.
fn whole(blob: &[u8]) -> Result<Tag, Refused> {
    let mut objects = tlv::read(blob);
    let (Some(Ok(object)), None) = (objects.next(), objects.next()) else { return Err(UNDECIPHERABLE) };
    refuse_clear(blob, &[])?;
    Ok(object.tag)
}

fn account(clear: &[u8]) -> Result<Account, Refused> {
    let mut account = Err(UNDECIPHERABLE);
    for object in tlv::read_padded(clear) {
        let object = object.map_err(|_| UNDECIPHERABLE)?;
        match object.tag {
            tag::TRACK_2_EQUIVALENT => account = Account::of_equivalent(object.value),
            tag::TRACK_2 => account = Account::of_track_2(object.value),
            _ => {}
        }
    }
    account
}
