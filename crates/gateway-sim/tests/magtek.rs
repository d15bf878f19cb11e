//! The data of MagTek readers: what is taken, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{KSN, Shop, accepted, encrypt, refusal};
use dukpt::Variant;
use gateway_sim::Settings;
use paynet::{Accepted, EncryptedData, OrderStatus, ReplyError, Status};
use serde_json::json;
use tlv::{Tag, object, tag};

const TRACK_1: &[u8] = b"%B4761739001010010^LEE/ALEX^29122010000000725000000?";
const TRACK_2: &[u8] = b";4761739001010010=29122010000007250?";

fn data(bytes: &[u8]) -> EncryptedData {
    EncryptedData::from_hex(&hex::encode(bytes)).unwrap()
}

fn pay(shop: &mut Shop, encrypted_type: &str, bytes: &[u8]) -> Result<Accepted, ReplyError> {
    let request = shop.sale_request_of(encrypted_type, "A", 1000, &data(bytes));
    accepted(&shop.send(&request))
}

/// The status at the end of a sale that needs no advice.
fn paid(encrypted_type: &str, bytes: &[u8]) -> OrderStatus {
    let mut shop = Shop::new(Settings::default());
    pay(&mut shop, encrypted_type, bytes).unwrap();
    shop.pass(1500);
    let status = shop.status("A");
    assert_eq!(status.status, Status::Approved);
    assert_eq!(shop.counts()["orders"][0]["entry"], if bytes.len() > 500 { "swipe" } else { "contactless" });
    status
}

/// First six and last four digits, as a status shows them.
fn ends(status: &OrderStatus) -> (&str, &str) {
    (status.fields.get("bin").unwrap(), status.fields.get("last-four-digits").unwrap())
}

fn refused(encrypted_type: &str, bytes: &[u8]) -> String {
    let mut shop = Shop::new(Settings::default());
    let message = refusal(pay(&mut shop, encrypted_type, bytes)).message;
    assert_eq!(shop.counts()["orders"], json!([]));
    message
}

const UNDECIPHERABLE: &str = "Can not decrypt card data";
const NOT_ENCRYPTED: &str = "Card data is not encrypted";

/// A swipe's input report.
fn report(variant: Variant) -> Vec<u8> {
    let mut report = vec![0; 887];
    for (index, (track, at)) in [(TRACK_1, 7), (TRACK_2, 119)].into_iter().enumerate() {
        let encrypted = encrypt(KSN, variant, track);
        report[3 + index] = u8::try_from(encrypted.len()).unwrap();
        report[at..at + encrypted.len()].copy_from_slice(&encrypted);
        report[852 + index] = u8::try_from(track.len()).unwrap();
    }
    report[494] = 0x06;
    report[495..505].copy_from_slice(&KSN);
    report
}

#[test]
fn a_swipe_under_the_pin_variant_is_taken() {
    let status = paid("magtek-v5", &report(Variant::Pin));
    assert_eq!(ends(&status), ("476173", "0010"));
}

#[test]
fn a_report_that_is_anything_else_is_refused() {
    assert_eq!(refused("magtek-v5", &report(Variant::DekRequest)), UNDECIPHERABLE);
    assert_eq!(refused("magtek-v5", &[0; 337]), NOT_ENCRYPTED);
    let cases: [(usize, u8, &str); 6] = [
        (6, 4, UNDECIPHERABLE),
        (494, 0x02, NOT_ENCRYPTED),
        (504, 2, UNDECIPHERABLE),
        (4, 113, UNDECIPHERABLE),
        (852, 200, UNDECIPHERABLE),
        (853, 10, UNDECIPHERABLE),
    ];
    for (at, byte, message) in cases {
        let mut report = report(Variant::Pin);
        report[at] = byte;
        assert_eq!(refused("magtek-v5", &report), message, "{at}");
    }
    let other_card = encrypt(KSN, Variant::Pin, b"%B5413330089010434^OLD/CARD^29122010000000725000000?");
    let mut mixed = report(Variant::Pin);
    mixed[7..7 + other_card.len()].copy_from_slice(&other_card);
    assert_eq!(refused("magtek-v5", &mixed), UNDECIPHERABLE);
}

/// F8: objects in FC, padded and encrypted.
fn encrypted(clear: &[u8], variant: Variant) -> Vec<u8> {
    let clear = object(Tag::new(0xFC), clear);
    let data = encrypt(KSN, variant, &clear);
    let padding = u8::try_from(data.len() - clear.len()).unwrap();
    let objects = [
        object(Tag::new(0xDFDF59), &data),
        object(Tag::new(0xDFDF56), &KSN),
        object(Tag::new(0xDFDF57), &[0x80]),
        object(Tag::new(0xDFDF58), &[padding]),
    ];
    object(Tag::new(0xF8), &objects.concat())
}

/// Length, F9, padding, MAC.
fn signed(generic: &[u8]) -> Vec<u8> {
    let objects = [
        object(Tag::new(0xDFDF54), &KSN),
        object(Tag::new(0xDFDF55), &[0x82]),
        object(Tag::new(0xDFDF25), b"B571AF2"),
        object(Tag::new(0xFA), generic),
    ];
    let container = object(Tag::new(0xF9), &objects.concat());
    let mut blob = [&u16::try_from(container.len()).unwrap().to_be_bytes()[..], &container].concat();
    blob.resize(blob.len().next_multiple_of(8), 0);
    let chain = encrypt(KSN, Variant::MacRequest, &blob);
    blob.extend(&chain[chain.len() - 8..chain.len() - 4]);
    blob
}

