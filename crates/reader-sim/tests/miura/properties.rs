//! Anything that customer, cashier and issuer may do, in any order.

use proptest::prelude::*;
use reader::{CardTransaction, Driver, End, Entry, Event, Interfaces, IssuerAnswer, State};
use reader_sim::miura::MiuraEmulator;
use reader_sim::{Card, Emulator, Faults, Hand, Key, cards};

use crate::pair::{CLOCK, Pair, pan, sale};

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

/// One thing happens.
fn perform(pair: &mut Pair, act: Act) {
    let now = pair.now;
    let reader: &mut MiuraEmulator = &mut pair.reader;
    match act {
        Act::Start(interfaces) => {
            let _ = pair.driver.start(now, CardTransaction { interfaces, ..sale() });
        }
        Act::Abort => drop(pair.driver.abort(now)),
        Act::Issuer(approved) => {
            let code = if approved { *b"00" } else { *b"51" };
            let _ = pair.driver.continue_with(now, &IssuerAnswer::new(code, &[]).unwrap());
        }
        Act::EndCard(approved) => pair.driver.end_card(now, approved),
        Act::Insert(card) => reader.hand(now, Hand::Insert(cards()[card])),
        Act::Tap(card) => reader.hand(now, Hand::Tap(cards()[card])),
        Act::Swipe(card) => reader.hand(now, Hand::Swipe(cards()[card])),
        Act::Remove => reader.hand(now, Hand::Remove),
        Act::Pin(right) => {
            let pin = reader.card_in_slot().and_then(|card| card.pin).filter(|_| right).unwrap_or("0000");
            for digit in pin.bytes() {
                reader.hand(now, Hand::Press(Key::Digit(digit - b'0')));
            }
            reader.hand(now, Hand::Press(Key::Enter));
        }
        Act::Press(key) => reader.hand(now, Hand::Press(key)),
        Act::Wait(ms) => pair.wait(ms),
        Act::Fault(which) => {
            *reader.faults() = Faults {
                read_error: which % 9 == 1,
                approves_offline: which % 9 == 2,
                declines_offline: which % 9 == 3,
                declines_after_issuer: which % 9 == 4,
                choose_application: which % 9 == 5,
                last_pin_try: which % 9 == 6,
                other_amount: which % 9 == 7,
                cancel_race: which % 9 == 8,
                ..Faults::default()
            }
        }
    }
}

proptest! {
    /// A reader that says everything twice may be given up, but never makes two readings of one.
    #[test]
    fn a_message_that_comes_twice_is_no_second_card(
        acts in prop::collection::vec((act(), any::<bool>()), 0..40),
    ) {
        let mut pair = Pair::ready();
        let mut reads = 0;
        for (act, twice) in acts {
            let idle = pair.driver.state() == State::Idle;
            pair.reader.faults().duplicate = twice;
            perform(&mut pair, act);
            if idle && pair.driver.state() == State::AwaitingCard {
                reads = 0;
            }
            pair.settle();
            while let Some(event) = pair.driver.poll_event() {
                reads += usize::from(matches!(event, Event::CardRead(_)));
                prop_assert!(reads <= 1);
            }
            if pair.driver.state() == State::Broken {
                pair.driver.connect(pair.now, CLOCK);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn a_transaction_reads_one_card_and_ends_once(
        acts in prop::collection::vec((act(), any::<bool>()), 0..60),
    ) {
        let mut pair = Pair::ready();
        let (mut open, mut read) = (false, None::<Entry>);
        for (act, settled) in acts {
            let idle = pair.driver.state() == State::Idle;
            perform(&mut pair, act);
            if idle && pair.driver.state() == State::AwaitingCard {
                (open, read) = (true, None);
            }
            if settled {
                pair.settle();
            }
            while let Some(event) = pair.driver.poll_event() {
                match event {
                    Event::CardRead(card) => {
                        prop_assert!(open && read.is_none(), "a card nobody asked for");
                        let known: Option<&Card> = cards().iter().find(|known| known.pan == pan(&card));
                        prop_assert!(known.is_some());
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
                    Event::Battery(_) | Event::Missing(_) => {}
                    // This emulator is in order: every other end would be the driver's mistake.
                    Event::Broken(fault) => prop_assert!(false, "{fault:?}"),
                    Event::NotSecure | Event::KeysExhausted => prop_assert!(false),
                    Event::Ready(_) | Event::Prompt(_) | Event::CardSeen | Event::CardRemoved => {}
                }
            }
        }
        // Left alone and with the card out, it is ready for the next customer.
        pair.settle();
        pair.reader.hand(pair.now, Hand::Remove);
        pair.wait(600_000);
        prop_assert_eq!(pair.driver.state(), State::Idle);
    }
}
