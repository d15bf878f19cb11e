//! Published and recomputed Miura frames, both ways.

use reader::miura::{
    Answer, CARD_REPORTS_OFF, CARD_REPORTS_ON, CardStatus, Command, Deframer, DeviceStatus, FrameError,
    Message, Node, PinStatus, PinTerms, Report, StatusWord, Terms, encode,
};
use reader::{CardProblem, IssuerAnswer, IssuerAnswerError, WallClock};
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
    let pin = PinTerms {
        amount: TERMS.amount,
        label: "Example label".to_owned(),
        currency: TERMS.currency,
        track: b";476173******0010=1512201**********?*".to_vec(),
    };
    let commands = [
        ("RESET", Command::Reset),
        ("GETCFG", Command::Configuration),
        ("DEVINFO", Command::DeviceInfo),
        ("ABORT", Command::Abort),
        ("CARD1D", Command::CardStatus(CARD_REPORTS_ON)),
        ("CARD1F", Command::CardStatus(0x1F)),
        ("CARDOFF", Command::CardStatus(CARD_REPORTS_OFF)),
        ("KEYB", Command::Keyboard(true)),
        ("BATT", Command::Battery),
        ("P2PE", Command::P2peStatus),
        ("CLKGET", Command::GetClock),
        ("CLKSET", Command::SetClock(clock)),
        ("USBDISC", Command::Disconnect),
        ("SELECT", Command::SelectFile("mpi.log".to_owned())),
        ("READ", Command::ReadBinary { offset: 0, len: 0xFC }),
        ("OPIN", Command::OnlinePin(pin)),
        ("DISP", Command::Display("Hello world!".to_owned())),
        ("START", Command::StartTransaction(TERMS)),
        ("CTLS", Command::StartContactless(TERMS)),
        ("CONT00", issuer(b"00")),
        ("CONTZ1", issuer(b"Z1")),
    ];
    assert_eq!(commands.len(), 21, "every command among the frames");
    for (name, command) in commands {
        let message = decode(&frame(name)).unwrap();
        assert_eq!((message.node, message.unsolicited), (Node::Pinpad, false), "{name}");
        assert_eq!(Command::parse(&message.info).as_ref(), Ok(&command), "{name}");
        assert_eq!(command.encode(), message.info, "{name}");
    }
}

#[test]
fn every_command_survives_the_wire_and_has_its_name() {
    for (command, name) in [
        (Command::Printer, "PRINTER_STATUS"),
        (Command::Bluetooth, "BLUETOOTH_CONTROL"),
        (Command::CashDrawer, "CASH_DRAWER"),
        (Command::SystemLog { remove: true }, "SYSTEM_LOG"),
        (Command::SystemLog { remove: false }, "SYSTEM_LOG"),
        (Command::ReadBinary { offset: 0x7FFF, len: 1 }, "READ_BINARY"),
        (Command::ReadBinary { offset: 0x8000, len: 0xFC }, "READ_BINARY"),
        (Command::ReadBinary { offset: 0x7F_FF02, len: 3 }, "READ_BINARY"),
        (Command::Display("\u{20ac} 4,56".to_owned()), "DISPLAY_TEXT"),
        (Command::Keyboard(false), "KEYBOARD_STATUS"),
        (Command::GetClock, "SYSTEM_CLOCK"),
        (Command::Disconnect, "USB_SERIAL_DISCONNECT"),
    ] {
        assert_eq!(Command::parse(&command.encode()), Ok(command.clone()), "{name}");
        assert_eq!(command.name(), name);
    }
    let long = Command::ReadBinary { offset: 0x8000, len: 0xFC }.encode();
    assert_eq!(hex::encode_upper(&*long), "00B080800100FC", "low byte of the offset as data");
}

#[test]
fn what_is_no_command_is_refused_with_the_devices_word() {
    let refused = |info: &str| Command::parse(&hex::decode(info).unwrap()).unwrap_err();
    assert_eq!(refused("D0AA0000"), StatusWord::UNKNOWN_COMMAND);
    assert_eq!(refused("D0"), StatusWord::UNKNOWN_COMMAND);
    assert_eq!(refused("D0000100"), StatusWord::UNKNOWN_COMMAND, "only the soft reset");
    assert_eq!(refused("DED100000300E001"), StatusWord::DATA_MISSING);
    assert_eq!(refused("DED1000009E00100"), StatusWord::INVALID_DATA);
    assert_eq!(refused("DED6010002E000"), StatusWord::BAD_PARAMETER);
    assert_eq!(refused("D201000101E1"), StatusWord::INVALID_DATA);
    let clock = |date: &str| refused(&format!("D01000000DE00B9A03{date}9F2103101530"));
    assert_eq!(clock("2611B3"), StatusWord::INVALID_DATA, "B3 is no decimal number");
    assert_eq!(clock("26112C"), StatusWord::INVALID_DATA);
}

