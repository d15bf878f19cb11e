//! Card data as the reader sends it: what may be shown is taken out, the rest is passed on as it came.

use tlv::{Tag, tag};
use zeroize::Zeroizing;

use super::status_word::PIN_FAILURES;
use super::terms::MAX_TRACK_2;
use super::{Answer, PinTerms, StatusWord, Terms};
use crate::{CardRead, EncryptedData, Entry, Fault, MaskedCard, Scheme};

/// Where a card number or a track would be readable by anybody.
const CLEAR: [Tag; 9] = [
    tag::TRACK_1,
    tag::TRACK_2,
    tag::TRACK_3,
    tag::TRACK_2_EQUIVALENT,
    tag::PAN,
    tag::TRACK_1_EQUIVALENT,
    tag::TRACK_2_CONTACTLESS,
    tag::CONTACTLESS_TRACK_1,
    tag::CONTACTLESS_TRACK_2,
];

/// Whether a message carries card data in clear.
pub(super) fn is_clear(body: &[u8]) -> bool {
    CLEAR.into_iter().any(|tag| matches!(tlv::find(body, tag), Ok(Some([_, ..]))))
}

/// A swipe with what decides whether it may be used.
pub(super) struct Swipe {
    pub(super) read: CardRead,
    /// The service code says that the card has a chip (ISO/IEC 7813).
    pub(super) has_chip: bool,
    /// The service code wants the issuer to check a PIN.
    pub(super) wants_pin: bool,
}

/// What the reader's display calls a card of no scheme that we know.
const ANY_CARD: &str = "Card";

/// The E1 of a swipe. `None` when the stripe was not read well enough to encrypt anything.
pub(super) fn swipe(body: &[u8]) -> Result<Option<Swipe>, Fault> {
    let template = only_object(body, tag::RESPONSE)?;
    let (Some(ksn), Some(track)) = (ksn(template)?, text(template, tag::MASKED_TRACK_2)?) else {
        return Ok(None);
    };
    let mut card = MaskedCard::default();
    let service_code = set_track(&mut card, &track)?;
    let read = CardRead {
        entry: Entry::Swipe,
        encrypted: EncryptedData::new(template.to_vec()),
        card,
        pin_entered: false,
        ksn: Some(ksn),
    };
    Ok(Some(Swipe {
        read,
        has_chip: service_code.starts_with(['2', '6']),
        wants_pin: service_code.ends_with(['0', '3', '5']),
    }))
}

/// What ONLINE_PIN is asked for a swipe. `None` when its track is longer than a track can be.
pub(super) fn pin_terms(read: &CardRead, terms: &Terms) -> Option<PinTerms> {
    let track = tlv::find(read.encrypted.bytes(), tag::MASKED_TRACK_2).ok().flatten()?;
    Some(PinTerms {
        amount: terms.amount,
        label: read.card.scheme.map_or(ANY_CARD, Scheme::name).to_owned(),
        currency: terms.currency,
        track: (track.len() <= MAX_TRACK_2).then(|| track.to_vec())?,
    })
}

/// What came of ONLINE_PIN.
pub(super) enum Pin {
    /// The PIN is in; the swipe with the encrypted PIN in it.
    Entered(CardRead),
    /// The customer went on without one.
    Bypassed(CardRead),
    /// The customer cancelled or typed nothing in time; which of them the reader does not tell.
    Cancelled,
    /// The reader failed; the vendor's error number, or 1000 and the byte of the answer.
    Failed(u16),
}

/// Reads the answer to ONLINE_PIN: E1 with block and key serial number, or one byte (MPI API §6, ONLINE_PIN).
pub(super) fn pin(read: CardRead, answer: Answer<'_>) -> Result<Pin, Fault> {
    let body = match (answer.status, answer.body) {
        (_, [0x08]) | (StatusWord::CANCELLED, _) => return Ok(Pin::Cancelled),
        (_, [0x0C]) => return Ok(Pin::Bypassed(read)),
        (_, [byte]) if PIN_FAILURES.contains(&(1000 + u16::from(*byte))) => {
            return Ok(Pin::Failed(1000 + u16::from(*byte)));
        }
        (StatusWord::OK, body) => only_object(body, tag::RESPONSE)?,
        (status, _) => return Ok(Pin::Failed(status.code())),
    };
    let part = |tag, len| find(body, tag)?.filter(|value| value.len() == len).ok_or(Fault::Unexpected);
    let (block, ksn) = (part(tag::PIN_BLOCK, 8)?, part(tag::PIN_KSN, 10)?);
    let swipe = find(read.encrypted.bytes(), tag::RESPONSE)?.ok_or(Fault::Unexpected)?;
    let objects = Zeroizing::new(
        [swipe, &tlv::object(tag::PIN_BLOCK, block), &tlv::object(tag::PIN_KSN, ksn)].concat(),
    );
    let encrypted = EncryptedData::new(tlv::object(tag::RESPONSE, &objects));
    Ok(Pin::Entered(CardRead { encrypted, pin_entered: true, ..read }))
}

