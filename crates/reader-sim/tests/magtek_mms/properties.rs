//! Anything that customer, cashier and issuer may do, in any order.

use proptest::prelude::*;
use reader::{End, Entry, Event, Interfaces, IssuerAnswer, Link, State};
use reader_sim::{Faults, Hand, Key, cards};

use crate::payments::{DYNAFLEX, II_GO, ready};
use crate::vectors::pan;

#[derive(Clone, Copy, Debug)]
enum Act {
    Start(Interfaces),
    Abort,
    Issuer(bool),
    EndCard(bool),
    Insert(usize),
    Tap(usize),
    Swipe(usize),
    Remove,
    Pin(bool),
    Press(Key),
    Wait(u64),
    Fault(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let card = 0..cards().len();
    let interfaces = (any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(chip, contactless, swipe)| Interfaces { chip, contactless, swipe });
    let key =
        prop_oneof![Just(Key::Cancel), Just(Key::Enter), Just(Key::Clear), (0_u8..10).prop_map(Key::Digit)];
    prop_oneof![
        3 => Just(Act::Start(Interfaces::ALL)),
        1 => interfaces.prop_map(Act::Start),
        1 => Just(Act::Abort),
        2 => any::<bool>().prop_map(Act::Issuer),
        2 => any::<bool>().prop_map(Act::EndCard),
        4 => card.clone().prop_map(Act::Insert),
        2 => card.clone().prop_map(Act::Tap),
        2 => card.prop_map(Act::Swipe),
        3 => Just(Act::Remove),
        2 => any::<bool>().prop_map(Act::Pin),
        1 => key.prop_map(Act::Press),
        2 => (0_u64..70_000).prop_map(Act::Wait),
        1 => any::<u8>().prop_map(Act::Fault),
    ]
}

fn faults(which: u8) -> Faults {
    Faults {
        read_error: which % 11 == 1,
        approves_offline: which % 11 == 2,
        declines_offline: which % 11 == 3,
        declines_after_issuer: which % 11 == 4,
        choose_application: which % 11 == 5,
        last_pin_try: which % 11 == 6,
        other_amount: which % 11 == 7,
        duplicate: which % 11 == 8,
        cancel_race: which % 11 == 9,
        slow_ms: if which % 11 == 10 { 300 } else { 0 },
        ..Faults::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_transaction_reads_one_card_and_ends_once(
        link in prop::sample::select(vec![DYNAFLEX, II_GO, Link::Serial]),
        acts in prop::collection::vec((act(), any::<bool>()), 0..60),
    ) {
        let mut rig = ready(link);
        let (mut open, mut read) = (false, None::<Entry>);
        for (act, settled) in acts {
            let now = rig.now;
            match act {
                Act::Start(interfaces) => {
                    if rig.try_start(interfaces).is_ok() {
                        (open, read) = (true, None);
                    }
                }
                Act::Abort => drop(rig.driver.abort(now)),
                Act::Issuer(approved) => {
                    let code = if approved { *b"00" } else { *b"51" };
                    let _ = rig.driver.continue_with(now, &IssuerAnswer::new(code, &[]).unwrap());
                }
                Act::EndCard(approved) => rig.driver.end_card(now, approved),
                Act::Insert(card) => rig.reader.hand(now, Hand::Insert(cards()[card])),
                Act::Tap(card) => rig.reader.hand(now, Hand::Tap(cards()[card])),
                Act::Swipe(card) => rig.reader.hand(now, Hand::Swipe(cards()[card])),
                Act::Remove => rig.reader.hand(now, Hand::Remove),
                Act::Pin(right) => {
                    let card = rig.reader.card_in_slot().copied();
                    let pin = card.and_then(|card| card.pin).filter(|_| right).unwrap_or("0000");
                    let keys = pin.bytes().map(|digit| Key::Digit(digit - b'0')).chain([Key::Enter]);
                    keys.for_each(|key| rig.reader.hand(now, Hand::Press(key)));
                }
                Act::Press(key) => rig.reader.hand(now, Hand::Press(key)),
                Act::Wait(ms) => rig.wait(ms),
                Act::Fault(which) => rig.faults(faults(which)),
            }
            if settled {
                rig.settle();
            }
            while let Some(event) = rig.driver.poll_event() {
                match event {
                    Event::CardRead(card) => {
                        prop_assert!(open && read.is_none(), "a card nobody asked for");
                        let pan = pan(card.encrypted.bytes());
                        prop_assert!(cards().iter().any(|known| known.pan == pan));
                        read = Some(card.entry);
                    }
                    Event::Decision(_) => {
                        prop_assert!(open && read == Some(Entry::Chip));
                        open = false;
                    }
                    Event::Ended(end) => {
                        prop_assert!(open, "{end:?} after the end");
                        prop_assert!(read.is_none() || !matches!(end, End::ApprovedOffline | End::DeclinedByCard));
                        open = false;
                    }
                    // This emulator is in order: every other end would be the driver's mistake.
                    Event::Broken(fault) => prop_assert!(false, "{fault:?}"),
                    Event::NotSecure | Event::KeysExhausted => prop_assert!(false),
                    Event::Ready(_) | Event::Prompt(_) | Event::CardSeen | Event::CardRemoved | Event::Battery(_) | Event::Missing(_) => {}
                }
            }
        }
        // Left alone and with the card out, it is ready for the next customer.
        rig.settle();
        rig.hand(Hand::Remove);
        rig.wait(600_000);
        prop_assert_eq!(rig.driver.state(), State::Idle);
    }
}
