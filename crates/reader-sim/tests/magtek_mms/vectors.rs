//! The emulator's messages beside the published ones, and what they decrypt to.

use dukpt::{BaseKey, Ksn, Variant, WorkingKey};
use reader::magtek_mms::{Deframer, Direction, Message, Notification, Technology, encode, tags};
use reader::{Event, FromReader, Interfaces, Link, ToReader};
use reader_sim::BASE_KEY;
use reader_sim::magtek_mms::{DynaFlexEmulator, REPORT_DESCRIPTOR};
use reader_sim::{Emulator, Hand};
use serde_json::Value;
use tlv::{Tag, tag};

use crate::payments::{DYNAFLEX, asking, ready};
use crate::rig::card;

fn bytes(name: &str) -> Vec<u8> {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../reader/tests/vectors/magtek.json")).unwrap();
    hex::decode(vectors["mms"][name].as_str().unwrap()).unwrap()
}

/// The container that the MAC covers.
fn signed(blob: &[u8]) -> &[u8] {
    &blob[2..2 + usize::from(u16::from_be_bytes([blob[0], blob[1]]))]
}

fn value(blob: &[u8], tag: Tag) -> Vec<u8> {
    tlv::find(signed(blob), tag).unwrap().unwrap().to_vec()
}

fn key(ksn: &[u8], variant: Variant) -> WorkingKey {
    let ksn = Ksn::new(ksn.try_into().unwrap());
    BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(variant)
}

/// What only the gateway can see: the objects of the encrypted data.
fn decrypt(blob: &[u8]) -> Vec<u8> {
    let key = key(&value(blob, tags::KSN), Variant::DekRequest);
    let clear = key.decrypt(&value(blob, tags::DATA)).unwrap();
    let padding = usize::from(value(blob, tags::PADDING)[0]);
    clear[..clear.len() - padding].to_vec()
}

/// The card number in a blob: of the chip, or of track 2 of the stripe, which is encrypted once more.
pub(crate) fn pan(blob: &[u8]) -> String {
    let clear = decrypt(blob);
    let find = |number| tlv::find(&clear, Tag::new(number)).unwrap();
    match (find(0xDFDF39), find(0xDFDF50), find(0x57)) {
        (Some(track), Some(ksn), _) => {
            let track = key(ksn, Variant::DekRequest).decrypt(track).unwrap();
            String::from_utf8_lossy(&track)[1..].split('=').next().unwrap().to_owned()
        }
        (_, _, Some(track)) => hex::encode_upper(track).split('D').next().unwrap().to_owned(),
        _ => panic!("no track"),
    }
}

pub(crate) fn cvm_results(blob: &[u8]) -> Vec<u8> {
    tlv::find(&decrypt(blob), tag::CVM_RESULTS).unwrap().unwrap().to_vec()
}

/// Tags in order, as deep as they nest.
fn layout(objects: &[u8], into: &mut Vec<Tag>) {
    for object in tlv::read(objects) {
        let object = object.unwrap();
        into.push(object.tag);
        if object.tag.is_constructed() {
            layout(object.value, into);
        }
    }
}

