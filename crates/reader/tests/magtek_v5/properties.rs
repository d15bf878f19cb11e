//! What holds for all bytes and all orders of reports.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use reader::magtek_v5::{Command, Reply, SwipeReport};
use reader::{Driver, Event, FromReader, State};

use crate::driver::{connected, events, purchase};
use crate::wire::bytes;

/// Published reports, published reports with bytes changed, and garbage of any length.
fn report() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((0_usize..856, any::<u8>()), 0..8);
    prop_oneof![
        4 => changes.prop_map(|changes| {
            let mut report = bytes("report_856");
            changes.into_iter().for_each(|(at, byte)| report[at] = byte);
            report
        }),
        1 => Just(bytes("report_level_2")),
        1 => prop::collection::vec(any::<u8>(), 0..1_000),
    ]
}

/// Whether it is an input report, and its data.
fn received() -> impl Strategy<Value = (bool, Vec<u8>)> {
    prop_oneof![
        2 => report().prop_map(|data| (true, data)),
        1 => prop::collection::vec(any::<u8>(), 0..70).prop_map(|data| (false, data)),
        2 => Just((false, hex::decode("000AFFFF9876543210E00001").unwrap())),
    ]
}

proptest! {
    #[test]
    fn a_report_that_is_read_encodes_as_itself(report in report()) {
        if let Ok(read) = SwipeReport::parse(&report) {
            let again = SwipeReport::parse(&read.encode()).ok();
            prop_assert!(read.tracks.iter().all(|track| track.masked.len() <= 112));
            prop_assert!(report.len() < 856 || again == Some(read));
        }
        let _ = (Command::parse(&report), Reply::parse(&report));
    }

    #[test]
    fn no_report_panics_and_every_wait_has_a_limit(
        parts in prop::collection::vec((received(), any::<u8>()), 0..40),
    ) {
        let mut driver = connected();
        let mut now = 100;
        for ((is_input, data), action) in parts {
            match action % 8 {
                0 | 1 => { let _ = driver.start(now, purchase(456)); }
                2 => { let _ = driver.abort(now); }
                3 => driver.end_card(now, action > 128),
                4 | 5 => if let Some(due) = driver.poll_timeout() {
                    now = now.max(due);
                    driver.handle_timeout(now);
                },
                _ => {}
            }
            let awaited = driver.state() == State::AwaitingCard;
            let received =
                if is_input { FromReader::Input { id: 0, data } } else { FromReader::Feature { id: 0, data } };
            driver.handle(now, received);
            for event in events(&mut driver) {
                prop_assert!(awaited || !matches!(event, Event::CardRead(_)), "a card nobody asked for");
            }
            let closed = matches!(driver.state(), State::NotSecure | State::Broken);
            prop_assert!(closed || driver.poll_timeout().is_some(), "{:?} waits for ever", driver.state());
            while driver.poll_transmit().is_some() {}
        }
        prop_assert!(std::iter::from_fn(|| driver.poll_trace()).count() <= 64);
    }
}