#[test]
fn a_text_is_cut_before_it_is_called_utf_8() {
    let shown = |text: &str| Command::Display(text.to_owned()).encode();
    let rows = "x".repeat(87);
    assert_eq!(shown(&format!("{rows}\u{e9}")), shown(&rows));
    assert_eq!(shown("\u{e9}")[..6], [0xD2, 0x01, 0x00, 0x81, 0x02, 0xC3]);
    assert!(shown(&"\u{20ac}".repeat(87)).len() <= 254);
}

#[test]
fn what_no_frame_or_display_holds_is_refused() {
    let text = |len: usize| [&[0xD2, 0x01, 0, 1, len as u8][..], &vec![b'x'; len]].concat();
    assert!(Command::parse(&text(249)).is_ok());
    assert_eq!(Command::parse(&text(250)), Err(StatusWord::INVALID_DATA), "a command is never chained");
    let pin = |label: &str, track: usize| {
        let label = label.to_owned();
        let terms =
            PinTerms { amount: TERMS.amount, label, currency: TERMS.currency, track: vec![b'*'; track] };
        Command::parse(&Command::OnlinePin(terms).encode())
    };
    assert!(pin("sixteen letters.", 40).is_ok());
    assert_eq!(pin("seventeen letters", 40), Err(StatusWord::BAD_PARAMETER));
    assert_eq!(pin("caf\u{e9}", 40), Err(StatusWord::BAD_PARAMETER));
    assert_eq!(pin("Visa", 41), Err(StatusWord::BAD_PARAMETER));
}

#[test]
fn the_longest_issuers_answer_fills_one_frame() {
    let data = |len: usize| object(tag::ISSUER_SCRIPT_2, &vec![0x55; len]);
    let longest = IssuerAnswer::new(*b"00", &data(239)).unwrap();
    let command = Command::Continue(longest.objects());
    assert_eq!(command.encode().len(), 254);
    assert_eq!(Command::parse(&command.encode()), Ok(command));
    assert_eq!(IssuerAnswer::new(*b"00", &data(240)), Err(IssuerAnswerError::TooLong(243)));
}

#[test]
fn vectors_reports() {
    let report = |name: &str| {
        let message = decode(&frame(name)).unwrap();
        let answer = Answer::of(&message).unwrap();
        assert!(message.unsolicited && answer.status == StatusWord::OK, "{name}");
        Report::parse(answer.body).unwrap()
    };
    let device =
        |status, pin| Report::Device { status: Some(status), pin_digits: None, pin, tries_left: None };
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
fn status_words_have_the_vendors_numbers_and_a_way_out() {
    use CardProblem::*;
    for (word, code, problem) in [
        (StatusWord::NUMBER_FORMAT, 1020, Support),
        (StatusWord::INVALID_DATA, 1033, Support),
        (StatusWord::TERMINAL_NOT_READY, 1034, RestartReader),
        (StatusWord::NO_CARD, 1035, Again),
        (StatusWord::INVALID_CARD, 1037, OtherCard),
        (StatusWord::NOT_ALLOWED, 1038, RestartReader),
        (StatusWord::DATA_MISSING, 1039, Support),
        (StatusWord::UNSUPPORTED_CARD_SWIPE_ALLOWED, 1040, OtherCard),
        (StatusWord::FILE_MISSING, 1042, Support),
        (StatusWord::READ_ERROR_SWIPE_ALLOWED, 1048, OtherCard),
        (StatusWord::ISSUER_KEY, 1064, OtherCard),
        (StatusWord::CANCELLED, 1065, Again),
        (StatusWord::CONTACTLESS_TIMEOUT, 1066, Again),
        (StatusWord::CONTACTLESS_INSERTED, 1067, Again),
        (StatusWord::CONTACTLESS_SWIPED, 1068, Again),
        (StatusWord::USE_CHIP_OR_SWIPE, 1193, OtherWay),
        (StatusWord::USE_CHIP_SWIPE_OR_OTHER_CARD, 1194, OtherWay),
        (StatusWord::USE_CHIP, 1195, UseChip),
        (StatusWord::CONTACTLESS_HARDWARE, 1207, OtherWay),
        (StatusWord::NO_KEY, 1224, ReaderKeys),
    ] {
        assert_eq!((word.code(), CardProblem::of("miura", code)), (code, problem));
    }
    assert_eq!(CardProblem::of("miura", 103), OtherCard, "a stripe that cannot be read");
    assert_eq!(CardProblem::of("miura", 1009), RestartReader, "PIN entry failed");
    assert_eq!(CardProblem::of("miura", 9), Support);
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
