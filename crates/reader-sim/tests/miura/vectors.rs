//! The emulator's frames beside the published ones.

use crate::pair::{CLOCK, Pair, card, decrypt, pan};
use dukpt::{BaseKey, Ksn, Variant};
use reader::miura::{Answer, Command, Deframer, Message, MiuraDriver, Node, StatusWord, encode};
use reader::{Driver, Event, FromReader, Interfaces, ToReader};
use reader_sim::BASE_KEY;
use reader_sim::miura::MiuraEmulator;
use reader_sim::{Card, Emulator, Hand, Key};
use serde_json::Value;
use tlv::tag;

/// The published examples' card.
fn published_card() -> Card {
    Card { expiry: "1512", ..*card("Visa, chip and PIN") }
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../reader/tests/vectors/miura.json")).unwrap()
}

/// The objects of the published message, without its status word.
fn published(frames: &[&Value]) -> Vec<u8> {
    let mut deframer = Deframer::default();
    for frame in frames {
        deframer.push(&hex::decode(frame.as_str().unwrap()).unwrap());
    }
    Answer::of(&deframer.next_message().unwrap().unwrap()).unwrap().body.to_vec()
}

/// Tags and lengths, in order, of the one template in `bytes`.
fn layout(bytes: &[u8]) -> Vec<(String, usize)> {
    let template = tlv::read(bytes).next().unwrap().unwrap();
    template
        .children()
        .map(|object| object.unwrap())
        .map(|object| (object.tag.to_string(), object.value.len()))
        .collect()
}

#[test]
fn vectors_e4_has_the_published_layout_and_ciphertext() {
    let mut pair = Pair::asking();
    pair.insert(&published_card());
    let events = pair.type_pin("1234");
    let Some(Event::CardRead(read)) = events.last() else { panic!("{events:?}") };
    let vectors = vectors();
    let frames: Vec<_> = vectors["e4_chained"]["frames"].as_array().unwrap().iter().collect();
    let published = published(&frames);
    assert_eq!(layout(read.encrypted.bytes()), layout(&published));
    for tag in [
        tag::SRED_DATA,
        tag::SRED_KSN,
        tag::MASKED_PAN,
        tag::MASKED_TRACK_2_CHIP,
        tag::AMOUNT,
        tag::CVM_RESULTS,
    ] {
        assert_eq!(tlv::find(read.encrypted.bytes(), tag), tlv::find(&published, tag), "{tag}");
    }
    let clear = decrypt(read.encrypted.bytes());
    assert!(clear.starts_with(&hex::decode(vectors["e4_chained"]["clear"].as_str().unwrap()).unwrap()));
}

#[test]
fn vectors_a_real_swipe_decrypts_and_has_the_emulators_layout() {
    let published = published(&[&vectors()["frames"]["SWIPE"]]);
    let clear = decrypt(&published);
    let tracks: Vec<_> = tlv::read_padded(&clear).map(|object| object.unwrap()).collect();
    assert_eq!(tracks[0].value, b"%B4761739001010010^VISA ACQUIRER TEST CARD 05^15122011143800575000000?");
    assert_eq!(tracks[1].value, b";4761739001010010=15122011143857589?<");

    let mut pair = Pair::ready();
    pair.start(Interfaces { chip: false, contactless: false, swipe: true });
    let plain = Card { service_code: "101", ..published_card() };
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(plain)));
    let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(layout(read.encrypted.bytes()), layout(&published));
    let ours = decrypt(read.encrypted.bytes());
    let ours: Vec<_> = tlv::read_padded(&ours).map(|object| object.unwrap()).collect();
    assert_eq!(ours.iter().map(|track| track.value.len()).collect::<Vec<_>>(), [70, 37]);
}

