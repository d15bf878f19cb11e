//! Whole payments: the real driver with the emulator.

use reader::{End, Entry, Event, Interfaces, IssuerAnswer, Link, Power, Prompt, Refused, Scheme, State};
use reader_sim::{Faults, Hand, Key};

use crate::rig::{Rig, card};
use crate::vectors::{cvm_results, pan};

pub(crate) const DYNAFLEX: Link = Link::Hid { product: 0x2020 };
pub(crate) const II_GO: Link = Link::Hid { product: 0x2024 };
const DYNAPROX: Link = Link::Hid { product: 0x2023 };
const TAP: Interfaces = Interfaces { chip: false, contactless: true, swipe: false };
const REMOVE: Event = Event::Prompt(Prompt::RemoveCard);

pub(crate) fn ready(link: Link) -> Rig {
    Rig::ready("magtek-mms", link, 0)
}

pub(crate) fn asking() -> Rig {
    let mut rig = ready(DYNAFLEX);
    rig.start(Interfaces::ALL);
    rig
}

fn type_pin(rig: &mut Rig, pin: &str) -> Vec<Event> {
    for digit in pin.bytes() {
        rig.reader.hand(rig.now, Hand::Press(Key::Digit(digit - b'0')));
    }
    rig.hand(Hand::Press(Key::Enter))
}

fn approval() -> IssuerAnswer {
    IssuerAnswer::new(*b"00", &hex::decode("910A00112233445566770000").unwrap()).unwrap()
}

