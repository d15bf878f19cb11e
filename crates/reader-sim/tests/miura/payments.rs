//! Whole payments: the real driver with the emulator.

use crate::pair::{Pair, card, pan, sale};
use reader::{Driver, End, Entry, Event, Interfaces, IssuerAnswer, Prompt, Scheme, State};
use reader_sim::{Emulator, Hand, Key};
use tlv::tag;

const REMOVE: Event = Event::Prompt(Prompt::RemoveCard);

fn approval() -> IssuerAnswer {
    let data = hex::decode("910A00112233445566770000").unwrap();
    IssuerAnswer::new(*b"00", &data).unwrap()
}

fn digits(digits: u8) -> Event {
    Event::Prompt(Prompt::EnterPin { digits })
}

fn decision(events: &[Event]) -> (bool, &[u8]) {
    match events {
        [Event::Decision(decision), REMOVE] => (decision.approved, decision.data.bytes()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn chip_and_pin_approved() {
    let mut pair = Pair::asking();
    let visa = card("Visa, chip and PIN");
    assert_eq!(pair.insert(visa), [Event::CardSeen, digits(0)]);
    assert!(pair.reader.screen().keypad);
    let events = pair.type_pin("1234");
    let [one, two, three, four, ok, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!([one, two, three, four].map(Clone::clone), [1, 2, 3, 4].map(digits));
    assert_eq!(ok, &Event::Prompt(Prompt::PinOk));
    assert_eq!((read.entry, read.pin_entered, pan(read).as_str()), (Entry::Chip, true, visa.pan));
    assert_eq!((read.card.last4.as_deref(), read.card.scheme), (Some("0010"), Some(Scheme::Visa)));
    assert_eq!(read.card.cardholder.as_deref(), Some(visa.holder));

    pair.driver.continue_with(pair.now, &approval()).unwrap();
    let events = pair.events();
    let (approved, advice) = decision(&events);
    assert!(approved && advice[0] == 0xE3);
    assert_eq!(pair.reader.screen().rows[0], "Remove card");
    pair.driver.end_card(pair.now, true);
    assert_eq!(pair.remove(), [Event::CardRemoved]);
    assert_eq!(pair.driver.state(), State::Idle);
    pair.start(Interfaces::ALL);
}

#[test]
fn chip_declined_by_the_issuer() {
    let (mut pair, _) = Pair::read_chip(card("without PIN"));
    pair.driver.continue_with(pair.now, &IssuerAnswer::new(*b"51", &[]).unwrap()).unwrap();
    let events = pair.events();
    let (approved, advice) = decision(&events);
    assert!(!approved && advice[0] == 0xE5);
}

#[test]
fn chip_that_declines_although_the_issuer_approved() {
    let (mut pair, _) = Pair::read_chip(card("declines after"));
    pair.driver.continue_with(pair.now, &approval()).unwrap();
    assert!(!decision(&pair.events()).0);
}

#[test]
fn money_that_ends_without_advice_ends_the_card_session() {
    for (approved, told) in [(true, true), (false, false)] {
        let (mut pair, _) = Pair::read_chip(card("without PIN"));
        pair.driver.end_card(pair.now, approved);
        let events = pair.events();
        assert_eq!(events.iter().any(|event| matches!(event, Event::Decision(_))), told);
        assert_eq!((events.last(), pair.driver.state()), (Some(&REMOVE), State::AwaitingRemoval));
    }
}

#[test]
fn the_customer_is_reminded_of_the_card() {
    let (mut pair, _) = Pair::read_chip(card("without PIN"));
    pair.driver.end_card(pair.now, false);
    assert_eq!(pair.events(), [REMOVE]);
    pair.wait(20_000);
    assert_eq!(pair.events(), [REMOVE, REMOVE]);
}

#[test]
fn a_tap_is_read() {
    let mut pair = Pair::asking();
    let phone = card("on a phone");
    assert!(pair.reader.screen().contactless);
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Tap(*phone)));
    let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((read.entry, pan(read).as_str()), (Entry::Contactless, phone.pan));
    assert!(tlv::find(read.encrypted.bytes(), tag::CONTACTLESS_MODE).unwrap().is_some());
    assert_eq!(read.card.cardholder, None);
    assert!(pair.driver.continue_with(pair.now, &approval()).is_err(), "a tap takes no issuer's answer");
    pair.driver.end_card(pair.now, true);
    assert_eq!((pair.events(), pair.driver.state()), (vec![], State::Idle));
}

#[test]
fn waiting_for_a_tap_is_renewed_until_the_time_is_up() {
    let mut pair = Pair::asking();
    pair.wait(31_000);
    assert!(pair.reader.screen().contactless);
    pair.wait(30_000);
    assert_eq!((pair.events(), pair.driver.state()), (vec![Event::Ended(End::TimedOut)], State::Idle));
    assert!(!pair.reader.screen().contactless);
}

#[test]
fn a_stripe_is_read() {
    for interfaces in [Interfaces::ALL, Interfaces { contactless: false, ..Interfaces::ALL }] {
        let mut pair = Pair::ready();
        pair.start(interfaces);
        let old = card("stripe only");
        let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*old)));
        let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((read.entry, pan(read).as_str()), (Entry::Swipe, old.pan));
        assert_eq!(read.encrypted.bytes()[0], 0xE1);
        assert_eq!(
            (read.card.first6.as_deref(), read.card.expiry.as_deref()),
            (Some("541333"), Some("2912"))
        );
        pair.driver.end_card(pair.now, true);
        assert_eq!((pair.events(), pair.driver.state()), (vec![], State::Idle));
    }
}