#[test]
fn vectors_card_data_has_the_published_layout() {
    let mut rig = asking();
    let events = rig.hand(Hand::Tap(*card("on a phone")));
    let [Event::CardSeen, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    let (blob, published) = (read.encrypted.bytes(), bytes("card_data"));
    let (mut ours, mut theirs) = (vec![], vec![]);
    layout(signed(blob), &mut ours);
    layout(signed(&published), &mut theirs);
    assert_eq!(ours, theirs);
    for blob in [blob, &published] {
        assert_eq!(blob.len(), (2 + signed(blob).len()).next_multiple_of(8) + 4);
        assert_eq!(value(blob, tags::DATA).len() % 8, 0);
        assert_eq!(
            (value(blob, tags::ENCRYPTION_TYPE), value(blob, tags::MAC_TYPE)),
            (vec![0x80], vec![0x82])
        );
        assert_eq!(value(blob, tags::MAC_KSN), value(blob, tags::KSN));
    }
    assert_eq!(value(blob, tags::DEVICE), value(&published, tags::DEVICE));
}

#[test]
fn vectors_the_mac_covers_everything_before_it() {
    let mut rig = asking();
    let events = rig.hand(Hand::Insert(*card("without PIN")));
    let [_, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    let (covered, mac) = read.encrypted.bytes().split_last_chunk::<4>().unwrap();
    let chain = key(&value(read.encrypted.bytes(), tags::MAC_KSN), Variant::MacRequest).encrypt(covered);
    assert_eq!(chain[chain.len() - 8..chain.len() - 4], *mac);
}

#[test]
fn vectors_commands_are_answered_as_published() {
    for link in [DYNAFLEX, Link::Serial] {
        let mut reader = DynaFlexEmulator::new(link, 0);
        let mut said = |request: &[u8]| {
            for frame in encode(link, Direction::ToReader, request) {
                let message = match link {
                    Link::Serial => ToReader::Bytes(frame),
                    Link::Hid { .. } => ToReader::Output { id: 0, data: frame },
                };
                reader.handle(0, message);
            }
            let mut frames = Deframer::new(link, Direction::FromReader);
            while let Some(message) = reader.poll_transmit() {
                match message {
                    FromReader::Bytes(bytes) | FromReader::Input { data: bytes, .. } => frames.push(&bytes),
                    FromReader::Feature { .. } => panic!("a feature report"),
                }
            }
            let messages = std::iter::from_fn(|| frames.next_message());
            messages.map(|message| message.unwrap().to_vec()).collect::<Vec<_>>()
        };
        // Before the first transaction there is nothing to cancel.
        assert_eq!(
            hex::encode_upper(&said(&bytes("cancel"))[0]),
            "AA00810482131008820480020304".to_owned() + "84021008"
        );
        let started = said(&bytes("start_contactless"));
        assert_eq!(hex::encode_upper(&started[0]), "AA0081048203100182040100000084021001");
        let cancelled = said(&bytes("cancel"));
        assert_eq!(cancelled[0], bytes("cancel_response"));
        let over = Message::parse(&cancelled[1]).unwrap();
        assert!(matches!(Notification::of(&over), Notification::Complete(None, _)));
        let reset = said(&bytes("reset"));
        assert!(reset[0].starts_with(&bytes("reset_response")));
        for name in ["get_serial", "get_firmware", "get_shown_first", "get_shown_last"] {
            let answer = Message::parse(&said(&bytes(name))[0]).unwrap();
            assert_eq!(answer.detail, Some([0; 4]), "{name}");
        }
        let firmware = Message::parse(&bytes("firmware_response")).unwrap();
        let ours = Message::parse(&said(&bytes("get_firmware"))[0]).unwrap();
        assert_eq!(ours.parameters(), firmware.parameters());
    }
}

#[test]
fn vectors_the_published_issuer_answer_is_taken() {
    let mut reader = DynaFlexEmulator::new(DYNAFLEX, 0);
    let send = |reader: &mut DynaFlexEmulator, name| {
        let frames = encode(DYNAFLEX, Direction::ToReader, &bytes(name));
        frames.into_iter().for_each(|data| reader.handle(0, ToReader::Output { id: 0, data }));
    };
    send(&mut reader, "start_all");
    reader.hand(0, Hand::Insert(*card("without PIN")));
    send(&mut reader, "resume");
    let mut frames = Deframer::new(DYNAFLEX, Direction::FromReader);
    while let Some(FromReader::Input { data, .. }) = reader.poll_transmit() {
        frames.push(&data);
    }
    let messages: Vec<_> = std::iter::from_fn(|| frames.next_message())
        .map(|message| Message::parse(&message.unwrap()).unwrap())
        .collect();
    let batch = messages.iter().find_map(|message| match Notification::of(message) {
        Notification::BatchData(Technology::Contact, blob) => Some(blob.to_vec()),
        _ => None,
    });
    assert_eq!(value(&batch.unwrap(), tags::TRANSACTION_STATUS), [0]);
}

#[test]
fn vectors_the_descriptor_has_64_bytes_each_way() {
    let has = |items: &[u8]| REPORT_DESCRIPTOR.windows(items.len()).any(|window| window == items);
    assert!(
        has(&[0x75, 0x08, 0x95, 0x40]) && has(&[0x09, 0x20, 0x81, 0x02]) && has(&[0x09, 0x20, 0x91, 0x02])
    );
    assert_eq!(REPORT_DESCRIPTOR.last(), Some(&0xC0));
}

#[test]
fn each_reading_has_its_own_key() {
    let mut ksns = vec![];
    let mut rig = ready(DYNAFLEX);
    for _ in 0..3 {
        rig.start(Interfaces::ALL);
        let events = rig.hand(Hand::Swipe(*card("stripe only")));
        let [_, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        ksns.push(read.ksn.clone().unwrap());
        rig.driver.end_card(rig.now, true);
        rig.settle();
    }
    ksns.dedup();
    assert_eq!((ksns.len(), ksns[0].as_str()), (3, "FFFF9876543210E00001"));
}
