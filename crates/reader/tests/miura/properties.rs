//! What holds for all bytes and all orders of frames.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use reader::miura::{Message, Node, encode};
use reader::{Driver, Interfaces, IssuerAnswer, State};

use crate::driver::{Hear, awaiting, connected, e4, events, frame, purchase, sent};

/// Frames that make sense, in any order, and garbage.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let names =
        ["OK", "E9F41", "E9F43", "E6PWR", "E6PIN", "INS", "REM", "KEYC", "BATTR", "P2PER", "RESETR", "SWIPE"];
    prop_oneof![
        8 => prop::sample::select(names.to_vec()).prop_map(frame),
        1 => Just(e4()),
        1 => prop::collection::vec(any::<u8>(), 1..20),
        2 => prop::collection::vec(any::<u8>(), 2..300).prop_map(|info| {
            encode(&Message { node: Node::Pinpad, unsolicited: info[0] & 1 == 0, info: info.into() })
        }),
    ]
}

proptest! {
    #[test]
    fn no_bytes_panic_and_every_wait_has_a_limit(
        parts in prop::collection::vec((traffic(), any::<u8>()), 0..40),
    ) {
        let mut driver = connected();
        let mut now = 100;
        for (bytes, action) in parts {
            match action % 8 {
                0 => { let _ = driver.start(now, purchase(456)); }
                1 => { let _ = driver.abort(now); }
                2 => driver.end_card(now, action > 128),
                3 => { let _ = driver.continue_with(now, &IssuerAnswer::new(*b"00", &[]).unwrap()); }
                4 => if let Some(due) = driver.poll_timeout() { now = now.max(due); driver.handle_timeout(now); },
                _ => {}
            }
            driver.hear(now, &bytes);
            let open = !matches!(driver.state(), State::Idle | State::NotSecure | State::Broken | State::Disconnected);
            prop_assert!(!open || driver.poll_timeout().is_some(), "{:?} waits for ever", driver.state());
        }
    }

    #[test]
    fn cutting_the_bytes_elsewhere_changes_nothing(
        parts in prop::collection::vec(traffic(), 0..20),
        cuts in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let bytes = parts.concat();
        let (mut whole, mut cut) = (awaiting(Interfaces::ALL), awaiting(Interfaces::ALL));
        whole.hear(200, &bytes);
        let mut rest = &bytes[..];
        for len in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*len).min(rest.len()));
            cut.hear(200, now);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(events(&mut whole), events(&mut cut));
        prop_assert_eq!(sent(&mut whole), sent(&mut cut));
        prop_assert_eq!(whole.state(), cut.state());
    }
}
