//! Each fault on request, and what the driver makes of it.

use crate::pair::{CLOCK, Pair, card};
use reader::miura::FrameError;
use reader::{Driver, End, Event, Fault, IssuerAnswer, Prompt, State};
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
fn a_low_battery_is_told() {
    let mut pair = Pair::plugged();
    pair.reader.faults().low_battery = true;
    pair.wait(100);
    let events = pair.events();
    assert!(matches!(&events[..], [Event::Ready(identity)] if identity.battery.unwrap().percent == 4));
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