#[test]
fn a_chip_is_read_approved_and_taken_out() {
    for (code, approved) in [(*b"00", true), (*b"51", false)] {
        let mut rig = asking();
        let visa = card("without PIN");
        let events = rig.hand(Hand::Insert(*visa));
        let [Event::CardSeen, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((read.entry, pan(read.encrypted.bytes()).as_str()), (Entry::Chip, visa.pan));
        assert_eq!((read.card.first6.as_deref(), read.card.last4.as_deref()), (None, Some("0028")));
        assert_eq!((read.card.scheme, read.card.expiry.as_deref()), (Some(Scheme::Visa), Some("2912")));
        let answer = IssuerAnswer::new(code, &[]).unwrap();
        rig.driver.continue_with(rig.now, &answer).unwrap();
        let events = rig.events();
        let [Event::Decision(decision), REMOVE] = &events[..] else { panic!("{events:?}") };
        assert_eq!(decision.approved, approved);
        assert_eq!(pan(decision.data.bytes()), visa.pan);
        rig.driver.end_card(rig.now, approved);
        assert_eq!(rig.hand(Hand::Remove), [Event::CardRemoved]);
        rig.start(Interfaces::ALL);
    }
}

#[test]
fn a_chip_that_declines_although_the_issuer_approved() {
    let mut rig = asking();
    rig.hand(Hand::Insert(*card("declines after")));
    rig.driver.continue_with(rig.now, &approval()).unwrap();
    let events = rig.events();
    assert!(matches!(&events[..], [Event::Decision(decision), REMOVE] if !decision.approved));
}

#[test]
fn a_pin_is_entered_on_the_reader() {
    let mut rig = asking();
    assert_eq!(rig.hand(Hand::Insert(*card("PIN 1234"))), [Event::CardSeen]);
    assert!(rig.reader.screen().keypad && rig.reader.screen().rows[0] == "ENTER PIN");
    assert_eq!(type_pin(&mut rig, "0000"), [Event::Prompt(Prompt::WrongPin { tries_left: None })]);
    let events = type_pin(&mut rig, "1234");
    let [Event::Prompt(Prompt::PinOk), Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert!(read.pin_entered && cvm_results(read.encrypted.bytes()) == [0x41, 0x03, 0x02]);
}

#[test]
fn wrong_pins_end_in_a_decline() {
    let decline =
        [Event::Prompt(Prompt::WrongPin { tries_left: None }), Event::Ended(End::DeclinedByCard), REMOVE];
    let mut rig = asking();
    rig.hand(Hand::Insert(*card("PIN 1234")));
    assert_eq!(type_pin(&mut rig, "1111"), decline[..1]);
    assert_eq!(type_pin(&mut rig, "2222"), decline[..1]);
    assert_eq!(type_pin(&mut rig, "3333"), decline);

    let mut rig = asking();
    rig.faults(Faults { last_pin_try: true, ..Faults::default() });
    rig.hand(Hand::Insert(*card("PIN 1234")));
    assert_eq!(type_pin(&mut rig, "1111"), decline);
}

#[test]
fn an_application_is_chosen_on_the_reader_or_by_the_card() {
    let mut rig = asking();
    rig.faults(Faults { choose_application: true, ..Faults::default() });
    assert_eq!(rig.hand(Hand::Insert(*card("without PIN"))), [Event::CardSeen]);
    assert!(rig.reader.screen().keypad);
    let events = rig.hand(Hand::Press(Key::Enter));
    assert!(matches!(&events[..], [Event::CardRead(_)]));

    let mut rig = ready(II_GO);
    rig.start(Interfaces::ALL);
    rig.faults(Faults { choose_application: true, ..Faults::default() });
    let events = rig.hand(Hand::Insert(*card("without PIN")));
    assert!(matches!(&events[..], [Event::CardSeen, Event::CardRead(_)]), "{events:?}");
}

#[test]
fn a_tap_is_read_on_every_link() {
    for link in [DYNAFLEX, II_GO, DYNAPROX, Link::Serial] {
        for approved in [true, false] {
            let mut rig = ready(link);
            let offered = if matches!(link, DYNAPROX | Link::Serial) { TAP } else { Interfaces::ALL };
            rig.start(offered);
            assert!(rig.reader.screen().contactless);
            let phone = card("on a phone");
            let events = rig.hand(Hand::Tap(*phone));
            let [Event::CardSeen, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
            assert_eq!((read.entry, pan(read.encrypted.bytes()).as_str()), (Entry::Contactless, phone.pan));
            assert_eq!(rig.driver.continue_with(rig.now, &approval()), Err(Refused::Busy));
            rig.driver.end_card(rig.now, approved);
            assert_eq!((rig.events(), rig.driver.state()), (vec![], State::Idle));
            rig.start(offered);
        }
    }
}

#[test]
fn a_dynaprox_has_no_slot() {
    for link in [DYNAPROX, Link::Serial] {
        let mut rig = ready(link);
        let contacts = Interfaces { contactless: false, ..Interfaces::ALL };
        assert_eq!(rig.try_start(contacts), Err(Refused::Interfaces));
        rig.start(TAP);
        assert_eq!(rig.hand(Hand::Insert(*card("without PIN"))), []);
        assert_eq!(rig.hand(Hand::Swipe(*card("stripe only"))), []);
    }
}

#[test]
fn a_stripe_is_read() {
    let mut rig = asking();
    let old = card("stripe only");
    let events = rig.hand(Hand::Swipe(*old));
    let [Event::CardSeen, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((read.entry, pan(read.encrypted.bytes()).as_str()), (Entry::Swipe, old.pan));
    assert_eq!(read.card.cardholder.as_deref(), Some("OLD/CARD"));
    rig.driver.end_card(rig.now, true);
    assert_eq!((rig.events(), rig.driver.state()), (vec![], State::Idle));
}

#[test]
fn a_chip_card_is_swiped_only_after_its_chip_failed() {
    let mut rig = asking();
    let worn = card("broken chip");
    let events = rig.hand(Hand::Swipe(*worn));
    assert_eq!(events, [Event::CardSeen, Event::Prompt(Prompt::InsertCard)]);
    let events = rig.hand(Hand::Insert(*worn));
    assert_eq!(events, [Event::CardSeen, Event::Prompt(Prompt::SwipeInstead)]);
    rig.hand(Hand::Remove);
    let events = rig.hand(Hand::Swipe(*worn));
    assert!(matches!(&events[..], [Event::CardSeen, Event::CardRead(read)] if read.entry == Entry::Swipe));
}

#[test]
fn cancel_on_the_page_and_on_the_reader() {
    let cancelled = |rig: &mut Rig, end: End| {
        rig.wait(1_000);
        let events = rig.events();
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Ended(_))).count(), 1);
        assert!(events.contains(&Event::Ended(end)), "{events:?}");
        rig.hand(Hand::Remove);
        assert_eq!(rig.driver.state(), State::Idle);
    };
    let mut rig = asking();
    rig.driver.abort(rig.now).unwrap();
    cancelled(&mut rig, End::CancelledOnPage);
    rig.start(Interfaces::ALL);
    rig.hand(Hand::Insert(*card("PIN 1234")));
    rig.driver.abort(rig.now).unwrap();
    cancelled(&mut rig, End::CancelledOnPage);
    rig.start(Interfaces::ALL);
    rig.hand(Hand::Insert(*card("without PIN")));
    rig.driver.abort(rig.now).unwrap();
    cancelled(&mut rig, End::CancelledOnPage);
    rig.start(Interfaces::ALL);
    rig.reader.hand(rig.now, Hand::Press(Key::Cancel));
    cancelled(&mut rig, End::CancelledOnReader);
}

#[test]
fn nobody_presents_a_card() {
    let mut rig = asking();
    rig.wait(61_000);
    assert_eq!((rig.events(), rig.driver.state()), (vec![Event::Ended(End::TimedOut)], State::Idle));
    assert!(!rig.reader.screen().contactless);
}

#[test]
fn a_card_pulled_too_early() {
    let gone = [Event::CardRemoved, Event::Ended(End::CardTakenOut)];
    let mut rig = asking();
    rig.hand(Hand::Insert(*card("PIN 1234")));
    assert_eq!(rig.hand(Hand::Remove), gone);
    assert_eq!(rig.driver.state(), State::Idle);

    rig.start(Interfaces::ALL);
    rig.hand(Hand::Insert(*card("without PIN")));
    assert_eq!(rig.hand(Hand::Remove), gone);
    assert_eq!(rig.driver.state(), State::Idle);
}

#[test]
fn money_that_ends_without_the_issuers_answer_ends_the_card_session() {
    for (approved, told) in [(true, true), (false, false)] {
        let mut rig = asking();
        rig.hand(Hand::Insert(*card("without PIN")));
        rig.driver.end_card(rig.now, approved);
        let events = rig.events();
        assert_eq!(events.iter().any(|event| matches!(event, Event::Decision(_))), told);
        assert_eq!((events.last(), rig.driver.state()), (Some(&REMOVE), State::AwaitingRemoval));
    }
}

#[test]
fn a_card_already_in_the_slot_is_read_at_once() {
    let mut rig = ready(DYNAFLEX);
    rig.hand(Hand::Insert(*card("without PIN")));
    rig.try_start(Interfaces::ALL).unwrap();
    let events = rig.events();
    assert!(matches!(&events[..], [Event::Prompt(_), Event::CardSeen, Event::CardRead(_)]), "{events:?}");
}

#[test]
fn a_battery_is_known_where_there_is_one() {
    let battery = |link| {
        let mut rig = Rig::plugged("magtek-mms", link, 0);
        rig.wait(100);
        let events = rig.events();
        let [Event::Ready(identity)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(identity.serial, "B571AF2");
        identity.battery
    };
    assert_eq!(battery(II_GO).map(|battery| (battery.percent, battery.power)), Some((85, Power::Battery)));
    assert_eq!(battery(DYNAFLEX), None);
}
