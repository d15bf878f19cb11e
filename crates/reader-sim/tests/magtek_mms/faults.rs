//! Each fault on request, and what the driver makes of it.

use reader::magtek_mms::FrameError;
use reader::{End, Event, Fault, Interfaces, IssuerAnswer, Link, Prompt, State};
use reader_sim::{Faults, Hand};

use crate::payments::{DYNAFLEX, II_GO, asking, ready};
use crate::rig::{CLOCK, Rig, card};

const LINKS: [Link; 2] = [DYNAFLEX, Link::Serial];
const REMOVE: Event = Event::Prompt(Prompt::RemoveCard);

fn with(faults: Faults) -> Rig {
    let mut rig = asking();
    rig.faults(faults);
    rig
}

fn comes_back(rig: &mut Rig) {
    rig.faults(Faults::default());
    rig.driver.connect(rig.now, CLOCK);
    rig.wait(100);
    assert!(matches!(&rig.events()[..], [Event::Ready(_)]));
}

#[test]
fn a_silent_reader_is_known_in_five_seconds_and_comes_back() {
    for link in LINKS {
        let mut rig = ready(link);
        rig.faults(Faults { silent: true, ..Faults::default() });
        rig.wait(5_000);
        assert_eq!(rig.events(), [Event::Broken(Fault::Silent)]);
        comes_back(&mut rig);
        rig.try_start(Interfaces::ALL).unwrap();
        rig.wait(100);
        rig.events();
        rig.faults(Faults { silent: true, ..Faults::default() });
        rig.driver.abort(rig.now).unwrap();
        rig.wait(5_000);
        assert_eq!(rig.events(), [Event::Broken(Fault::Silent)]);
        comes_back(&mut rig);
    }
}

#[test]
fn a_slow_reader_is_waited_for() {
    let mut rig = Rig::plugged("magtek-mms", DYNAFLEX, 0);
    rig.faults(Faults { slow_ms: 800, ..Faults::default() });
    rig.wait(10_000);
    assert!(matches!(&rig.events()[..], [Event::Ready(_)]));
    rig.start(Interfaces::ALL);
    rig.wait(5_000);
    rig.reader.hand(rig.now, Hand::Insert(*card("without PIN")));
    rig.wait(1_000);
    assert!(matches!(&rig.events()[..], [Event::CardSeen, Event::CardRead(_)]));
}

#[test]
fn damaged_frames_end_the_session() {
    let broken = |events: &[Event]| matches!(events, [Event::Broken(Fault::MmsFrame(_))]);
    for link in LINKS {
        let mut rig = ready(link);
        rig.try_start(Interfaces::ALL).unwrap();
        rig.events();
        rig.faults(Faults { wrong_checksum: true, ..Faults::default() });
        let events = rig.hand(Hand::Tap(*card("on a phone")));
        assert!(broken(&events) || events == [Event::Broken(Fault::Unexpected)], "{events:?}");
        comes_back(&mut rig);

        rig.try_start(Interfaces::ALL).unwrap();
        rig.events();
        rig.faults(Faults { cut_frame: true, ..Faults::default() });
        let events = rig.hand(Hand::Tap(*card("on a phone")));
        assert_eq!(events, [Event::Broken(Fault::MmsFrame(FrameError::Length))], "{link:?}");
        comes_back(&mut rig);
    }
}

#[test]
fn a_doubled_message_does_no_harm() {
    let duplicate = Faults { duplicate: true, ..Faults::default() };
    let mut rig = ready(DYNAFLEX);
    rig.faults(duplicate);
    rig.start(Interfaces::ALL);
    rig.faults(duplicate);
    let events = rig.hand(Hand::Insert(*card("without PIN")));
    assert!(matches!(&events[..], [Event::CardSeen, Event::CardRead(_)]), "{events:?}");
    rig.faults(duplicate);
    rig.driver.continue_with(rig.now, &IssuerAnswer::new(*b"00", &[]).unwrap()).unwrap();
    assert!(matches!(&rig.events()[..], [Event::Decision(_), REMOVE]));
}

#[test]
fn a_restart_ends_the_session_and_no_other() {
    let restart = Faults { restart: true, ..Faults::default() };
    let mut rig = with(restart);
    rig.driver.abort(rig.now).unwrap();
    assert_eq!(rig.events(), [Event::Broken(Fault::Restarted)]);
    comes_back(&mut rig);
    // What was asked is lost with it.
    rig.faults(restart);
    rig.wait(5_000);
    assert_eq!(rig.events(), [Event::Broken(Fault::Silent)]);
    comes_back(&mut rig);
}