fn chip(minor: u64) -> Vec<u8> {
    [
        object(tag::TRACK_2_EQUIVALENT, &hex::decode("4761739001010010D29122011143878089").unwrap()),
        object(tag::CARDHOLDER_NAME, b"LEE/ALEX"),
        object(tag::AMOUNT, &hex::decode(format!("{minor:012}")).unwrap()),
        object(tag::CURRENCY, &[0x09, 0x78]),
        object(tag::TVR, &[0, 0, 0, 0x80, 0]),
    ]
    .concat()
}

fn stripe() -> Vec<u8> {
    let objects = [
        object(Tag::new(0xDFDF37), &encrypt(KSN, Variant::DekRequest, TRACK_1)),
        object(Tag::new(0xDFDF39), &encrypt(KSN, Variant::DekRequest, TRACK_2)),
        object(Tag::new(0xDFDF50), &KSN),
    ];
    object(Tag::new(0xF4), &objects.concat())
}

fn card_data(kind: u8, clear: &[u8]) -> Vec<u8> {
    let objects = [object(Tag::new(0xDFDF52), &[kind]), encrypted(clear, Variant::DekRequest)];
    signed(&object(Tag::new(0x70), &objects.concat()))
}

fn batch_data(status: u8) -> Vec<u8> {
    let status = object(Tag::new(0xF1), &object(Tag::new(0xDFDF1A), &[status]));
    let batch = encrypted(&object(Tag::new(0xF2), &chip(1000)), Variant::DekRequest);
    signed(&object(Tag::new(0xF0), &[status, batch].concat()))
}

#[test]
fn taps_and_swipes_under_the_data_variant_need_no_advice() {
    let tap = paid("magtek-mms", &card_data(0x06, &chip(1000)));
    assert_eq!(ends(&tap), ("476173", "0010"));
    for kind in [0x01, 0x07] {
        let mut swipe = Shop::new(Settings::default());
        pay(&mut swipe, "magtek-mms", &card_data(kind, &stripe())).unwrap();
        swipe.pass(1500);
        assert_eq!(swipe.status("A").status, Status::Approved);
        assert_eq!(swipe.counts()["orders"][0]["entry"], "swipe");
    }
}

#[test]
fn a_contact_chip_waits_for_the_batch_data_as_its_advice() {
    for (status, end) in [(0, Status::Approved), (1, Status::Declined)] {
        let mut shop = Shop::new(Settings::default());
        let order = pay(&mut shop, "magtek-mms", &card_data(0x05, &chip(1000))).unwrap();
        shop.pass(1500);
        assert_eq!(shop.counts()["orders"][0]["stage"], "sale_emv_validating");
        let spoilt = [&batch_data(status)[1..], &[0]].concat();
        assert_eq!(refusal(shop.advise_of("magtek-mms", &order, &data(&spoilt))).message, UNDECIPHERABLE);
        let other = refusal(shop.advise(&order, true));
        assert_eq!(other.message, "Parameter encrypted-type is invalid");
        shop.advise_of("magtek-mms", &order, &data(&batch_data(status))).unwrap();
        shop.pass(1500);
        assert_eq!(shop.status("A").status, end);
    }
}

#[test]
fn a_blob_that_is_anything_else_is_refused() {
    let good = card_data(0x05, &chip(1000));
    for at in 0..good.len() {
        let mut spoilt = good.clone();
        spoilt[at] ^= 0x11;
        let message = refused("magtek-mms", &spoilt);
        assert!([UNDECIPHERABLE, NOT_ENCRYPTED].contains(&message.as_str()), "{at}: {message}");
    }
    assert!(refused("magtek-mms", &card_data(0x05, &chip(999))).starts_with("Amount or currency differs"));
    assert_eq!(refused("magtek-mms", &card_data(0x01, &chip(1000))), UNDECIPHERABLE);
    let plain = object(tag::TRACK_2_EQUIVALENT, &[0x47]);
    let clear = [plain, encrypted(&chip(1000), Variant::DekRequest)].concat();
    assert_eq!(refused("magtek-mms", &signed(&object(Tag::new(0x70), &clear))), NOT_ENCRYPTED);
    let under_pin_key = [object(Tag::new(0xDFDF52), &[0x05]), encrypted(&chip(1000), Variant::Pin)].concat();
    assert_eq!(refused("magtek-mms", &signed(&object(Tag::new(0x70), &under_pin_key))), UNDECIPHERABLE);
    assert_eq!(refused("magtek-mms", &batch_data(0)), UNDECIPHERABLE);
}

#[test]
fn the_type_decides_how_data_is_read_and_is_a_setting() {
    assert_eq!(refused("magtek-v5", &card_data(0x06, &chip(1000))), NOT_ENCRYPTED);
    assert_eq!(refused("magtek-mms", &report(Variant::Pin)), UNDECIPHERABLE);
    assert_eq!(refused("magtek", &report(Variant::Pin)), "Parameter encrypted-type is invalid");
    let mut shop = Shop::new(Settings::default());
    shop.control("POST", "/control/settings", r#"{"encrypted_types": {"magtek-v5": "agreed"}}"#);
    assert_eq!(
        refusal(pay(&mut shop, "magtek-v5", &report(Variant::Pin))).message,
        "Parameter encrypted-type is invalid"
    );
    pay(&mut shop, "agreed", &report(Variant::Pin)).unwrap();
}
