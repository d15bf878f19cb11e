//! Published MagneSafe V5 reports and commands, both ways.

use reader::magtek_v5::{
    CLEAR_LEN, Command, EncryptionStatus, FAMILY, Property, Reply, ReportError, Reports, ResultCode,
    SwipeReport, Tail,
};
use reader::{HidFilter, Link};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

pub(crate) fn vectors() -> Value {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/magtek.json")).unwrap();
    vectors["v5"].clone()
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    hex::decode(vectors()[name].as_str().unwrap()).unwrap()
}

const NEWER: Tail = Tail { counter: [0xFF; 3], version: *b"V05\0\0\0\0\0", track_2_hash: [0x5A; 20] };

#[test]
fn vectors_a_swipe_is_read() {
    let report = SwipeReport::parse(&bytes("report_856")).unwrap();
    let lengths = report.tracks.each_ref().map(|track| (track.encrypted.len(), track.absolute_len));
    assert_eq!(lengths, [(0x40, 0x3C), (0x28, 0x25), (0x20, 0x1F)]);
    for (track, masked) in report.tracks.iter().zip(vectors()["masked"].as_array().unwrap()) {
        assert_eq!(*track.masked, masked.as_str().unwrap().as_bytes());
        assert!(!track.error);
    }
    assert_eq!((report.status, report.card_type), (EncryptionStatus::ENCRYPTING, SwipeReport::BANK_CARD));
    assert_eq!(hex::encode_upper(report.ksn), "FFFF9876543210E00008");
    assert_eq!(hex::encode_upper(report.session), "21685F158B5C6BE0");
    assert_eq!((report.magneprint.len(), report.magneprint_absolute_len), (0x38, 0x36));
    assert_eq!((report.magneprint_status, report.serial.as_str()), ([0xA1, 0x05, 0, 0], ""));
    assert!(report.tail.is_none());
    assert_eq!(report.encode(), bytes("report_856"));
}

#[test]
fn vectors_a_reader_that_does_not_encrypt_says_so() {
    let report = SwipeReport::parse(&bytes("report_level_2")).unwrap();
    assert_eq!(report.status, EncryptionStatus::NOT_ENCRYPTING);
    assert!(!report.status.is_encrypting());
    assert_eq!(report.encode(), bytes("report_level_2"));
}

#[test]
fn vectors_commands_and_replies() {
    use Command::{EncryptionCounter, Ksn, SecurityLevel};
    for (name, command) in [
        ("software_id", Command::Property(Property::SoftwareId)),
        ("device_serial", Command::Property(Property::DeviceSerial)),
        ("usb_serial", Command::Property(Property::UsbSerial)),
        ("ksn", Ksn),
        ("security_level", SecurityLevel),
        ("encryption_counter", EncryptionCounter),
    ] {
        let pair = &vectors()["commands"][name];
        let [asked, answered] = [0, 1].map(|index| hex::decode(pair[index].as_str().unwrap()).unwrap());
        for len in [24, 60] {
            let report = command.encode(len);
            assert_eq!((report.len(), &report[..asked.len()]), (len, &asked[..]), "{name}");
            assert!(report[asked.len()..].iter().all(|byte| *byte == 0));
            assert_eq!(Command::parse(&report), Some(command));
            let reply = Reply::parse(&answered).unwrap();
            assert_eq!((reply.result, reply.data), (ResultCode::SUCCESS, &answered[2..]));
            assert_eq!(&reply.encode(len)[..answered.len()], answered);
        }
    }
}

/// Bytes of all input and all feature reports, and whether there are report ids (HID 1.11 §6.2.2).
fn report_sizes(descriptor: &[u8]) -> (u32, u32, bool) {
    let (mut size, mut count, mut input, mut feature, mut numbered) = (0, 0, 0, 0, false);
    let mut rest = descriptor;
    while let [prefix, after @ ..] = rest {
        let len = [0, 1, 2, 4][usize::from(prefix & 3)];
        let value = after[..len].iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        match prefix & 0xFC {
            0x74 => size = value,
            0x94 => count = value,
            0x80 => input += size * count,
            0xB0 => feature += size * count,
            0x84 => numbered = true,
            _ => {}
        }
        rest = &after[len..];
    }
    (input / 8, feature / 8, numbered)
}

#[test]
fn vectors_the_descriptor_has_the_lengths_that_are_used() {
    let descriptor = bytes("hid_report_descriptor");
    assert_eq!(report_sizes(&descriptor), (887, 60, false));
    let report = SwipeReport { tail: Some(NEWER), ..swipe() };
    let reports = Reports::of(Link::Hid { product: 0x0011 });
    assert_eq!((report.encode().len(), reports), (887, Reports { id: 0, feature_len: 60 }));
    assert_eq!(Reports::of(Link::Hid { product: 0x0003 }), Reports { id: 1, feature_len: 24 });
    assert_eq!(FAMILY.hid[0], HidFilter { vendor: 0x0801, product: 0x0011 });
}

fn swipe() -> SwipeReport {
    SwipeReport::parse(&bytes("report_856")).unwrap()
}

#[test]
fn reports_of_other_lengths_are_read_as_far_as_they_go() {
    let whole = SwipeReport { tail: Some(NEWER), ..swipe() }.encode();
    for len in [508, 700, 855, 856, 870, 887, 1000] {
        let mut report = whole.clone();
        report.resize(len, 0);
        let read = SwipeReport::parse(&report).unwrap();
        assert_eq!(read.tail.is_some(), len >= 887, "{len}");
        assert!(read.tracks[1].encrypted == swipe().tracks[1].encrypted && read.ksn == swipe().ksn);
    }
    for len in [0, 1, CLEAR_LEN, 507] {
        assert_eq!(SwipeReport::parse(&whole[..len]).err(), Some(ReportError::Length(len)));
    }
}

#[test]
fn a_track_longer_than_its_field_is_no_track() {
    for at in [3, 4, 5, 505, 506, 507] {
        let mut report = bytes("report_856");
        report[at] = 113;
        assert_eq!(SwipeReport::parse(&report).err(), Some(ReportError::Track), "{at}");
    }
}

#[test]
fn a_reply_shorter_than_it_says_is_none() {
    assert_eq!(Reply::parse(&[0, 3, 1, 2]), None);
    assert_eq!(Reply::parse(&[0]), None);
    assert_eq!(Command::parse(&[0x01, 2, 3, 4]), None, "nothing is ever set");
    assert_eq!(Command::parse(&[0x09]), None);
}