/// The E4 of a chip or contactless card.
pub(super) fn online(body: &[u8]) -> Result<CardRead, Fault> {
    let template = only_object(body, tag::ONLINE_REQUIRED)?;
    let mut card = MaskedCard::default();
    if let Some(track) = text(template, tag::MASKED_TRACK_2_CHIP)? {
        set_track(&mut card, &track)?;
    }
    if let Some(pan) = find(template, tag::MASKED_PAN)? {
        // An odd number of digits is filled up with an F, which is no mask.
        let pan = hex::encode_upper(pan);
        let pan = pan.trim_end_matches('F');
        card.set_pan(pan).map_err(|_| Fault::ClearData)?;
    }
    if let Some(expiry) = find(template, tag::EXPIRY)? {
        card.expiry = hex::encode(expiry).get(..4).map(str::to_owned);
    }
    card.cardholder = text(template, tag::CARDHOLDER_NAME)?
        .map(|name| name.trim().chars().filter(|letter| !letter.is_control()).take(26).collect::<String>())
        .filter(|name| !name.is_empty());
    // Without encrypted data the gateway could not charge anything.
    let ksn = ksn(template)?.ok_or(Fault::Unexpected)?;
    let contactless = find(template, tag::CONTACTLESS_MODE)?.is_some();
    Ok(CardRead {
        entry: if contactless { Entry::Contactless } else { Entry::Chip },
        encrypted: EncryptedData::new(template.to_vec()),
        card,
        pin_entered: pin_entered(find(template, tag::CVM_RESULTS)?),
        ksn: Some(ksn),
    })
}

/// Whether the card signed what was asked for.
pub(super) fn agrees(read: &CardRead, terms: &Terms) -> bool {
    let is = |tag: Tag, value: &[u8]| tlv::find(read.encrypted.bytes(), tag) == Ok(Some(value));
    is(tag::AMOUNT, &terms.amount) && is(tag::CURRENCY, &terms.currency)
}

/// The one object of a body, whole.
pub(super) fn only_object(body: &[u8], tag: Tag) -> Result<&[u8], Fault> {
    let mut objects = tlv::read_padded(body);
    match (objects.next(), objects.next()) {
        (Some(Ok(object)), None) if object.tag == tag => Ok(object.raw),
        _ => Err(Fault::Unexpected),
    }
}

/// EMV Book 4 annex A.4: the method, and whether it failed (1).
fn pin_entered(cvm_results: Option<&[u8]>) -> bool {
    matches!(cvm_results, Some([method, _, result]) if matches!(method & 0x3F, 0x01..=0x05) && *result != 1)
}

/// `;476173******0010=1512201…`: number, expiry, service code. Gives the service code.
fn set_track(card: &mut MaskedCard, track: &str) -> Result<String, Fault> {
    let (pan, rest) = track.trim_start_matches(';').split_once('=').ok_or(Fault::Unexpected)?;
    card.set_pan(pan).map_err(|_| Fault::ClearData)?;
    let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
    card.expiry = rest.get(..4).filter(digits).map(str::to_owned);
    Ok(rest.get(4..7).filter(digits).unwrap_or_default().to_owned())
}

/// The serial number of the key, when there is encrypted data that it belongs to.
fn ksn(template: &[u8]) -> Result<Option<String>, Fault> {
    let data = find(template, tag::SRED_DATA)?.filter(|data| !data.is_empty());
    Ok(data.and(find(template, tag::SRED_KSN)?).map(hex::encode_upper))
}

fn text(template: &[u8], tag: Tag) -> Result<Option<String>, Fault> {
    Ok(find(template, tag)?.map(|value| value.iter().copied().map(char::from).collect()))
}

fn find(template: &[u8], tag: Tag) -> Result<Option<&[u8]>, Fault> {
    tlv::find(template, tag).map_err(|_| Fault::Unexpected)
}
