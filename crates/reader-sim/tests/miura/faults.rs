//! Each fault on request, and what the driver makes of it.

use crate::pair::{CLOCK, Pair, card, sale};
use reader::miura::FrameError;
use reader::{Driver, End, Event, Fault, IssuerAnswer, Prompt, Refused, State};
use reader_sim::{Emulator, Faults, Hand};

const REMOVE: Event = Event::Prompt(Prompt::RemoveCard);

/// A chip inserted into a reader with these faults.
fn inserted(faults: Faults) -> (Pair, Vec<Event>) {
    let mut pair = Pair::asking();
    *pair.reader.faults() = faults;
    let events = pair.insert(card("without PIN"));
    (pair, events)
}

#[test]
fn a_silent_reader_is_known_and_comes_back() {
    let mut pair = Pair::ready();
    pair.reader.faults().silent = true;
    pair.start(reader::Interfaces::ALL);
    pair.wait(5_000);
    assert_eq!((pair.events(), pair.driver.state()), (vec![Event::Broken(Fault::Silent)], State::Broken));

    pair.reader.faults().silent = false;
    pair.driver.connect(pair.now, CLOCK);
    pair.wait(100);
    assert!(matches!(&pair.events()[..], [Event::Ready(_)]));
}

#[test]
fn a_reader_that_falls_silent_during_a_cancel_is_known() {
    let mut pair = Pair::asking();
    pair.reader.faults().silent = true;
    pair.driver.abort(pair.now).unwrap();
    pair.wait(5_000);
    assert_eq!(pair.events(), [Event::Broken(Fault::Silent)]);
}

#[test]
fn a_slow_reader_is_waited_for() {
    let mut pair = Pair::plugged();
    pair.reader.faults().slow_ms = 800;
    pair.wait(5_000);
    assert!(matches!(&pair.events()[..], [Event::Ready(_)]));
    pair.start(reader::Interfaces::ALL);
    pair.wait(5_000);
    pair.reader.hand(pair.now, Hand::Insert(*card("without PIN")));
    pair.wait(5_000);
    assert!(matches!(&pair.events()[..], [Event::CardSeen, Event::CardRead(_)]));
}

#[test]
fn damaged_frames_end_the_session() {
    let checksum = Faults { wrong_checksum: true, ..Faults::default() };
    assert_eq!(inserted(checksum).1, [Event::Broken(Fault::Frame(FrameError::Checksum))]);

    let cut = Faults { cut_frame: true, ..Faults::default() };
    let (mut pair, events) = inserted(cut);
    // The half frame swallows the beginning of the next one.
    assert!(matches!(&events[..], [Event::Broken(Fault::Frame(_))]), "{events:?}");
    pair.driver.connect(pair.now, CLOCK);
    pair.wait(100);
    assert!(matches!(&pair.events()[..], [Event::Ready(_)]));
}

#[test]
fn a_reader_without_keys_is_refused() {
    let mut pair = Pair::plugged();
    pair.reader.faults().not_secure = true;
    pair.wait(100);
    assert_eq!((pair.events(), pair.driver.state()), (vec![Event::NotSecure], State::NotSecure));
}

#[test]
fn a_low_battery_is_told_and_refused_before_the_card() {
    let mut pair = Pair::plugged();
    pair.reader.faults().low_battery = true;
    pair.wait(100);
    let events = pair.events();
    assert!(matches!(&events[..], [Event::Ready(identity)] if identity.battery.unwrap().percent == 4));
    assert_eq!(pair.driver.start(pair.now, sale()), Err(Refused::BatteryLow));
    pair.reader.faults().low_battery = false;
    pair.wait(2_100);
    assert!(matches!(&pair.events()[..], [Event::Battery(battery)] if battery.percent == 85));
    pair.start(reader::Interfaces::ALL);
    // Too late to be refused: the card is in the middle of it.
    pair.reader.faults().low_battery = true;
    assert!(matches!(&pair.insert(card("without PIN"))[..], [Event::CardSeen, Event::CardRead(_)]));
}

#[test]
fn an_idle_reader_that_falls_silent_is_known_within_five_seconds() {
    let mut pair = Pair::ready();
    pair.wait(60_000);
    assert_eq!((pair.events(), pair.driver.state()), (vec![], State::Idle));
    pair.reader.faults().silent = true;
    pair.wait(5_000);
    assert_eq!(pair.events(), [Event::Broken(Fault::Silent)]);
}

#[test]
fn a_message_that_comes_twice_is_not_guessed_about() {
    // A report says what is in the slot, once or twice.
    let (_, events) = inserted(Faults { duplicate: true, ..Faults::default() });
    assert!(matches!(&events[..], [Event::CardSeen, Event::CardRead(_)]), "{events:?}");
    // An answer that nobody waits for belongs to something that we do not know.
    let mut pair = Pair::ready();
    pair.reader.faults().duplicate = true;
    pair.wait(2_100);
    assert_eq!(pair.events(), [Event::Broken(Fault::Unexpected)]);
    assert!(!pair.reader.faults().duplicate, "once");
}

