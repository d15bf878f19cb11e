//! Both framings, whole and damaged.

use reader::Link;
use reader::magtek_mms::{Deframer, Direction, FrameError, encode};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::wire::bytes;

const HID: Link = Link::Hid { product: 0x2020 };
use Direction::{FromReader, ToReader};

/// All messages in these frames, and the error after them.
fn decode(link: Link, from: Direction, frames: &[Vec<u8>]) -> (Vec<Vec<u8>>, Option<FrameError>) {
    let mut deframer = Deframer::new(link, from);
    frames.iter().for_each(|frame| deframer.push(frame));
    let (mut messages, mut error) = (vec![], None);
    while let Some(message) = deframer.next_message() {
        match message {
            Ok(message) => messages.push(message.to_vec()),
            Err(failed) => error = Some(failed),
        }
    }
    assert!(deframer.next_message().is_none());
    (messages, error)
}

fn hid_error(packets: &[&str]) -> Option<FrameError> {
    let packets: Vec<_> = packets.iter().map(|packet| hex::decode(packet).unwrap()).collect();
    decode(HID, FromReader, &packets).1
}

fn slip_error(line: &str) -> Option<FrameError> {
    decode(Link::Serial, FromReader, &[hex::decode(line).unwrap()]).1
}

#[test]
fn vectors_short_messages_are_single_packets() {
    let message = bytes("start_all");
    let packets = encode(HID, ToReader, &message);
    assert_eq!((packets.len(), packets[0].len(), &packets[0][..2]), (1, 64, &[0x00, 58][..]));
    assert!(packets[0][2..].starts_with(&message) && packets[0][60..] == [0; 4]);
    assert_eq!(decode(HID, ToReader, &packets), (vec![message], None));
}

#[test]
fn vectors_long_messages_are_head_middles_and_tail() {
    let message = bytes("card_data_notification");
    let packets = encode(HID, FromReader, &message);
    let kinds: Vec<_> = packets.iter().map(|packet| packet[0]).collect();
    assert_eq!(kinds, [1, 2, 2, 2, 2, 2, 2, 2, 3]);
    assert!(packets.iter().all(|packet| packet.len() == 64));
    assert_eq!(packets[0][1..5], [0, 0, 0x02, 0x0A]);
    assert_eq!((&packets[1][1..3], &packets[7][1..3]), (&[0, 1][..], &[0, 7][..]));
    assert_eq!(usize::from(packets[8][1]), message.len() - 59 - 7 * 61);
    assert_eq!(decode(HID, FromReader, &packets), (vec![message], None));
}

#[test]
fn the_longest_single_and_the_shortest_chain() {
    for (len, kinds) in [(62, vec![0]), (63, vec![1, 3]), (121, vec![1, 3]), (122, vec![1, 2, 3])] {
        let message = vec![0xC0; len];
        let packets = encode(HID, ToReader, &message);
        assert_eq!(packets.iter().map(|packet| packet[0]).collect::<Vec<_>>(), kinds, "{len}");
        assert_eq!(decode(HID, ToReader, &packets).0, [message]);
    }
}

#[test]
fn vectors_slip_escapes_and_says_the_direction() {
    let frame = encode(Link::Serial, FromReader, &[0xAA, 0xC0, 0xDB, 0x01]);
    assert_eq!(frame, [hex::decode("C00200000004AADBDCDBDD01C0").unwrap()]);
    let message = bytes("start_all");
    let [frame] = &encode(Link::Serial, ToReader, &message)[..] else { panic!("one frame") };
    assert_eq!(frame[..6], [0xC0, 0x00, 0, 0, 0, 58]);
    // One delimiter between two frames is enough, and more do no harm.
    let line = [&frame[..], &frame[1..], &[0xC0], frame].concat();
    let (messages, error) =
        decode(Link::Serial, ToReader, &line.chunks(7).map(<[u8]>::to_vec).collect::<Vec<_>>());
    assert_eq!((messages.len(), messages.iter().all(|read| *read == message), error), (3, true, None));
}

#[test]
fn damaged_packets_are_errors() {
    let head = format!("0100000064{}", "AA".repeat(59));
    let tail = |len: u8| format!("03{len:02X}{}", "BB".repeat(62));
    assert_eq!(hid_error(&[""]), Some(FrameError::Length));
    assert_eq!(hid_error(&["00"]), Some(FrameError::Length));
    assert_eq!(hid_error(&["0000"]), Some(FrameError::Length));
    assert_eq!(hid_error(&["0003AABB"]), Some(FrameError::Length));
    assert_eq!(hid_error(&["05"]), Some(FrameError::PacketType(5)));
    assert_eq!(hid_error(&["02000100"]), Some(FrameError::Sequence));
    assert_eq!(hid_error(&["0301AA"]), Some(FrameError::Sequence));
    assert_eq!(hid_error(&[&head, &head]), Some(FrameError::Sequence));
    assert_eq!(hid_error(&[&head, "0001AA"]), Some(FrameError::Sequence));
    assert_eq!(hid_error(&[&head, "020002AA"]), Some(FrameError::Sequence));
    assert_eq!(hid_error(&[&head, &tail(40)]), Some(FrameError::Length));
    assert_eq!(hid_error(&[&head, &tail(42)]), Some(FrameError::Length));
    assert_eq!(hid_error(&[&head, &tail(41)]), None);
    assert_eq!(hid_error(&["010000003EAA"]), Some(FrameError::Length), "it would have been a single");
    assert_eq!(hid_error(&["01FFFFFFFFAA"]), Some(FrameError::TooLong));
    // Cancelled in the middle: forgotten.
    assert_eq!(hid_error(&[&head, "040000", &head, &tail(41)]), None);
}

#[test]
fn damaged_lines_are_errors() {
    assert_eq!(slip_error("AA"), Some(FrameError::Outside));
    assert_eq!(slip_error("C00200000001AAC0"), None);
    assert_eq!(slip_error("C00200000002AAC0"), Some(FrameError::Length));
    assert_eq!(slip_error("C00200C0"), Some(FrameError::Length));
    assert_eq!(slip_error("C00000000001AAC0"), Some(FrameError::FrameType(0)));
    assert_eq!(slip_error("C00300001000C0"), Some(FrameError::FrameType(3)));
    assert_eq!(slip_error("C002DBAA"), Some(FrameError::Escape));
    assert_eq!(slip_error("C002DBC0"), Some(FrameError::Escape));
    let endless = vec![vec![0xC0], vec![0x02; 40_000]];
    assert_eq!(decode(Link::Serial, FromReader, &endless).1, Some(FrameError::TooLong));
}
