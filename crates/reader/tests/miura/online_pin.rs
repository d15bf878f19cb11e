//! The PIN of a swiped card, for its issuer: off unless it was set up.

use reader::miura::{Answer, Command, MiuraDriver, StatusWord, encode};
use reader::{Driver, End, Entry, Event, Fault, Prompt, Setup, State};
use tlv::{object, tag};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{CHIP_OR_SWIPE, CLOCK, Hear, answer, awaiting_with, events, frame, sent, settle};

/// A swipe of a card without chip whose service code is this.
pub(crate) fn swipe(service_code: &str) -> Vec<u8> {
    let track = format!(";476173******0010=1512{service_code}**********?*");
    let objects = [
        object(tag::CARD_STATUS, &[0, 7]),
        object(tag::SRED_DATA, &[0x11; 16]),
        object(tag::SRED_KSN, &[0x22; 10]),
        object(tag::MASKED_TRACK_2, track.as_bytes()),
    ];
    let body = object(tag::RESPONSE, &objects.concat());
    encode(&Answer { status: StatusWord::OK, body: &body }.message(true))
}

fn awaiting(online_pin: bool) -> MiuraDriver {
    awaiting_with(Setup { online_pin, ..Setup::default() }, CHIP_OR_SWIPE)
}

/// The reader takes the PIN.
fn entering() -> MiuraDriver {
    let mut driver = awaiting(true);
    driver.hear(200, &swipe("120"));
    assert_eq!(events(&mut driver), [Event::CardSeen, Event::Prompt(Prompt::EnterPin { digits: 0 })]);
    assert_eq!(sent(&mut driver), [Command::Keyboard(false)]);
    driver.hear(210, &frame("OK"));
    let [Command::OnlinePin(terms)] = &sent(&mut driver)[..] else { panic!("ONLINE_PIN") };
    assert_eq!((terms.amount, terms.currency), ([0, 0, 0, 0, 4, 0x56], [0x08, 0x26]));
    assert_eq!((terms.label.as_str(), &terms.track[..8]), ("Visa", &b";476173*"[..]));
    assert_eq!(driver.state(), State::ReadingCard);
    driver
}

fn block() -> Vec<u8> {
    let objects = [object(tag::PIN_BLOCK, &[0x33; 8]), object(tag::PIN_KSN, &[0x44; 10])];
    object(tag::RESPONSE, &objects.concat())
}

#[test]
fn the_service_code_and_the_setting_decide() {
    for (service_code, asks) in
        [("100", true), ("123", true), ("105", true), ("101", false), ("126", false), ("102", false)]
    {
        for online_pin in [true, false] {
            let mut driver = awaiting(online_pin);
            driver.hear(200, &swipe(service_code));
            let read = matches!(&events(&mut driver)[..], [Event::CardRead(read)] if !read.pin_entered);
            assert_eq!(read, !(asks && online_pin), "{service_code}");
        }
    }
}

#[test]
fn a_reader_without_a_pin_key_is_not_asked() {
    let mut driver = MiuraDriver::new(Setup { online_pin: true, ..Setup::default() });
    driver.connect(0, CLOCK);
    driver.handle_timeout(30);
    let reset = hex::decode("E10B9F1E083034303030323033").unwrap();
    let no_pin = answer(0x9000, &[0xE1, 5, 0xDF, 0xAE, 0x01, 1, 0x05]);
    for said in [answer(0x9000, &reset), frame("OK"), no_pin, frame("BATTR"), frame("OK")] {
        driver.hear(40, &said);
    }
    sent(&mut driver);
    let sale = reader::CardTransaction { interfaces: CHIP_OR_SWIPE, ..crate::driver::purchase(456) };
    driver.start(50, sale).unwrap();
    settle(&mut driver, 50);
    driver.hear(50, &frame("REM"));
    events(&mut driver);
    driver.hear(200, &swipe("120"));
    assert!(matches!(&events(&mut driver)[..], [Event::CardRead(_)]));
}

#[test]
fn block_and_serial_number_go_into_the_swipes_template() {
    let mut driver = entering();
    driver.hear(220, &frame("E6PIN"));
    driver.hear(300, &answer(0x9000, &block()));
    let told = events(&mut driver);
    let [Event::Prompt(Prompt::PinOk), Event::CardRead(read)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((read.entry, read.pin_entered), (Entry::Swipe, true));
    let template = tlv::read(read.encrypted.bytes()).next().unwrap().unwrap();
    assert_eq!((template.tag, template.raw.len()), (tag::RESPONSE, read.encrypted.bytes().len()));
    let tags: Vec<_> = template.children().map(|object| object.unwrap().tag).collect();
    assert_eq!(
        tags,
        [tag::CARD_STATUS, tag::SRED_DATA, tag::SRED_KSN, tag::MASKED_TRACK_2, tag::PIN_BLOCK, tag::PIN_KSN]
    );
    assert_eq!(tlv::find(read.encrypted.bytes(), tag::PIN_BLOCK), Ok(Some(&[0x33; 8][..])));
    driver.end_card(400, true);
    settle(&mut driver, 400);
    assert_eq!(driver.state(), State::Idle);
}

#[test]
fn the_other_answers() {
    let ended = |code| Event::Ended(End::NotUsable { code });
    for (said, told) in [
        (answer(0x9000, &[0x08]), Event::Ended(End::CancelledOnReader)),
        (answer(0x9F41, &[]), Event::Ended(End::CancelledOnReader)),
        (answer(0x9000, &[0x09]), ended(1009)),
        (answer(0x9000, &[0x0A]), ended(1010)),
        (answer(0x9000, &[0x0B]), ended(1011)),
        (answer(0x9FE0, &[]), ended(1224)),
        (answer(0x9F0F, &[]), ended(1015)),
        (answer(0x6D00, &[]), ended(1000)),
        (answer(0x9000, &[]), Event::Broken(Fault::Unexpected)),
        (answer(0x9000, &block()[..13]), Event::Broken(Fault::Unexpected)),
    ] {
        let mut driver = entering();
        driver.hear(300, &said);
        assert_eq!(events(&mut driver), [told]);
    }
    let mut bypassed = entering();
    bypassed.hear(300, &answer(0x9000, &[0x0C]));
    assert!(matches!(&events(&mut bypassed)[..], [Event::CardRead(read)] if !read.pin_entered));
}

#[test]
fn it_is_cancelled_like_any_reading() {
    let mut driver = entering();
    driver.abort(300).unwrap();
    assert_eq!(sent(&mut driver), [Command::Abort]);
    driver.hear(310, &frame("OK"));
    assert_eq!(events(&mut driver), []);
    driver.hear(320, &answer(0x9000, &block()));
    assert_eq!(events(&mut driver), [Event::Ended(End::CancelledOnPage)]);

    let mut driver = entering();
    assert_eq!(driver.poll_timeout(), Some(120_200));
    driver.hear(50_000, &frame("E6PIN"));
    assert_eq!(driver.poll_timeout(), Some(170_000), "the customer is at work");
    driver.handle_timeout(170_000);
    assert_eq!(sent(&mut driver), [Command::Abort]);
}

#[test]
fn a_chip_that_comes_meanwhile_changes_nothing() {
    let mut driver = entering();
    driver.hear(220, &frame("INS"));
    driver.hear(230, &frame("REM"));
    assert_eq!(events(&mut driver), [Event::CardRemoved]);
    assert_eq!(driver.poll_timeout(), Some(120_200));
    driver.hear(300, &answer(0x9000, &block()));
    assert!(matches!(&events(&mut driver)[..], [Event::CardRead(read)] if read.pin_entered));
}
