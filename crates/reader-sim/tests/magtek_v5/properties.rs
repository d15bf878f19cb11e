//! Anything that customer and cashier may do, in any order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use reader::{Event, State};
use reader_sim::{Faults, Hand, cards};

use crate::payments::{SWIPE, ready};
use crate::rig::CLOCK;
use crate::vectors::decrypt;

#[derive(Clone, Copy, Debug)]
enum Act {
    Start,
    Abort,
    EndCard,
    Swipe(usize),
    Wait(u64),
    Fault(u8),
    Reconnect,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Start),
        1 => Just(Act::Abort),
        2 => Just(Act::EndCard),
        5 => (0..cards().len()).prop_map(Act::Swipe),
        2 => (0_u64..70_000).prop_map(Act::Wait),
        2 => any::<u8>().prop_map(Act::Fault),
        1 => Just(Act::Reconnect),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn each_swipe_is_charged_once_and_only_when_asked_for(
        acts in prop::collection::vec((act(), any::<bool>()), 0..60),
    ) {
        let mut rig = ready(0x0011);
        let (mut open, mut keys) = (false, BTreeSet::new());
        for (act, settled) in acts {
            let now = rig.now;
            match act {
                Act::Start => open |= rig.try_start(SWIPE).is_ok(),
                Act::Abort => drop(rig.driver.abort(now)),
                Act::EndCard => rig.driver.end_card(now, true),
                Act::Swipe(card) => rig.reader.hand(now, Hand::Swipe(cards()[card])),
                Act::Wait(ms) => rig.wait(ms),
                Act::Fault(which) => rig.faults(Faults {
                    read_error: which % 4 == 1,
                    duplicate: which % 4 == 2,
                    slow_ms: if which % 4 == 3 { 300 } else { 0 },
                    ..Faults::default()
                }),
                Act::Reconnect => {
                    rig.driver.connect(now, CLOCK);
                    rig.reader.replug(now);
                    open = false;
                }
            }
            if settled {
                rig.settle();
            }
            while let Some(event) = rig.driver.poll_event() {
                match event {
                    Event::CardRead(read) => {
                        prop_assert!(std::mem::take(&mut open), "a card nobody asked for");
                        prop_assert!(keys.insert(read.ksn), "the same swipe twice");
                        let [_, track_2, _] = decrypt(read.encrypted.bytes());
                        prop_assert!(cards().iter().any(|card| track_2[1..].starts_with(card.pan)));
                    }
                    Event::Ended(_) => open = false,
                    Event::Ready(_) | Event::Prompt(_) => {}
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
        // Left alone it is ready for the next customer.
        rig.wait(600_000);
        prop_assert_eq!(rig.driver.state(), State::Idle);
    }
}