#[test]
fn a_reader_that_restarts_is_given_up_and_comes_back() {
    let idle: fn(&mut Pair) -> Vec<Event> = |pair| {
        pair.reader.faults().restart = true;
        pair.wait(2_100);
        pair.events()
    };
    let awaiting: fn(&mut Pair) -> Vec<Event> = |pair| {
        pair.start(reader::Interfaces::ALL);
        pair.reader.faults().restart = true;
        pair.insert(card("without PIN"))
    };
    let typing: fn(&mut Pair) -> Vec<Event> = |pair| {
        pair.start(reader::Interfaces::ALL);
        pair.insert(card("Visa, chip and PIN"));
        pair.reader.faults().restart = true;
        pair.type_pin("1")
    };
    for restart in [idle, awaiting, typing] {
        let mut pair = Pair::ready();
        assert_eq!(restart(&mut pair), [Event::Broken(Fault::Restarted)]);
        assert!(!pair.reader.faults().restart, "once");
        // It answers as soon as it is back, after saying that it is.
        pair.driver.connect(pair.now, CLOCK);
        pair.wait(2_000);
        assert!(matches!(&pair.events()[..], [Event::Ready(_)]));
        pair.wait(5_000);
        assert_eq!(pair.driver.state(), State::Idle);
    }
}

#[test]
fn a_reader_whose_keys_are_used_up_ends_the_payment_and_is_refused() {
    let ended = Event::Ended(End::NotUsable { code: 1224 });
    let (mut pair, events) = inserted(Faults { keys_exhausted: true, ..Faults::default() });
    assert_eq!(events, [Event::CardSeen, ended, REMOVE]);
    assert_eq!(pair.remove(), [Event::CardRemoved, Event::NotSecure]);
    pair.driver.connect(pair.now, CLOCK);
    pair.wait(100);
    assert_eq!(pair.events(), [Event::NotSecure]);

    // A stripe is not sent without a key.
    let mut pair = Pair::ready();
    pair.start(reader::Interfaces { contactless: false, ..reader::Interfaces::ALL });
    pair.reader.faults().keys_exhausted = true;
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*card("stripe only"))));
    assert_eq!(events, [Event::Prompt(Prompt::SwipeAgain)]);
}

#[test]
fn a_cancel_that_comes_too_late_is_a_cancel_all_the_same() {
    let cancelled = Event::Ended(End::CancelledOnPage);
    let mut pair = Pair::asking();
    pair.reader.faults().cancel_race = true;
    pair.driver.abort(pair.now).unwrap();
    assert_eq!((pair.events(), pair.driver.state()), (vec![cancelled.clone()], State::Idle));

    pair.start(reader::Interfaces::ALL);
    pair.insert(card("Visa, chip and PIN"));
    pair.events();
    pair.driver.abort(pair.now).unwrap();
    assert_eq!(pair.events(), [cancelled, REMOVE], "the reading is dropped");
    pair.remove();
    assert_eq!(pair.driver.state(), State::Idle);

    // The card has approved by itself.
    pair.start(reader::Interfaces::ALL);
    pair.reader.faults().choose_application = true;
    pair.insert(card("without PIN"));
    pair.reader.faults().approves_offline = true;
    pair.driver.abort(pair.now).unwrap();
    assert_eq!(pair.events(), [Event::Ended(End::ApprovedOffline), REMOVE]);
}

#[test]
fn a_read_error_leads_to_a_swipe_or_another_tap() {
    let faults = Faults { read_error: true, ..Faults::default() };
    assert_eq!(inserted(faults).1, [Event::CardSeen, Event::Prompt(Prompt::SwipeInstead)]);

    let mut pair = Pair::asking();
    *pair.reader.faults() = faults;
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Tap(*card("on a phone"))));
    assert_eq!(events, [Event::Prompt(Prompt::TapAgain)]);
    *pair.reader.faults() = Faults::default();
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Tap(*card("on a phone"))));
    assert!(matches!(&events[..], [Event::CardRead(_)]));
}

#[test]
fn a_card_that_decides_alone_is_no_payment() {
    for (faults, end) in [
        (Faults { approves_offline: true, ..Faults::default() }, End::ApprovedOffline),
        (Faults { declines_offline: true, ..Faults::default() }, End::DeclinedByCard),
    ] {
        assert_eq!(inserted(faults).1, [Event::CardSeen, Event::Ended(end), REMOVE]);
    }
}

#[test]
fn a_card_that_declines_after_the_issuer_says_so() {
    let (mut pair, _) = inserted(Faults { declines_after_issuer: true, ..Faults::default() });
    pair.driver.continue_with(pair.now, &IssuerAnswer::new(*b"00", &[]).unwrap()).unwrap();
    assert!(matches!(&pair.events()[..], [Event::Decision(decision), REMOVE] if !decision.approved));
}

#[test]
fn clear_card_data_is_dropped() {
    let faults = Faults { clear_data: true, ..Faults::default() };
    assert_eq!(inserted(faults).1, [Event::CardSeen, Event::Broken(Fault::ClearData)]);

    let mut pair = Pair::asking();
    *pair.reader.faults() = faults;
    let events = pair.hand(|reader, now| reader.hand(now, Hand::Swipe(*card("stripe only"))));
    assert_eq!(events, [Event::Broken(Fault::ClearData)]);
}

#[test]
fn another_amount_is_not_sent() {
    let (_, events) = inserted(Faults { other_amount: true, ..Faults::default() });
    assert_eq!(events, [Event::CardSeen, Event::Ended(End::AmountDiffers), REMOVE]);
}
