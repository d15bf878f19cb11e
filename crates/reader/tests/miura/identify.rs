//! What happens between opening the link and the first sale, and what a reader may lack.

use reader::miura::{Answer, Command, Message, MiuraDriver, Node, StatusWord, encode};
use reader::{Battery, Driver, Event, Fault, Identity, Power, Refused, Setup, State};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{CLOCK, Hear, answer, connected, events, frame, purchase, sent, settle};

const RESET_ANSWER: &str = "E10B9F1E083034303030323033";

/// Connected and past the time in which nothing is listened to.
fn opened() -> MiuraDriver {
    let mut driver = MiuraDriver::new(Setup::default());
    driver.connect(0, CLOCK);
    driver.handle_timeout(30);
    assert_eq!(sent(&mut driver), [Command::Reset]);
    driver
}

fn reset_answer() -> Vec<u8> {
    answer(0x9000, &hex::decode(RESET_ANSWER).unwrap())
}

/// A battery that says this.
fn battery(percent: u8, charging: u8) -> Vec<u8> {
    let body = [0xE1, 10, 0xDF, 0xA2, 0x09, 1, charging, 0xDF, 0xA2, 0x0A, 1, percent];
    answer(0x9000, &body)
}

/// Connected to a reader with this battery.
fn with_battery(percent: u8, charging: u8) -> MiuraDriver {
    let mut driver = opened();
    for said in [reset_answer(), frame("OK"), frame("P2PER"), battery(percent, charging), frame("OK")] {
        driver.hear(40, &said);
    }
    sent(&mut driver);
    driver
}

fn ready(driver: &mut MiuraDriver) -> Identity {
    match &events(driver)[..] {
        [Event::Ready(identity)] => identity.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_checks_before_a_card_are_made_in_their_order_on_each_connect() {
    let mut driver = opened();
    for _ in 0..2 {
        let said = [reset_answer(), frame("OK"), frame("P2PER"), frame("BATTR"), frame("OK")];
        let asked: Vec<_> = said
            .iter()
            .flat_map(|said| {
                driver.hear(40, said);
                sent(&mut driver)
            })
            .collect();
        assert_eq!(
            asked,
            [Command::Configuration, Command::P2peStatus, Command::Battery, Command::SetClock(CLOCK)]
        );
        let identity = ready(&mut driver);
        assert!(identity.pin_ready);
        assert_eq!(identity.battery, Some(Battery { percent: 85, power: Power::Battery }));
        driver.connect(1_000, CLOCK);
        driver.handle_timeout(1_030);
        assert_eq!(sent(&mut driver), [Command::Reset]);
    }
}

#[test]
fn a_battery_that_is_too_low_is_refused_before_the_card() {
    for (percent, charging, refused) in [
        (4, 0x00, true),
        (5, 0x00, false),
        (4, 0x01, false),
        (4, 0x02, false),
        (4, 0xF0, true),
        (0, 0xF2, true),
    ] {
        let mut driver = with_battery(percent, charging);
        assert_eq!(ready(&mut driver).battery.unwrap().percent, percent);
        let started = driver.start(100, purchase(456));
        assert_eq!(started, if refused { Err(Refused::BatteryLow) } else { Ok(()) }, "{percent} {charging}");
        assert_eq!(driver.state(), if refused { State::Idle } else { State::AwaitingCard });
    }
}

#[test]
fn the_freshest_reading_of_the_battery_counts() {
    let mut driver = connected();
    let mut reading = |now, percent, charging, power| {
        driver.handle_timeout(driver.poll_timeout().unwrap());
        assert_eq!(sent(&mut driver), [Command::Battery]);
        driver.hear(now, &battery(percent, charging));
        assert_eq!(events(&mut driver), [Event::Battery(Battery { percent, power })]);
        driver.start(now, purchase(456))
    };
    assert_eq!(reading(2_040, 3, 0, Power::Battery), Err(Refused::BatteryLow));
    assert_eq!(reading(4_050, 3, 1, Power::Charging), Ok(()));
}

#[test]
fn a_model_may_lack_display_keypad_and_battery() {
    for word in [0x6D00, 0x9F26] {
        let refusal = answer(word, &[]);
        let mut driver = opened();
        for said in [&reset_answer(), &refusal, &frame("P2PER"), &refusal, &refusal] {
            driver.hear(40, said);
        }
        let identity = ready(&mut driver);
        assert_eq!((identity.battery, identity.software.len()), (None, 0));
        driver.start(50, purchase(456)).unwrap();
        // Display and keyboard are refused; the card is asked for all the same.
        for _ in 0..3 {
            driver.hear(60, &refusal);
        }
        assert_eq!(driver.state(), State::AwaitingCard);
        assert!(matches!(sent(&mut driver).last(), Some(Command::StartContactless(_))));
        driver.hear(70, &frame("E9F41"));
        for _ in 0..3 {
            driver.hear(80, &refusal);
        }
        assert_eq!(driver.state(), State::Idle);
        driver.handle_timeout(driver.poll_timeout().unwrap());
        driver.hear(2_100, &refusal);
        assert_eq!(driver.state(), State::Idle, "the heartbeat is answered, if only by a refusal");
    }
}

#[test]
fn a_reader_without_data_key_is_refused() {
    for said in [answer(0x9000, &[0xE1, 5, 0xDF, 0xAE, 0x01, 1, 0x03]), answer(0x6D00, &[])] {
        let mut driver = opened();
        driver.hear(40, &reset_answer());
        driver.hear(50, &frame("OK"));
        driver.hear(60, &said);
        assert_eq!((events(&mut driver), driver.state()), (vec![Event::NotSecure], State::NotSecure));
        assert_eq!(driver.start(70, purchase(1)), Err(Refused::Busy));
        assert_eq!(driver.poll_timeout(), None);
    }
}

#[test]
fn what_an_earlier_program_left_is_no_answer_to_the_reset() {
    let mut driver = MiuraDriver::new(Setup::default());
    driver.connect(0, CLOCK);
    driver.hear(10, &[0x55, 0xAA]);
    driver.handle_timeout(30);
    driver.hear(40, &frame("E9F41"));
    driver.hear(40, &crate::driver::e4());
    // The point-of-sale interface answers whoever asked it.
    driver.hear(40, &frame("RESETR"));
    settle(&mut driver, 50);
    assert_eq!(ready(&mut driver).serial, "04000203");
}

#[test]
fn the_point_of_sale_interface_answers_nobody_later() {
    let mut driver = connected();
    driver.hear(50, &frame("RESETR"));
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
    // What it says unasked is its own business.
    let mut driver = connected();
    let info = [0xE1, 5, 0xDF, 0xAB, 0x01, 1, 0x37, 0x90, 0x00].to_vec();
    driver.hear(50, &encode(&Message { node: Node::PosInterface, unsolicited: true, info: info.into() }));
    assert_eq!((events(&mut driver), driver.state()), (vec![], State::Idle));
}

#[test]
fn the_greeting_of_a_bluetooth_reader_is_no_restart() {
    // While the line is thrown away, before and after each answer, and late.
    for at in 0..=6 {
        let mut driver = MiuraDriver::new(Setup::default());
        driver.connect(0, CLOCK);
        if at == 0 {
            driver.hear(10, &frame("E6PWR"));
        }
        driver.handle_timeout(30);
        for (step, said) in
            [reset_answer(), frame("OK"), frame("P2PER"), frame("BATTR"), frame("OK")].into_iter().enumerate()
        {
            if at == step + 1 {
                driver.hear(40, &frame("E6PWR"));
            }
            driver.hear(40, &said);
        }
        if at == 6 {
            driver.hear(500, &frame("E6PWR"));
        }
        ready(&mut driver);
        assert_eq!(driver.state(), State::Idle, "greeted at {at}");
    }
}

#[test]
fn powered_on_long_after_connecting_is_a_restart() {
    let mut driver = connected();
    driver.hear(10_001, &frame("E6PWR"));
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Restarted)]);
    for status in [0x0A, 0x0B, 0x0C] {
        let mut driver = connected();
        let report = Answer { status: StatusWord::OK, body: &[0xE6, 3, 0xC3, 1, status] }.message(true);
        driver.hear(50, &encode(&report));
        assert_eq!(events(&mut driver), [Event::Broken(Fault::Restarted)]);
    }
}

