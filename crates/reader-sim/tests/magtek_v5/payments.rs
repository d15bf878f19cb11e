//! Whole payments and each fault: the real driver with the emulator.

use reader::{End, Entry, Event, Fault, Interfaces, IssuerAnswer, Link, Prompt, Refused, Scheme, State};
use reader_sim::{Faults, Hand};

use crate::rig::{CLOCK, Rig, card};
use crate::vectors::decrypt;

pub(crate) const SWIPE: Interfaces = Interfaces { chip: false, contactless: false, swipe: true };
const PRODUCTS: [u16; 2] = [0x0011, 0x0003];

pub(crate) fn ready(product: u16) -> Rig {
    Rig::ready("magtek-v5", Link::Hid { product }, 7)
}

fn asking() -> Rig {
    let mut rig = ready(0x0011);
    rig.start(SWIPE);
    rig
}

fn swipe(rig: &mut Rig) -> Vec<Event> {
    rig.hand(Hand::Swipe(*card("stripe only")))
}

#[test]
fn a_stripe_is_read_and_charged() {
    for product in PRODUCTS {
        for approved in [true, false] {
            let mut rig = ready(product);
            rig.start(SWIPE);
            let old = card("stripe only");
            let events = swipe(&mut rig);
            let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
            let [track_1, track_2, _] = decrypt(read.encrypted.bytes());
            assert!(track_1.starts_with(&format!("%B{}^OLD/CARD^", old.pan)));
            assert!(track_2.starts_with(&format!(";{}=2912101", old.pan)));
            assert_eq!(read.entry, Entry::Swipe);
            assert_eq!(
                (read.card.last4.as_deref(), read.card.scheme),
                (Some("0434"), Some(Scheme::Mastercard))
            );
            assert_eq!(read.card.cardholder.as_deref(), Some("OLD/CARD"));
            let answer = IssuerAnswer::new(*b"00", &[]).unwrap();
            assert_eq!(rig.driver.continue_with(rig.now, &answer), Err(Refused::Busy));
            rig.driver.end_card(rig.now, approved);
            assert_eq!((rig.events(), rig.driver.state()), (vec![], State::Idle));
            rig.start(SWIPE);
            assert!(matches!(&swipe(&mut rig)[..], [Event::CardRead(next)] if next.ksn != read.ksn));
        }
    }
}

#[test]
fn a_reader_is_known_by_its_serial_number() {
    let serial = |seed| {
        let mut rig = Rig::plugged("magtek-v5", Link::Hid { product: 0x0003 }, seed);
        rig.wait(100);
        let events = rig.events();
        let [Event::Ready(identity)] = &events[..] else { panic!("{events:?}") };
        (identity.serial.clone(), identity.ksn.clone())
    };
    assert_eq!(serial(0), ("B0000000".to_owned(), Some("FFFF9876543210E00001".to_owned())));
    assert_ne!(serial(1), serial(2));
}

#[test]
fn a_swipe_without_a_sale_is_dropped() {
    let mut rig = ready(0x0011);
    assert_eq!(swipe(&mut rig), []);
    rig.start(SWIPE);
    assert!(matches!(&swipe(&mut rig)[..], [Event::CardRead(_)]));
    assert_eq!(swipe(&mut rig), [], "nor while the issuer is asked");
}

#[test]
fn cancel_on_the_page_is_immediate_and_drops_what_crosses_it() {
    let mut rig = asking();
    rig.faults(Faults { cancel_race: true, slow_ms: 50, ..Faults::default() });
    assert_eq!(swipe(&mut rig), []);
    rig.driver.abort(rig.now).unwrap();
    rig.wait(100);
    assert_eq!((rig.events(), rig.driver.state()), (vec![Event::Ended(End::CancelledOnPage)], State::Idle));
    rig.start(SWIPE);
    rig.wait(100);
    assert_eq!(rig.events(), [], "and does not come in again");
}

#[test]
fn a_bad_swipe_is_asked_for_again() {
    let mut rig = asking();
    rig.faults(Faults { read_error: true, ..Faults::default() });
    assert_eq!(swipe(&mut rig), [Event::Prompt(Prompt::SwipeAgain)]);
    rig.faults(Faults::default());
    assert!(matches!(&swipe(&mut rig)[..], [Event::CardRead(_)]));
}