#[test]
fn a_swiped_chip_card_has_to_be_inserted() {
    let mut pair = Pair::asking();
    let visa = card("without PIN");
    assert_eq!(
        pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*visa))),
        [Event::Prompt(Prompt::InsertCard)]
    );
    assert!(
        matches!(&pair.insert(visa)[..], [Event::CardSeen, Event::CardRead(read)] if read.entry == Entry::Chip)
    );
}

#[test]
fn a_broken_chip_may_be_swiped() {
    let mut pair = Pair::asking();
    let worn = card("broken chip");
    assert_eq!(pair.insert(worn), [Event::CardSeen, Event::Prompt(Prompt::SwipeInstead)]);
    assert_eq!(pair.remove(), [Event::CardRemoved]);
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*worn)));
    assert!(
        matches!(&events[..], [Event::CardRead(read)] if read.entry == Entry::Swipe && pan(read) == worn.pan)
    );
}

#[test]
fn a_broken_chip_is_not_usable_where_nothing_can_be_swiped() {
    let mut pair = Pair::ready();
    pair.start(Interfaces { swipe: false, ..Interfaces::ALL });
    let events = pair.insert(card("broken chip"));
    assert_eq!(events, [Event::CardSeen, Event::Ended(End::NotUsable { code: 1048 }), REMOVE]);
}

#[test]
fn a_wrong_pin_may_be_entered_again() {
    let mut pair = Pair::asking();
    pair.insert(card("Visa, chip and PIN"));
    let events = pair.type_pin("9999");
    assert_eq!(events[4..], [Event::Prompt(Prompt::WrongPin { tries_left: Some(2) }), digits(0)]);
    let events = pair.type_pin("9999");
    assert_eq!(
        events[4..],
        [
            Event::Prompt(Prompt::WrongPin { tries_left: Some(1) }),
            Event::Prompt(Prompt::LastPinTry),
            digits(0)
        ]
    );
    assert!(matches!(pair.type_pin("1234").last(), Some(Event::CardRead(read)) if read.pin_entered));
}

#[test]
fn a_pin_that_stays_wrong_is_no_payment() {
    let mut pair = Pair::asking();
    pair.reader.faults().last_pin_try = true;
    assert_eq!(
        pair.insert(card("Visa, chip and PIN")),
        [Event::CardSeen, Event::Prompt(Prompt::LastPinTry), digits(0)]
    );
    let events = pair.type_pin("9999");
    assert_eq!(
        events[4..],
        [Event::Prompt(Prompt::WrongPin { tries_left: Some(0) }), Event::Ended(End::DeclinedByCard), REMOVE]
    );
}