#[test]
fn vectors_reports_and_answers_are_the_published_bytes() {
    let vectors = vectors();
    let published = |name: &str| hex::decode(vectors["frames"][name].as_str().unwrap()).unwrap();
    let mut reader = MiuraEmulator::new(0);
    let mut said = |bytes: &[u8], act: fn(&mut MiuraEmulator)| {
        reader.handle(0, ToReader::Bytes(bytes.to_vec()));
        act(&mut reader);
        let mut said = Vec::new();
        while let Some(FromReader::Bytes(bytes)) = reader.poll_transmit() {
            said.extend(bytes);
        }
        said
    };
    let nothing: fn(&mut MiuraEmulator) = |_| {};
    assert_eq!(said(&published("BATT"), nothing), published("BATTR"));
    assert_eq!(said(&published("P2PE"), nothing), published("P2PER"));
    let reset = Message { node: Node::PosInterface, unsolicited: false, info: Command::Reset.encode() };
    assert_eq!(said(&encode(&reset), nothing), published("RESETR"));
    assert_eq!(said(&published("CLKSET"), nothing), published("OK"));
    assert_eq!(said(&published("DISP"), nothing), published("OK"));
    assert_eq!(said(&published("KEYB"), nothing), published("OK"));
    assert_eq!(said(&[], |reader| reader.hand(0, Hand::Press(Key::Cancel))), published("KEYC"));
    assert_eq!(said(&published("CARD1D"), nothing), published("REM"));
    assert_eq!(said(&[], |reader| reader.hand(0, Hand::Insert(*card("without PIN")))), published("INS"));
    assert_eq!(said(&[], |reader| reader.hand(0, Hand::Remove)), published("REM"));
    assert!(said(&published("CTLS"), nothing).is_empty());
    let inserted = said(&[], |reader| reader.hand(0, Hand::Insert(*card("Visa, chip and PIN"))));
    assert_eq!(inserted, [published("INS"), published("E9F43")].concat());
    said(&published("START"), nothing);
    let typed = said(&[], |reader| {
        use Key::{Digit, Enter};
        [Digit(1), Digit(2), Digit(3), Digit(4), Enter]
            .into_iter()
            .for_each(|key| reader.hand(0, Hand::Press(key)));
    });
    let pin_ok = published("E6PIN");
    assert!(typed.windows(pin_ok.len()).any(|window| window == pin_ok));
    assert_eq!(said(&published("ABORT"), nothing), published("OK"));
    said(&published("CTLS"), nothing);
    assert_eq!(said(&published("ABORT"), nothing), [published("OK"), published("E9F41")].concat());
    said(&[], |reader| {
        reader.faults().restart = true;
        reader.handle_timeout(0);
    });
    assert_eq!(said(&[], |reader| reader.handle_timeout(1_000)), published("E6PWR"));
}

/// Everything that the emulator says to one frame.
fn answers(reader: &mut MiuraEmulator, frame: &Value) -> Vec<Message> {
    reader.handle(0, ToReader::Bytes(hex::decode(frame.as_str().unwrap()).unwrap()));
    let mut frames = Deframer::default();
    while let Some(FromReader::Bytes(bytes)) = reader.poll_transmit() {
        frames.push(&bytes);
    }
    std::iter::from_fn(|| frames.next_message()).map(Result::unwrap).collect()
}

