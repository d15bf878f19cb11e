//! The published X9.24-1 test key and its first four counters, every variant.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use dukpt::{BaseKey, InitialKey, Ksn, PinBlockError, Variant, decode_pin_block, encode_pin_block};
use proptest::prelude::*;
use serde_json::Value;

fn table() -> Value {
    serde_json::from_str(include_str!("vectors/tdes_dukpt.json")).unwrap()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn base_key() -> BaseKey {
    BaseKey::new(bytes(&table()["base_key"]))
}

#[test]
fn vectors_initial_key() {
    let ksn = Ksn::new(bytes(&table()["rows"][2]["ksn"]));
    assert_eq!(base_key().initial(ksn).expose(), &bytes(&table()["initial_key"]));
}

#[test]
fn vectors_every_row_and_variant() {
    let table = table();
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let ksn = Ksn::new(bytes(&row["ksn"]));
        let key = InitialKey::new(bytes(&table["initial_key"])).transaction(ksn);
        assert_eq!(key.expose(), &bytes(&row["raw"]), "{ksn}");
        for (name, variant) in [
            ("PIN", Variant::Pin),
            ("MACreq", Variant::MacRequest),
            ("MACresp", Variant::MacResponse),
            ("DATAreq", Variant::DataRequest),
            ("DATAresp", Variant::DataResponse),
            ("DEKreq", Variant::DekRequest),
            ("DEKresp", Variant::DekResponse),
        ] {
            assert_eq!(key.working(variant).expose(), &bytes(&row[name]), "{ksn} {name}");
        }
        let clear = encode_pin_block(table["pin"].as_str().unwrap(), table["pan"].as_str().unwrap()).unwrap();
        assert_eq!(clear, bytes(&table["clear_pin_block"]));
        assert_eq!(
            key.working(Variant::Pin).encrypt(&clear),
            hex::decode(row["pinblock"].as_str().unwrap()).unwrap()
        );
    }
}

#[test]
fn the_counter_walks_through_the_table() {
    let table = table();
    let mut ksn = Ksn::new(bytes(&table["rows"][0]["ksn"]));
    for row in &table["rows"].as_array().unwrap()[1..] {
        ksn = ksn.next().unwrap();
        assert_eq!(ksn, Ksn::new(bytes(&row["ksn"])));
    }
}

#[test]
fn counters_with_more_than_ten_ones_are_skipped() {
    let ksn = |low: u32| {
        let [_, a, b, c] = (0xE0_0000 | low).to_be_bytes();
        Ksn::new([0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, a, b, c])
    };
    assert_eq!(ksn(0x3FF).next(), Some(ksn(0x400)));
    assert_eq!(ksn(0x7FE).next(), Some(ksn(0x800)));
    assert_eq!(ksn(0x1F_F800).next(), None, "the last counter of the key");
}

#[test]
fn a_key_lasts_for_a_million_transactions() {
    let mut ksn = Ksn::new([0; 10]);
    let mut used = 0;
    while let Some(next) = ksn.next() {
        ksn = next;
        used += 1;
    }
    assert_eq!(used, (1..=10).map(|ones| (0..ones).fold(1_u64, |n, i| n * (21 - i) / (i + 1))).sum::<u64>());
}

#[test]
fn a_pin_block_of_another_card_is_refused() {
    let block = encode_pin_block("1234", "4012345678909").unwrap();
    assert_eq!(decode_pin_block(block, "4012345678909").unwrap().as_str(), "1234");
    assert_eq!(decode_pin_block(block, "5413330089010434"), Err(PinBlockError::Block));
    assert_eq!(encode_pin_block("12a4", "4012345678909"), Err(PinBlockError::Pin));
    assert_eq!(encode_pin_block("1234", "40123"), Err(PinBlockError::Pan));
}

#[test]
fn keys_do_not_print() {
    assert_eq!(format!("{:?}", base_key()), "BaseKey([redacted])");
}

proptest! {
    #[test]
    fn decrypting_undoes_encrypting(ksn: [u8; 10], clear in prop::collection::vec(any::<u8>(), 0..300)) {
        let ksn = Ksn::new(ksn);
        let key = base_key().initial(ksn).transaction(ksn).working(Variant::DekRequest);
        let back = key.decrypt(&key.encrypt(&clear)).unwrap();
        prop_assert!(back.starts_with(&clear));
        prop_assert!(back[clear.len()..].iter().all(|byte| *byte == 0) && back.len() < clear.len() + 8);
    }

    #[test]
    fn pin_blocks_round_trip(pin in "[0-9]{4,12}", pan in "[0-9]{13,19}") {
        let block = encode_pin_block(&pin, &pan).unwrap();
        let back = decode_pin_block(block, &pan).unwrap();
        prop_assert_eq!(back.as_str(), pin.as_str());
    }

    #[test]
    fn no_block_panics(block: [u8; 8], pan in ".{0,20}") {
        let _ = decode_pin_block(block, &pan);
    }
}