#[test]
fn a_reader_without_keys_is_told_from_one_that_used_them_up() {
    for (faults, event) in [
        (Faults { not_secure: true, ..Faults::default() }, Event::NotSecure),
        (Faults { keys_exhausted: true, ..Faults::default() }, Event::KeysExhausted),
    ] {
        let mut rig = ready(DYNAFLEX);
        rig.faults(faults);
        rig.try_start(Interfaces::ALL).unwrap();
        let events = rig.events();
        assert_eq!((events.last(), rig.driver.state()), (Some(&event), State::NotSecure));
    }
}

#[test]
fn a_low_battery_is_refused_before_the_card() {
    let mut rig = ready(II_GO);
    rig.faults(Faults { low_battery: true, ..Faults::default() });
    rig.try_start(Interfaces::ALL).unwrap();
    let events = rig.events();
    assert_eq!(events.last(), Some(&Event::Ended(End::NotUsable { code: 0x0316 })));
    assert_eq!(rig.driver.state(), State::Idle);
}

#[test]
fn a_read_error_leads_to_another_try_or_way() {
    let faults = Faults { read_error: true, ..Faults::default() };
    let mut rig = with(faults);
    let events = rig.hand(Hand::Tap(*card("on a phone")));
    assert_eq!(events, [Event::CardSeen, Event::Prompt(Prompt::TapAgain)]);
    let events = rig.hand(Hand::Swipe(*card("stripe only")));
    assert_eq!(events, [Event::CardSeen, Event::Prompt(Prompt::SwipeAgain)]);

    let mut rig = with(faults);
    let events = rig.hand(Hand::Insert(*card("without PIN")));
    let (last, retries) = events.split_last().unwrap();
    assert_eq!(last, &Event::Prompt(Prompt::SwipeInstead));
    let retry = Event::Prompt(Prompt::InsertCard);
    assert_eq!(retries.iter().filter(|event| **event == retry).count(), 3);
}

#[test]
fn a_card_that_decides_alone_is_no_payment() {
    for (faults, end) in [
        (Faults { approves_offline: true, ..Faults::default() }, End::ApprovedOffline),
        (Faults { declines_offline: true, ..Faults::default() }, End::DeclinedByCard),
    ] {
        let events = with(faults).hand(Hand::Insert(*card("PIN 1234")));
        assert_eq!(events, [Event::CardSeen, Event::Ended(end), REMOVE]);
    }
}

#[test]
fn clear_data_is_dropped() {
    let faults = Faults { clear_data: true, ..Faults::default() };
    for hand in [
        Hand::Insert(*card("without PIN")),
        Hand::Tap(*card("on a phone")),
        Hand::Swipe(*card("stripe only")),
    ] {
        assert_eq!(with(faults).hand(hand), [Event::CardSeen, Event::Broken(Fault::ClearData)]);
    }
}

#[test]
fn another_amount_is_not_sent() {
    let mut rig = with(Faults { other_amount: true, ..Faults::default() });
    let events = rig.hand(Hand::Insert(*card("without PIN")));
    assert_eq!(events, [Event::CardSeen, Event::Ended(End::AmountDiffers), REMOVE]);
}

#[test]
fn a_card_that_declines_after_the_issuer_says_so() {
    let mut rig = with(Faults { declines_after_issuer: true, ..Faults::default() });
    rig.hand(Hand::Insert(*card("without PIN")));
    rig.driver.continue_with(rig.now, &IssuerAnswer::new(*b"00", &[]).unwrap()).unwrap();
    assert!(matches!(&rig.events()[..], [Event::Decision(decision), REMOVE] if !decision.approved));
}

#[test]
fn a_result_that_crosses_the_cancel_is_dropped() {
    let mut rig = with(Faults { cancel_race: true, ..Faults::default() });
    assert_eq!(rig.hand(Hand::Insert(*card("PIN 1234"))), [Event::CardSeen]);
    rig.driver.abort(rig.now).unwrap();
    assert_eq!(rig.events(), [Event::Ended(End::CancelledOnPage), REMOVE]);
}
