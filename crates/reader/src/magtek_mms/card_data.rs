//! Card data as the reader sends it: what may be shown is taken out, the rest is passed on as it came.

use tlv::{Tag, tag};

use super::{Start, Technology, tags};
use crate::magtek::{self, Shown};
use crate::{CardRead, EncryptedData, Entry, Fault};

/// Where a card number or a track would be readable by anybody.
const CLEAR: [Tag; 7] = [
    tag::PAN,
    tag::TRACK_2_EQUIVALENT,
    tag::TRACK_1_EQUIVALENT,
    tag::TRACK_2_CONTACTLESS,
    tags::CLEAR_TRACK_1,
    tags::CLEAR_TRACK_2,
    tags::CLEAR_TRACK_3,
];

/// DUKPT of any cipher: bit 8 of the encryption type (MT-MMS "Encryption Type").
const DUKPT: u8 = 0x80;

/// Whether objects carry card data in clear.
pub(super) fn is_clear(objects: &[u8]) -> bool {
    CLEAR.into_iter().any(|tag| matches!(tlv::find(objects, tag), Ok(Some([_, ..]))))
}

/// A card with what decides whether it may be used.
pub(super) struct Read {
    pub(super) card: CardRead,
    /// Value of tag DFDF25, for the issuer's answer.
    pub(super) device: Vec<u8>,
    /// It is a bank card.
    pub(super) bank_card: bool,
    /// A stripe that says that the card has a chip (ISO/IEC 7813), not read because the chip failed.
    pub(super) chip_passed_over: bool,
}

/// The card data of a notification.
pub(super) fn read(by: Technology, blob: &[u8], shown: Shown) -> Result<Read, Fault> {
    let signed = signed(blob)?;
    let byte = |tag: Tag| Ok::<_, Fault>(find(signed, tag)?.and_then(|value| value.first().copied()));
    let data = find(signed, tags::DATA)?.filter(|data| !data.is_empty());
    let (Some(data), Some(ksn)) = (data, find(signed, tags::KSN)?) else { return Err(Fault::Unexpected) };
    let encrypted = byte(tags::ENCRYPTION_TYPE)?.is_some_and(|kind| kind & DUKPT != 0);
    if !encrypted || is_clear(signed) || is_plain(data) {
        return Err(Fault::ClearData);
    }
    let text = |tag| Ok::<_, Fault>(find(signed, tag)?.map(latin).unwrap_or_default());
    let track_1 = text(tags::MASKED_TRACK_1)?;
    let track_2 = match by {
        Technology::Stripe => text(tags::MASKED_TRACK_2)?,
        Technology::Contact | Technology::Contactless => text(tags::MASKED_TRACK_2_CHIP)?,
    };
    let kind = byte(tags::CARD_TYPE)?;
    let bank_card = matches!(kind, Some(0x01 | 0x05..=0x08));
    // Cards of other kinds come unmasked; they are no cards to pay with, and dropped.
    for track in [&track_1, &track_2, &text(tags::MASKED_TRACK_3)?] {
        magtek::check(track).or(if bank_card { Err(Fault::ClearData) } else { Ok(()) })?;
    }
    let mut card = magtek::masked_card(&track_1, &track_2, shown);
    let name = text(tag::CARDHOLDER_NAME)?;
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).take(26).collect();
    card.cardholder = card.cardholder.or(Some(name).filter(|name| !name.is_empty()));
    let fell_back = byte(tags::FALLBACK)?.is_some_and(|fallback| fallback != 0);
    Ok(Read {
        card: CardRead {
            entry: match by {
                Technology::Stripe => Entry::Swipe,
                Technology::Contact => Entry::Chip,
                Technology::Contactless => Entry::Contactless,
            },
            encrypted: EncryptedData::new(blob.to_vec()),
            card,
            pin_entered: false,
            ksn: Some(hex::encode_upper(ksn)),
        },
        device: find(signed, tags::DEVICE)?.unwrap_or_default().to_vec(),
        bank_card,
        chip_passed_over: by == Technology::Stripe && kind == Some(0x07) && !fell_back,
    })
}

/// Whether the card signed what was asked for, as far as the card data shows it.
pub(super) fn agrees(blob: &[u8], start: &Start) -> bool {
    let same = |tag| match (signed(blob).and_then(|signed| find(signed, tag)), find(&start.objects, tag)) {
        (Ok(Some(shown)), Ok(Some(asked))) => shown == asked,
        (Ok(None), _) => true,
        _ => false,
    };
    same(tag::AMOUNT) && same(tag::CURRENCY)
}

/// Whether the result of a transaction says that the card accepted.
pub(super) fn accepted(blob: &[u8]) -> Result<bool, Fault> {
    let signed = signed(blob)?;
    if is_clear(signed) {
        return Err(Fault::ClearData);
    }
    match find(signed, tags::TRANSACTION_STATUS)? {
        Some([status]) => Ok(*status == 0),
        _ => Err(Fault::Unexpected),
    }
}

/// The container that the MAC covers: a length, the container, padding, four bytes of MAC that only the gateway can
/// check.
fn signed(blob: &[u8]) -> Result<&[u8], Fault> {
    let (len, rest) = blob.split_first_chunk().ok_or(Fault::Unexpected)?;
    let signed = rest.get(..usize::from(u16::from_be_bytes(*len))).ok_or(Fault::Unexpected)?;
    let mut objects = tlv::read(signed);
    match (objects.next(), objects.next()) {
        (Some(Ok(object)), None) if object.tag == tags::SIGNED => Ok(signed),
        _ => Err(Fault::Unexpected),
    }
}

/// Ciphertext that is nothing but what it should hide: the container for it, whole, and padding.
fn is_plain(data: &[u8]) -> bool {
    let mut objects = tlv::read_padded(data);
    let plain = |object: tlv::Object<'_>| {
        object.tag == tags::DECRYPTED && object.children().all(|object| object.is_ok())
    };
    matches!((objects.next(), objects.next()), (Some(Ok(object)), None) if plain(object))
}

fn find(objects: &[u8], tag: Tag) -> Result<Option<&[u8]>, Fault> {
    tlv::find(objects, tag).map_err(|_| Fault::Unexpected)
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
