//! The emulator's reports beside the published ones, and what they decrypt to.

use dukpt::{BaseKey, Ksn, Variant, WorkingKey};
use reader::magtek_v5::{Command, SwipeReport};
use reader::{FromReader, Link, ToReader};
use reader_sim::BASE_KEY;
use reader_sim::magtek_v5::{MagneSafeEmulator, REPORT_DESCRIPTOR};
use reader_sim::{Emulator, Hand};
use serde_json::Value;

use crate::rig::card;

fn vectors() -> Value {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../reader/tests/vectors/magtek.json")).unwrap();
    vectors["v5"].clone()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn key(ksn: [u8; 10], variant: Variant) -> WorkingKey {
    let ksn = Ksn::new(ksn);
    BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(variant)
}

/// What only the gateway can see: tracks 1 to 3.
pub(crate) fn decrypt(report: &[u8]) -> [String; 3] {
    let report = SwipeReport::parse(report).unwrap();
    let key = key(report.ksn, Variant::Pin);
    report.tracks.map(|track| {
        let mut clear = key.decrypt(&track.encrypted).unwrap();
        clear.truncate(track.absolute_len.into());
        String::from_utf8(clear).unwrap()
    })
}

fn clear_tracks() -> [String; 3] {
    let vectors = vectors();
    [0, 1, 2].map(|track| vectors["clear"][track].as_str().unwrap().to_owned())
}

/// The report of the eighth swipe, which has the published one's key.
fn eighth(link: Link, tracks: &[String; 3]) -> Vec<u8> {
    let mut reader = MagneSafeEmulator::new(link, 0);
    let mut last = vec![];
    for _ in 0..8 {
        reader.pull_through(0, tracks);
        let Some(FromReader::Input { data, .. }) = reader.poll_transmit() else { panic!("a report") };
        last = data;
    }
    last
}

#[test]
fn vectors_the_published_report_decrypts() {
    let vectors = vectors();
    assert_eq!(bytes(&vectors["bdk"]), BASE_KEY);
    let published = bytes(&vectors["report_856"]);
    let ksn: [u8; 10] = bytes(&vectors["ksn"]).try_into().unwrap();
    assert_eq!(key(ksn, Variant::Pin).expose()[..], bytes(&vectors["key"]));
    assert_eq!(decrypt(&published), clear_tracks());
    let report = SwipeReport::parse(&published).unwrap();
    assert_eq!(key(ksn, Variant::Pin).decrypt(&report.session).unwrap(), [0; 8]);
}

#[test]
fn vectors_the_same_track_under_the_data_key() {
    let vectors = vectors();
    let ksn: [u8; 10] = bytes(&vectors["ksn"]).try_into().unwrap();
    let encrypted = key(ksn, Variant::DekRequest).encrypt(clear_tracks()[0].as_bytes());
    assert_eq!(encrypted, bytes(&vectors["track_1_under_data_key"]));
}

#[test]
fn vectors_the_mac_of_a_command() {
    let mac = &vectors()["mac"];
    let key = key(bytes(&mac["ksn"]).try_into().unwrap(), Variant::MacRequest);
    assert_eq!(key.expose()[..], bytes(&mac["key"]));
    assert_eq!(key.encrypt(&bytes(&mac["data"])), bytes(&mac["mac"]));
}

#[test]
fn vectors_the_emulator_sends_the_published_report() {
    let published = SwipeReport::parse(&bytes(&vectors()["report_856"])).unwrap();
    for (product, len) in [(0x0003, 856), (0x0011, 887)] {
        let report = eighth(Link::Hid { product }, &clear_tracks());
        assert_eq!(report.len(), len);
        let mut ours = SwipeReport::parse(&report).unwrap();
        assert_eq!(ours.magneprint.len(), published.magneprint.len());
        // The print is made up, the published device has no serial number, and the tail is newer.
        ours.magneprint = published.magneprint.clone();
        ours.serial.clear();
        ours.tail = None;
        assert_eq!(hex::encode_upper(ours.encode()), vectors()["report_856"].as_str().unwrap());
    }
}

#[test]
fn vectors_the_emulator_without_encryption_sends_the_published_clear_report() {
    let mut reader = MagneSafeEmulator::new(Link::Hid { product: 0x0003 }, 0);
    reader.faults().not_secure = true;
    reader.pull_through(0, &clear_tracks());
    let Some(FromReader::Input { id: 1, data }) = reader.poll_transmit() else { panic!("a report") };
    let mut ours = SwipeReport::parse(&data).unwrap();
    ours.serial.clear();
    ours.magneprint_status = [0; 4];
    // The published one names the length of a print that it does not hold.
    ours.magneprint_absolute_len = 0x36;
    assert_eq!(hex::encode_upper(ours.encode()), vectors()["report_level_2"].as_str().unwrap());
}

#[test]
fn vectors_a_report_in_clear_has_337_bytes() {
    let mut reader = MagneSafeEmulator::new(Link::Hid { product: 0x0011 }, 0);
    reader.faults().clear_data = true;
    reader.hand(0, Hand::Swipe(*card("stripe only")));
    let Some(FromReader::Input { data, .. }) = reader.poll_transmit() else { panic!("a report") };
    assert_eq!(data.len(), 337);
    assert!(data[7..].starts_with(b"%B5413330089010434^OLD/CARD^") && data[117..].starts_with(b";54133300"));
}

#[test]
fn vectors_the_descriptor_is_the_published_one() {
    assert_eq!(REPORT_DESCRIPTOR[..], bytes(&vectors()["hid_report_descriptor"]));
}

#[test]
fn vectors_commands_are_answered_as_published() {
    let vectors = vectors();
    for (product, id, len) in [(0x0011, 0, 60), (0x0003, 1, 24)] {
        let mut reader = MagneSafeEmulator::new(Link::Hid { product }, 0);
        for name in ["software_id", "ksn", "security_level"] {
            let mut data = bytes(&vectors["commands"][name][0]);
            data.resize(len, 0);
            assert!(Command::parse(&data).is_some());
            reader.handle(0, ToReader::SetFeature { id, data });
            reader.handle(0, ToReader::GetFeature { id });
            let Some(FromReader::Feature { data, .. }) = reader.poll_transmit() else { panic!("{name}") };
            let published = bytes(&vectors["commands"][name][1]);
            assert_eq!((data.len(), &data[..published.len()]), (len, &published[..]), "{name}");
        }
    }
}
