//! Published and recomputed Miura frames, both ways.

use reader::WallClock;
use reader::miura::{
    Answer, CARD_REPORTS_OFF, CARD_REPORTS_ON, CardStatus, Command, Deframer, DeviceStatus, FrameError,
    Message, Node, PinStatus, Report, StatusWord, Terms, encode,
};
use serde_json::Value;
use tlv::{find, object, tag};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/miura.json")).unwrap()
}

fn bytes(text: &Value) -> Vec<u8> {
    hex::decode(text.as_str().unwrap()).unwrap()
}

fn frame(name: &str) -> Vec<u8> {
    bytes(&vectors()["frames"][name])
}

fn decode(bytes: &[u8]) -> Result<Message, FrameError> {
    let mut frames = Deframer::default();
    frames.push(bytes);
    let message = frames.next_message().expect("a message or an error");
    assert_eq!(frames.next_message(), None);
    message
}

const TERMS: Terms = Terms {
    kind: 0,
    amount: [0, 0, 0, 0, 4, 0x56],
    currency: [0x08, 0x26],
    date: [0x26, 0x11, 0x23],
    time: [0x10, 0x15, 0x30],
};

#[test]
fn vectors_frames_round_trip() {
    let vectors = vectors();
    let frames = vectors["frames"].as_object().unwrap();
    assert_eq!(frames.len(), 33);
    for (name, frame) in frames {
        let message = decode(&bytes(frame)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(encode(&message), bytes(frame), "{name}");
    }
}

#[test]
fn vectors_commands() {
    let issuer = |code: &[u8; 2]| Command::Continue(object(tag::AUTHORISATION_RESPONSE_CODE, code).into());
    let clock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
    for (name, command) in [
        ("RESET", Command::Reset),
        ("GETCFG", Command::Configuration),
        ("ABORT", Command::Abort),
        ("CARD1D", Command::CardStatus(CARD_REPORTS_ON)),
        ("CARD1F", Command::CardStatus(0x1F)),
        ("CARDOFF", Command::CardStatus(CARD_REPORTS_OFF)),
        ("KEYB", Command::Keyboard(true)),
        ("BATT", Command::Battery),
        ("P2PE", Command::P2peStatus),
        ("CLKSET", Command::SetClock(clock)),
        ("DISP", Command::Display("Hello world!".to_owned())),
        ("START", Command::StartTransaction(TERMS)),
        ("CTLS", Command::StartContactless(TERMS)),
        ("CONT00", issuer(b"00")),
        ("CONTZ1", issuer(b"Z1")),
    ] {
        let message = decode(&frame(name)).unwrap();
        assert_eq!((message.node, message.unsolicited), (Node::Pinpad, false), "{name}");
        assert_eq!(Command::parse(&message.info).as_ref(), Some(&command), "{name}");
        assert_eq!(command.encode(), message.info, "{name}");
    }
}

#[test]
fn vectors_reports() {
    let report = |name: &str| {
        let message = decode(&frame(name)).unwrap();
        let answer = Answer::of(&message).unwrap();
        assert!(message.unsolicited && answer.status == StatusWord::OK, "{name}");
        Report::parse(answer.body).unwrap()
    };
    let device = |status, pin| Report::Device { status: Some(status), pin_digits: None, pin };
    assert_eq!(report("E6PWR"), device(DeviceStatus::PoweredOn, None));
    assert_eq!(report("E6PIN"), device(DeviceStatus::PinEntry, Some(PinStatus::Ok)));
    assert_eq!(report("INS"), Report::Card(CardStatus { present: true, emv: true, ..CardStatus::default() }));
    assert_eq!(report("REM"), Report::Card(CardStatus::default()));
    assert_eq!(report("KEYC"), Report::Key(0x1B));
    let Report::Card(swipe) = report("SWIPE") else { panic!("a swipe") };
    assert!(swipe.swiped && !swipe.present);
    assert_eq!(swipe.bytes(), [0x00, 0x07]);
}

#[test]
fn vectors_answers() {
    let status = |name| Answer::of(&decode(&frame(name)).unwrap()).unwrap().status;
    assert_eq!(status("OK"), StatusWord::OK);
    assert_eq!(status("E9F41"), StatusWord::CANCELLED);
    assert_eq!(status("E9F43"), StatusWord::CONTACTLESS_INSERTED);
    assert_eq!(status("E9F41").code(), 1065);
    let value = |name, tag| {
        find(Answer::of(&decode(&frame(name)).unwrap()).unwrap().body, tag).unwrap().map(<[u8]>::to_vec)
    };
    assert_eq!(value("BATTR", tag::BATTERY), Some(vec![0x55]));
    assert_eq!(value("P2PER", tag::P2PE_STATUS), Some(vec![0x06]));
    assert_eq!(value("RESETR", tag::SERIAL_NUMBER), Some(b"04000203".to_vec()));
    assert_eq!(decode(&frame("RESETR")).unwrap().node, Node::PosInterface);
}

#[test]
fn vectors_chained_e4() {
    let chained = &vectors()["e4_chained"];
    let frames: Vec<u8> = chained["frames"].as_array().unwrap().iter().flat_map(bytes).collect();
    let message = decode(&frames).unwrap();
    assert_eq!(encode(&message), frames);
    let body = Answer::of(&message).unwrap().body;
    assert_eq!(find(body, tag::SRED_DATA).unwrap().unwrap(), bytes(&chained["dfae02"]));
    assert_eq!(find(body, tag::SRED_KSN).unwrap().unwrap(), bytes(&chained["ksn"]));
}

#[test]
fn vectors_control_bytes() {
    let whole = |control: u8, checksum: u8| [1, control, 6, 0x10, 0x11, 0x12, 0x13, 0x90, 0x00, checksum];
    assert_eq!(decode(&whole(0x00, 0x97)).unwrap().info.as_slice(), [0x10, 0x11, 0x12, 0x13, 0x90, 0x00]);
    assert!(decode(&whole(0x40, 0xD7)).unwrap().unsolicited);
    for (control, checksum) in [(0x01, 0x96), (0x41, 0xD6)] {
        let mut frames = Deframer::default();
        frames.push(&whole(control, checksum));
        assert_eq!(frames.next_message(), None, "more is to come");
        frames.push(&whole(control ^ 1, checksum ^ 1));
        assert_eq!(frames.next_message().unwrap().unwrap().info.len(), 12);
    }
}

#[test]
fn vectors_damaged_frames() {
    let refused = |text: &str| decode(&hex::decode(text).unwrap()).unwrap_err();
    assert_eq!(refused("010004D0020000D4"), FrameError::Checksum, "printed so by a processor's manual");
    assert_eq!(refused("03"), FrameError::Node(3));
    assert_eq!(refused("0102"), FrameError::Control(2));
    assert_eq!(refused("010001"), FrameError::Length(1));
    assert_eq!(refused("0100FF"), FrameError::Length(255));
    assert_eq!(refused("01010611121314900096010002900093").to_string(), "checksum");
    assert_eq!(refused("0101061011121390009601400290 00D3".replace(' ', "").as_str()), FrameError::Chain);
}

#[test]
fn chains_of_two_nodes_interleave() {
    let message = |node, fill: u8| Message { node, unsolicited: false, info: vec![fill; 400].into() };
    let (one, two) = (message(Node::Pinpad, 0x11), message(Node::PosInterface, 0x22));
    let (first, second) = (encode(&one), encode(&two));
    let mut frames = Deframer::default();
    for part in [&first[..258], &second[..258], &second[258..], &first[258..]] {
        frames.push(part);
    }
    assert_eq!(frames.next_message(), Some(Ok(two)));
    assert_eq!(frames.next_message(), Some(Ok(one)));
}

#[test]
fn a_chain_without_end_does_not_fill_the_memory() {
    let mut frames = Deframer::default();
    let part = encode(&Message { node: Node::Pinpad, unsolicited: false, info: vec![0x55; 300].into() });
    for _ in 0..100 {
        frames.push(&part[..258]);
    }
    assert_eq!(frames.next_message(), Some(Err(FrameError::TooLong)));
}