#[test]
fn the_application_is_chosen_on_the_reader() {
    let mut pair = Pair::asking();
    pair.reader.faults().choose_application = true;
    let events = pair.insert(card("without PIN"));
    assert_eq!(events, [Event::CardSeen, Event::Prompt(Prompt::ChooseApplication)]);
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Press(Key::Digit(1))));
    assert!(matches!(&events[..], [Event::CardRead(_)]));
}

#[test]
fn a_pin_that_nobody_types_ends_it() {
    let mut pair = Pair::asking();
    pair.insert(card("Visa, chip and PIN"));
    pair.wait(30_000);
    assert_eq!(pair.events(), [Event::Ended(End::CancelledOnReader), REMOVE]);
}

#[test]
fn cancelled_on_the_page() {
    let mut waiting = Pair::asking();
    let mut typing = Pair::asking();
    typing.insert(card("Visa, chip and PIN"));
    let (mut read, _) = Pair::read_chip(card("without PIN"));
    for (pair, card_in) in [(&mut waiting, false), (&mut typing, true), (&mut read, true)] {
        pair.driver.abort(pair.now).unwrap();
        let events = pair.events();
        assert_eq!(events[0], Event::Ended(End::CancelledOnPage));
        assert_eq!(events[1..], [REMOVE][..usize::from(card_in)]);
        pair.remove();
        assert_eq!(pair.driver.state(), State::Idle);
        pair.start(Interfaces::ALL);
    }
}

#[test]
fn cancelled_on_the_reader() {
    let mut tap = Pair::asking();
    let mut chip_or_swipe = Pair::ready();
    chip_or_swipe.start(Interfaces { contactless: false, ..Interfaces::ALL });
    let mut typing = Pair::asking();
    typing.insert(card("Visa, chip and PIN"));
    for pair in [&mut tap, &mut chip_or_swipe, &mut typing] {
        let events = pair.hand(|reader, now| reader.hand(now, Hand::Press(Key::Cancel)));
        assert_eq!(events[0], Event::Ended(End::CancelledOnReader));
    }
}

#[test]
fn a_card_pulled_while_the_pin_is_typed() {
    let mut pair = Pair::asking();
    pair.insert(card("Visa, chip and PIN"));
    assert_eq!(pair.remove(), [Event::CardRemoved, Event::Ended(End::CardTakenOut)]);
    assert_eq!(pair.driver.state(), State::Idle);
}

#[test]
fn a_card_pulled_while_the_issuer_is_asked() {
    let (mut pair, _) = Pair::read_chip(card("without PIN"));
    assert_eq!(pair.remove(), [Event::CardRemoved, Event::Ended(End::CardTakenOut)]);
    assert!(pair.driver.continue_with(pair.now, &approval()).is_err());
    assert_eq!(pair.driver.state(), State::Idle);
}

#[test]
fn a_card_that_was_in_already_is_read() {
    let mut pair = Pair::ready();
    pair.insert(card("without PIN"));
    pair.driver.start(pair.now, sale()).unwrap();
    assert!(matches!(&pair.events()[..], [_, Event::CardSeen, Event::CardRead(_)]));
}

#[test]
fn a_way_that_was_not_asked_for_is_refused_and_the_others_stay_open() {
    let mut pair = Pair::ready();
    let tap_only = Interfaces { chip: false, contactless: true, swipe: false };
    pair.start(tap_only);
    let again = [Event::Prompt(Prompt::PresentCard(tap_only))];
    assert_eq!(pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*card("stripe only")))), again);
    assert_eq!(pair.insert(card("without PIN")), again);
    assert_eq!(pair.remove(), [Event::CardRemoved]);
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Tap(*card("on a phone"))));
    assert!(matches!(&events[..], [Event::CardRead(read)] if read.entry == Entry::Contactless));
}