#[test]
fn a_doubled_swipe_is_taken_once() {
    let mut rig = asking();
    rig.faults(Faults { duplicate: true, ..Faults::default() });
    assert!(matches!(&swipe(&mut rig)[..], [Event::CardRead(_)]));
    assert_eq!(rig.driver.state(), State::AwaitingIssuer);
}

#[test]
fn clear_data_is_dropped_and_the_reader_refused() {
    for faults in
        [Faults { clear_data: true, ..Faults::default() }, Faults { not_secure: true, ..Faults::default() }]
    {
        let mut rig = asking();
        rig.faults(faults);
        assert_eq!(swipe(&mut rig), [Event::Broken(Fault::ClearData)]);
    }
    let mut rig = Rig::plugged("magtek-v5", Link::Hid { product: 0x0011 }, 0);
    rig.faults(Faults { not_secure: true, ..Faults::default() });
    rig.wait(100);
    assert_eq!((rig.events(), rig.driver.state()), (vec![Event::NotSecure], State::NotSecure));
}

#[test]
fn used_up_keys_are_told_at_the_swipe_and_when_connecting() {
    let mut rig = asking();
    rig.faults(Faults { keys_exhausted: true, ..Faults::default() });
    assert_eq!((swipe(&mut rig), rig.driver.state()), (vec![Event::KeysExhausted], State::NotSecure));
    rig.driver.connect(rig.now, CLOCK);
    rig.wait(100);
    assert_eq!((rig.events(), rig.driver.state()), (vec![Event::KeysExhausted], State::NotSecure));
}

#[test]
fn a_cut_report_breaks_the_link_and_the_next_is_read() {
    let mut rig = asking();
    rig.faults(Faults { cut_frame: true, ..Faults::default() });
    assert_eq!(swipe(&mut rig), [Event::Broken(Fault::Unexpected)]);
    rig.driver.connect(rig.now, CLOCK);
    rig.wait(100);
    assert!(matches!(&rig.events()[..], [Event::Ready(_)]));
    rig.start(SWIPE);
    assert!(matches!(&swipe(&mut rig)[..], [Event::CardRead(_)]));
}

#[test]
fn a_silent_or_restarted_reader_is_known_in_five_seconds_and_comes_back() {
    for faults in
        [Faults { silent: true, ..Faults::default() }, Faults { restart: true, ..Faults::default() }]
    {
        for mut rig in [ready(0x0011), asking()] {
            rig.faults(faults);
            rig.wait(5_000);
            assert_eq!(rig.events(), [Event::Broken(Fault::Silent)]);
            rig.faults(Faults::default());
            rig.driver.connect(rig.now, CLOCK);
            rig.wait(100);
            assert!(matches!(&rig.events()[..], [Event::Ready(_)]));
        }
    }
}

#[test]
fn a_slow_reader_is_waited_for() {
    let mut rig = Rig::plugged("magtek-v5", Link::Hid { product: 0x0011 }, 0);
    rig.faults(Faults { slow_ms: 500, ..Faults::default() });
    rig.wait(5_000);
    assert!(matches!(&rig.events()[..], [Event::Ready(_)]));
    rig.wait(600_000);
    assert_eq!((rig.events(), rig.driver.state()), (vec![], State::Idle));
}

#[test]
fn nobody_swipes() {
    let mut rig = asking();
    rig.wait(60_000);
    assert_eq!((rig.events(), rig.driver.state()), (vec![Event::Ended(End::TimedOut)], State::Idle));
}

#[test]
fn other_ways_are_refused() {
    let mut rig = ready(0x0011);
    let chip = Interfaces { swipe: false, ..Interfaces::ALL };
    assert_eq!(rig.try_start(chip), Err(Refused::Interfaces));
    assert_eq!((rig.events(), rig.driver.state()), (vec![], State::Idle));
    assert!(rig.reader.card_in_slot().is_none() && !rig.reader.screen().keypad);
}
