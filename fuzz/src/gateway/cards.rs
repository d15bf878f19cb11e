//! Card data: in the open, inside the encryption, or as a PIN block.

use std::sync::OnceLock;

use dukpt::{BaseKey, Ksn, Variant, encode_pin_block};
use paynet::{Dialect, EncryptedData, reply};
use reader::magtek_mms::tags;
use tlv::{object, tag};

use super::{MINOR, Shop, control, http};

const KSN: [u8; 10] = [0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, 0xE0, 0, 1];
const PAN: &str = "4761739001010010";

fn encrypted(variant: Variant, clear: &[u8]) -> Vec<u8> {
    const TEST_KEY: [u8; 16] =
        [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10];
    let ksn = Ksn::new(KSN);
    BaseKey::new(TEST_KEY).initial(ksn).transaction(ksn).working(variant).encrypt(clear)
}

/// The track of a chip, as the reader encrypts it.
fn track() -> Vec<u8> {
    object(tag::TRACK_2_EQUIVALENT, &hex::decode("4761739001010010D15122011143878089").unwrap())
}

fn signed() -> Vec<u8> {
    [object(tag::AMOUNT, &hex::decode(format!("{MINOR:012}")).unwrap()), object(tag::CURRENCY, &[0x09, 0x78])]
        .concat()
}

/// A chip's reading of [`MINOR`] EUR cents, round what it encrypted.
fn miura(sred: &[u8], more: &[u8]) -> Vec<u8> {
    let objects =
        [object(tag::SRED_DATA, sred), object(tag::SRED_KSN, &KSN), signed(), more.to_vec()].concat();
    object(tag::ONLINE_REQUIRED, &objects)
}

/// A swipe's input report, whose track 2 is this.
fn magtek_v5(track_2: &[u8]) -> Vec<u8> {
    let track_2 = track_2.get(..112).unwrap_or(track_2);
    let ciphertext = encrypted(Variant::Pin, track_2);
    let mut report = vec![0; 887];
    report[4] = u8::try_from(ciphertext.len()).unwrap();
    report[119..119 + ciphertext.len()].copy_from_slice(&ciphertext);
    report[494] = 0x06;
    report[495..505].copy_from_slice(&KSN);
    report[853] = u8::try_from(track_2.len()).unwrap();
    report
}

/// A contact chip's blob, whose encrypted container holds this, under a MAC that fits.
fn magtek_mms(objects: &[u8]) -> Vec<u8> {
    let clear = object(tags::DECRYPTED, objects);
    let data = encrypted(Variant::DekRequest, &clear);
    let padding = u8::try_from(data.len() - clear.len()).unwrap();
    let card = [
        object(tags::CARD_TYPE, &[0x05]),
        object(tags::DATA, &data),
        object(tags::KSN, &KSN),
        object(tags::ENCRYPTION_TYPE, &[0x80]),
        object(tags::PADDING, &[padding]),
    ];
    let container = [object(tags::MAC_KSN, &KSN), object(tags::TRANSACTION, &card.concat())].concat();
    let container = object(tags::SIGNED, &container);
    let len = u16::try_from(container.len()).unwrap();
    let mut blob = [&len.to_be_bytes()[..], &container].concat();
    blob.resize(blob.len().next_multiple_of(8), 0);
    let mac = encrypted(Variant::MacRequest, &blob);
    blob.extend_from_slice(&mac[mac.len() - 8..][..4]);
    blob
}

/// A reading that the gateway takes.
pub(super) fn chip() -> &'static EncryptedData {
    static CHIP: OnceLock<EncryptedData> = OnceLock::new();
    CHIP.get_or_init(|| hex(&miura(&encrypted(Variant::DekRequest, &track()), &[])))
}

pub(super) fn hex(blob: &[u8]) -> EncryptedData {
    EncryptedData::from_hex(&hex::encode(blob)).unwrap()
}

/// A sale whose card data is anything. The first byte chooses how.
pub(crate) fn cards(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let (family, blob) = match kind % 10 {
        0 if !bytes.is_empty() => ("miura", bytes.to_vec()),
        1 if !bytes.is_empty() => ("magtek-v5", bytes.to_vec()),
        2 if !bytes.is_empty() => ("magtek-mms", bytes.to_vec()),
        3 => ("miura", miura(&encrypted(Variant::DekRequest, &track()), bytes)),
        4 => {
            let mut block = encode_pin_block("1234", PAN).unwrap();
            block.iter_mut().zip(bytes).for_each(|(byte, change)| *byte ^= change);
            let block = object(tag::PIN_BLOCK, &encrypted(Variant::Pin, &block));
            let pin = [block, object(tag::PIN_KSN, &KSN)].concat();
            ("miura", miura(&encrypted(Variant::DekRequest, &track()), &pin))
        }
        5 => ("magtek-v5", magtek_v5(bytes)),
        6 => ("magtek-mms", magtek_mms(bytes)),
        7 => ("magtek-mms", magtek_mms(&[&track()[..], &signed(), bytes].concat())),
        _ => ("miura", miura(&encrypted(Variant::DekRequest, bytes), &[])),
    };
    let mut shop = Shop::new();
    let request = shop.sale("AAAAAAAAAAAAAAAAAAAA", family, &hex(&blob));
    let header = request.headers.iter().find(|(name, _)| *name == "Authorization");
    let answer = shop.send(&request.url, header.map(|(_, value)| value.as_str()), &request.body);
    let accepted = reply::accepted(&http(&answer), &Dialect::default());
    let orders = control(&mut shop, "GET", "/control/orders", &[]);
    assert_eq!(orders["orders"].as_array().unwrap().len(), usize::from(accepted.is_ok()));
    // Unless it calls itself the cardholder's name.
    if !bytes.windows(PAN.len()).any(|digits| digits == PAN.as_bytes()) {
        assert!(
            !answer.body.contains(PAN) && !orders.to_string().contains(PAN),
            "a card number in an answer"
        );
    }
}
