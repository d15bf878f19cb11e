//! Any client that speaks the protocol gets an answer.

use proptest::prelude::*;
use reader::miura::{Answer, Command, Deframer, Message, Node, PinTerms, StatusWord, encode};
use reader::{FromReader, ToReader, WallClock};
use reader_sim::miura::MiuraEmulator;
use reader_sim::{Emulator, Hand};
use tlv::{find, tag};

use crate::pair::card;

fn say(reader: &mut MiuraEmulator, node: Node, info: &[u8]) -> Vec<Message> {
    let message = Message { node, unsolicited: false, info: info.to_vec().into() };
    reader.handle(0, ToReader::Bytes(encode(&message)));
    let mut frames = Deframer::default();
    while let Some(FromReader::Bytes(bytes)) = reader.poll_transmit() {
        frames.push(&bytes);
    }
    std::iter::from_fn(|| frames.next_message()).map(Result::unwrap).collect()
}

/// Status word and body of the one answer.
fn ask(reader: &mut MiuraEmulator, command: &Command) -> (StatusWord, Vec<u8>) {
    ask_raw(reader, &command.encode())
}

fn ask_raw(reader: &mut MiuraEmulator, info: &[u8]) -> (StatusWord, Vec<u8>) {
    match &say(reader, Node::Pinpad, info)[..] {
        [message] if !message.unsolicited && message.node == Node::Pinpad => {
            let answer = Answer::of(message).unwrap();
            (answer.status, answer.body.to_vec())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_clock_can_be_set_and_asked() {
    let mut reader = MiuraEmulator::new(0);
    let clock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
    assert_eq!(ask(&mut reader, &Command::SetClock(clock)), (StatusWord::OK, vec![]));
    let (status, body) = ask(&mut reader, &Command::GetClock);
    assert_eq!(status, StatusWord::OK);
    assert_eq!(hex::encode_upper(body), "E10B9A032611239F2103101530");
}

#[test]
fn the_log_can_be_archived_read_and_removed() {
    let mut reader = MiuraEmulator::new(0);
    let read = |offset| Command::ReadBinary { offset, len: 16 };
    assert_eq!(ask(&mut reader, &read(0)).0, StatusWord::NOT_ALLOWED, "nothing is selected");
    ask(&mut reader, &Command::SystemLog { remove: false });
    let select = Command::SelectFile("mpi.log".to_owned());
    let (_, body) = ask(&mut reader, &select);
    let size = u32::from_be_bytes(find(&body, tag::FILE_SIZE).unwrap().unwrap().try_into().unwrap());
    let mut log = Vec::new();
    while u32::try_from(log.len()).unwrap() < size {
        let (status, part) = ask(&mut reader, &read(u32::try_from(log.len()).unwrap()));
        assert_eq!(status, StatusWord::OK);
        assert!((1..=16).contains(&part.len()));
        log.extend(part);
    }
    assert!(String::from_utf8(log).unwrap().contains("SRED ready"));
    assert_eq!(ask(&mut reader, &read(size)), (StatusWord::OK, vec![]));
    assert_eq!(ask(&mut reader, &read(0x7F_FFFF)), (StatusWord::OK, vec![]));
    ask(&mut reader, &Command::SystemLog { remove: true });
    assert_eq!(find(&ask(&mut reader, &select).1, tag::FILE_SIZE), Ok(Some(&[0; 4][..])));
    let other = Command::SelectFile("emv.cfg".to_owned());
    assert_eq!(ask(&mut reader, &other), (StatusWord::FILE_MISSING, b"emv.cfg".to_vec()));
}

#[test]
fn information_and_convenience() {
    let mut reader = MiuraEmulator::new(0);
    for command in [Command::DeviceInfo, Command::Configuration, Command::Reset] {
        let (status, body) = ask(&mut reader, &command);
        assert_eq!(status, StatusWord::OK);
        assert!(find(&body, tag::IDENTIFIER).unwrap().is_some(), "{}", command.name());
    }
    for command in [Command::Bluetooth, Command::Disconnect, Command::Keyboard(true)] {
        assert_eq!(ask(&mut reader, &command), (StatusWord::OK, vec![]));
    }
    for command in [Command::Printer, Command::CashDrawer] {
        assert_eq!(ask(&mut reader, &command), (StatusWord::UNKNOWN_COMMAND, vec![]));
    }
    // With the length that is expected behind it, as some clients send it.
    assert_eq!(ask_raw(&mut reader, &[0xD0, 0x62, 0, 0, 0]).0, StatusWord::OK);
}

#[test]
fn the_point_of_sale_interface_answers_for_itself() {
    let mut reader = MiuraEmulator::new(0);
    for (command, status) in [
        (Command::CashDrawer, StatusWord::OK),
        (Command::Printer, StatusWord::OK),
        (Command::Battery, StatusWord::UNKNOWN_COMMAND),
    ] {
        let said = say(&mut reader, Node::PosInterface, &command.encode());
        let [message] = &said[..] else { panic!("{said:?}") };
        assert_eq!((message.node, Answer::of(message).unwrap().status), (Node::PosInterface, status));
    }
}

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    let mut reader = MiuraEmulator::new(0);
    assert_eq!(ask_raw(&mut reader, &[0xD2, 0x04, 0, 0]), (StatusWord::UNKNOWN_COMMAND, vec![]));
    let without_amount = hex::decode("DEC1000015E0139C01009A032611239F21031015305F2A020826").unwrap();
    assert_eq!(ask_raw(&mut reader, &without_amount), (StatusWord::DATA_MISSING, vec![0x9F, 0x02]));
    let track = b";?".to_vec();
    let pin = PinTerms { amount: [0; 6], label: "A".to_owned(), currency: [0x08, 0x26], track };
    assert_eq!(
        ask(&mut reader, &Command::OnlinePin(pin)),
        (StatusWord::BAD_PARAMETER, vec![]),
        "no card was swiped"
    );
    reader.hand(0, Hand::Insert(*card("without PIN")));
    assert_eq!(ask_raw(&mut reader, &[0xDE, 0xD2, 0, 0, 4, 0xE0, 2, 0x8A, 0]).0, StatusWord::NOT_ALLOWED);
}

#[test]
fn a_client_that_sends_damaged_frames_is_heard_again_afterwards() {
    let mut reader = MiuraEmulator::new(0);
    // As a processor's manual prints GET_DEVICE_INFO, with a wrong checksum.
    reader.handle(0, ToReader::Bytes(hex::decode("010004D0020000D4").unwrap()));
    assert!(reader.poll_transmit().is_none());
    assert_eq!(ask(&mut reader, &Command::DeviceInfo).0, StatusWord::OK);
}

/// Bytes that begin as a command does, and what stands behind it.
fn info() -> impl Strategy<Value = Vec<u8>> {
    let headers = [
        0xD000_u16, 0xD001, 0xD002, 0xD010, 0xD060, 0xD061, 0xD062, 0xD063, 0xD0BC, 0xD0C0, 0xD0D0, 0xD0E1,
        0xD0FF, 0xD201, 0xDEC1, 0xDED1, 0xDED2, 0xDED6, 0xEEE0, 0x00A4, 0x00B0, 0xD204,
    ];
    let rest = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        Just(
            hex::decode(
                "000028E0269C01009F02060000000004569A032611239F2103101530DFA2040101DFA20301005F2A020826"
            )
            .unwrap()
        ),
        Just(hex::decode("000006E0048A023030").unwrap()),
    ];
    (prop::sample::select(headers.to_vec()), rest)
        .prop_map(|(header, rest)| [header.to_be_bytes().to_vec(), rest].concat())
}

proptest! {
    #[test]
    fn no_command_panics_and_each_is_answered(
        commands in prop::collection::vec((info(), any::<bool>(), any::<bool>()), 1..40),
    ) {
        let mut reader = MiuraEmulator::new(0);
        for (command, interface, card_in) in commands {
            let node = if interface { Node::PosInterface } else { Node::Pinpad };
            if card_in {
                reader.hand(0, Hand::Insert(*card("without PIN")));
                while reader.poll_transmit().is_some() {}
            }
            let waits = [0xDEC1_u16, 0xDED1, 0xDED6].iter().any(|header| command.starts_with(&header.to_be_bytes()));
            let said = say(&mut reader, node, &command);
            prop_assert!(said.len() <= 2);
            prop_assert!(waits || !said.is_empty(), "{command:02X?} without an answer");
        }
    }
}
