//! What holds for all bytes and all orders of frames.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use reader::miura::{Message, Node, encode};
use reader::{Driver, Interfaces, IssuerAnswer, Setup, State};

use crate::driver::{Hear, answer, awaiting, connected_with, e4, events, frame, purchase, sent};
use crate::online_pin::swipe;

/// Frames that make sense, in any order, and garbage.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let names =
        ["OK", "E9F41", "E9F43", "E6PWR", "E6PIN", "INS", "REM", "KEYC", "BATTR", "P2PER", "RESETR", "SWIPE"];
    prop_oneof![
        8 => prop::sample::select(names.to_vec()).prop_map(frame),
        1 => Just(e4()),
        1 => Just(swipe("120")),
        1 => prop::sample::select(vec![0x9FE0, 0x9F27, 0x9F2A, 0x9F30, 0x9FC2, 0x6D00])
            .prop_map(|word| answer(word, b"\x9F\x02emv.cfg")),
        1 => prop::sample::select(vec![vec![0x08], vec![0x0C], vec![0xE2, 0], vec![0xE3, 0]])
            .prop_map(|body| answer(0x9000, &body)),
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
        online_pin in any::<bool>(),
    ) {
        let mut driver = connected_with(Setup { online_pin, ..Setup::default() });
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
            let open = !matches!(driver.state(), State::NotSecure | State::Broken | State::Disconnected);
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
