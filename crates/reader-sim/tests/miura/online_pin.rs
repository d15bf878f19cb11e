//! The PIN of a swiped card, from its keys to the block that only the gateway can read.

use dukpt::{BaseKey, Ksn, Variant, WorkingKey, decode_pin_block};
use reader::{CardRead, Driver, End, Event, Interfaces, Prompt, Setup, State};
use reader_sim::BASE_KEY;
use reader_sim::{Card, Emulator, Hand, Key};
use serde_json::Value;
use tlv::{find, tag};

use crate::pair::{Pair, card, decrypt, pan};

const SWIPE_ONLY: Interfaces = Interfaces { chip: false, contactless: false, swipe: true };

/// A card without chip whose issuer wants to check a PIN.
fn pin_card() -> Card {
    Card { service_code: "120", ..*card("stripe only") }
}

fn swiped(card: Card) -> Pair {
    let mut pair = Pair::ready_with(Setup { online_pin: true, ..Setup::default() });
    swipe(&mut pair, card);
    pair
}

fn swipe(pair: &mut Pair, card: Card) {
    pair.start(SWIPE_ONLY);
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(card)));
    let digits = Event::Prompt(Prompt::EnterPin { digits: 0 });
    assert_eq!(events, [Event::CardSeen, digits.clone(), digits], "the driver's and the reader's own");
    assert!(pair.reader.screen().keypad);
}

fn read(events: &[Event]) -> &CardRead {
    match events.last() {
        Some(Event::CardRead(read)) => read,
        _ => panic!("{events:?}"),
    }
}

#[test]
fn the_gateway_can_read_the_pin() {
    let mut pair = swiped(pin_card());
    let events = pair.type_pin("73051928");
    let read = read(&events);
    assert!(read.pin_entered);
    assert_eq!(pan(read), pin_card().pan);
    let value = |tag| find(read.encrypted.bytes(), tag).unwrap().unwrap();
    let ksn = Ksn::new(value(tag::PIN_KSN).try_into().unwrap());
    let key = BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(Variant::Pin);
    let block = key.decrypt(value(tag::PIN_BLOCK)).unwrap().try_into().unwrap();
    assert_eq!(decode_pin_block(block, pin_card().pan).unwrap().as_str(), "73051928");
    assert!(!format!("{events:?}").contains("73051928"));

    pair.driver.end_card(pair.now, true);
    assert_eq!((pair.events(), pair.driver.state()), (vec![], State::Idle));
}

#[test]
fn vectors_keys_and_pin_blocks_are_the_published_ones() {
    let table: Value =
        serde_json::from_str(include_str!("../../../dukpt/tests/vectors/tdes_dukpt.json")).unwrap();
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    assert_eq!((table["pin"].as_str(), table["pan"].as_str()), (Some("1234"), Some("4012345678909")));
    let published = Card { pan: "4012345678909", ..pin_card() };
    let mut pair = Pair::ready_with(Setup { online_pin: true, ..Setup::default() });
    let keys = table["rows"].as_array().unwrap();
    assert_eq!(keys.len(), 4);
    for key in keys {
        swipe(&mut pair, published);
        let events = pair.type_pin("1234");
        let blob = read(&events).encrypted.clone();
        let value = |tag| find(blob.bytes(), tag).unwrap().unwrap().to_vec();
        assert_eq!(value(tag::SRED_KSN), bytes(&key["ksn"]));
        let data_key = WorkingKey::new(bytes(&key["DEKreq"]).try_into().unwrap());
        assert_eq!(data_key.decrypt(&value(tag::SRED_DATA)).unwrap(), decrypt(blob.bytes()));
        assert_eq!(value(tag::PIN_KSN), bytes(&key["ksn"]), "a counter of its own");
        assert_eq!(value(tag::PIN_BLOCK), bytes(&key["pinblock"]));
        pair.driver.end_card(pair.now, true);
        pair.events();
    }
}

#[test]
fn without_a_pin_the_issuer_judges() {
    let mut pair = swiped(pin_card());
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Press(Key::Enter)));
    let read = read(&events);
    assert!(!read.pin_entered && find(read.encrypted.bytes(), tag::PIN_BLOCK) == Ok(None));
}

#[test]
fn it_may_be_cancelled_on_both_sides_or_forgotten() {
    let mut on_reader = swiped(pin_card());
    let events = on_reader.hand(|reader, now| reader.hand(now, Hand::Press(Key::Cancel)));
    assert_eq!(events, [Event::Ended(End::CancelledOnReader)]);

    let mut forgotten = swiped(pin_card());
    forgotten.wait(30_000);
    assert_eq!(forgotten.events(), [Event::Ended(End::CancelledOnReader)], "the reader tells no difference");

    for race in [false, true] {
        let mut on_page = swiped(pin_card());
        on_page.reader.faults().cancel_race = race;
        on_page.driver.abort(on_page.now).unwrap();
        assert_eq!(on_page.events(), [Event::Ended(End::CancelledOnPage)]);
        assert_eq!(on_page.driver.state(), State::Idle);
    }
}