#[test]
fn vectors_every_command_is_understood() {
    let vectors = vectors();
    let status = |reader: &mut MiuraEmulator, name: &str| {
        let said = answers(reader, &vectors["frames"][name]);
        said.first().map(|message| Answer::of(message).unwrap().status)
    };
    let mut reader = MiuraEmulator::new(0);
    for name in [
        "RESET", "GETCFG", "DEVINFO", "ABORT", "CARD1F", "CARDOFF", "CARD1D", "KEYB", "BATT", "P2PE",
        "CLKGET", "CLKSET", "USBDISC", "DISP", "SELECT", "READ",
    ] {
        assert_eq!(status(&mut reader, name), Some(StatusWord::OK), "{name}");
    }
    for last in ["CONT00", "CONTZ1"] {
        reader.hand(0, Hand::Insert(*card("without PIN")));
        assert_eq!(status(&mut reader, "START"), Some(StatusWord::OK));
        assert_eq!(status(&mut reader, last), Some(StatusWord::OK));
    }
    reader.hand(0, Hand::Remove);
    assert_eq!(status(&mut reader, "CTLS"), Some(StatusWord::OK), "only the report of the card that went");
    assert_eq!(status(&mut reader, "ABORT"), Some(StatusWord::OK));

    // ONLINE_PIN of the card that was swiped before.
    reader.hand(0, Hand::Swipe(published_card()));
    answers(&mut reader, &vectors["frames"]["CARDOFF"]);
    answers(&mut reader, &vectors["frames"]["OPIN"]);
    for key in [Key::Digit(1), Key::Digit(2), Key::Digit(3), Key::Digit(4), Key::Enter] {
        reader.hand(0, Hand::Press(key));
    }
    let said = answers(&mut reader, &Value::String(String::new()));
    let body = Answer::of(said.last().unwrap()).unwrap().body;
    let value = |tag| tlv::find(body, tag).unwrap().unwrap();
    let ksn = Ksn::new(value(tag::PIN_KSN).try_into().unwrap());
    let key = BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(Variant::Pin);
    let block = key.decrypt(value(tag::PIN_BLOCK)).unwrap().try_into().unwrap();
    assert_eq!(dukpt::decode_pin_block(block, published_card().pan).unwrap().as_str(), "1234");
}

#[test]
fn vectors_the_published_swipe_comes_out_of_the_emulator_but_for_its_key() {
    let published = published(&[&vectors()["frames"]["SWIPE"]]);
    let mut reader = MiuraEmulator::new(0);
    answers(&mut reader, &vectors()["frames"]["CARD1D"]);
    reader.hand(0, Hand::Swipe(published_card()));
    let said = answers(&mut reader, &Value::String(String::new()));
    let [message] = &said[..] else { panic!("{said:?}") };
    assert!(message.unsolicited);
    let ours = Answer::of(message).unwrap().body;
    assert_eq!(layout(ours), layout(&published));
    assert_eq!(tlv::find(ours, tag::MASKED_TRACK_2), tlv::find(&published, tag::MASKED_TRACK_2));
    assert_eq!(decrypt(ours), decrypt(&published));
}

#[test]
fn another_seed_is_another_reader() {
    let blob = |seed| {
        let mut pair =
            Pair { driver: MiuraDriver::new(Default::default()), reader: MiuraEmulator::new(seed), now: 0 };
        pair.driver.connect(0, CLOCK);
        pair.wait(100);
        pair.events();
        pair.start(Interfaces::ALL);
        let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*card("stripe only"))));
        let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(pan(read), card("stripe only").pan);
        read.encrypted.clone()
    };
    assert!(blob(1) != blob(2) && blob(1) == blob(1));
}

#[test]
fn a_reader_is_known_by_its_serial_number() {
    let serial = |reader: MiuraEmulator| {
        let mut pair = Pair { driver: MiuraDriver::new(Default::default()), reader, now: 0 };
        pair.driver.connect(0, CLOCK);
        pair.wait(100);
        let events = pair.events();
        let [Event::Ready(identity)] = &events[..] else { panic!("{events:?}") };
        identity.serial.clone()
    };
    assert_eq!(serial(MiuraEmulator::new(0)), "04000203");
    assert_eq!(serial(MiuraEmulator::new(u64::MAX)).len(), 8);
    assert_ne!(serial(MiuraEmulator::new(1)), serial(MiuraEmulator::new(2)));
}

#[test]
fn each_reading_has_its_own_key() {
    let first = Ksn::new([0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, 0xE0, 0, 1]);
    let key = |ksn: Ksn| BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(Variant::DekRequest);
    assert_ne!(key(first).expose(), key(first.next().unwrap()).expose());
    let mut pair = Pair::asking();
    let mut ksns = vec![];
    for _ in 0..2 {
        let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*card("stripe only"))));
        let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        ksns.push(read.ksn.clone().unwrap());
        pair.driver.end_card(pair.now, true);
        pair.settle();
        pair.start(Interfaces::ALL);
    }
    assert_eq!(ksns, ["FFFF9876543210E00001", "FFFF9876543210E00002"]);
}