#[test]
fn after_a_damaged_frame_the_next_connect_starts_clean() {
    let mut driver = connected();
    driver.start(100, purchase(456)).unwrap();
    driver.hear(100, &hex::decode("010004D0020000D4").unwrap());
    assert!(matches!(events(&mut driver)[..], [Event::Prompt(_), Event::Broken(Fault::Frame(_))]));
    driver.hear(110, &crate::driver::e4());
    assert_eq!(
        (events(&mut driver), driver.poll_timeout()),
        (vec![], None),
        "nothing is guessed from the rest"
    );
    sent(&mut driver);
    driver.connect(200, CLOCK);
    driver.handle_timeout(230);
    settle(&mut driver, 240);
    ready(&mut driver);
}

#[test]
fn closing_leaves_the_reader_in_order() {
    let mut driver = connected();
    driver.close(100);
    assert_eq!(sent(&mut driver), [Command::Disconnect]);
    assert_eq!((driver.state(), driver.poll_timeout()), (State::Disconnected, None));

    let mut driver = connected();
    driver.start(100, purchase(456)).unwrap();
    settle(&mut driver, 100);
    driver.hear(100, &frame("REM"));
    assert!(matches!(sent(&mut driver)[..], [Command::StartContactless(_)]));
    driver.close(200);
    assert_eq!(sent(&mut driver), [Command::Abort, Command::Disconnect]);
    assert_eq!(driver.poll_event(), None, "forgotten without an event");

    let mut driver = MiuraDriver::new(Setup::default());
    driver.close(0);
    assert_eq!(sent(&mut driver), []);
}
