//! A silent reader is known within five seconds, and asked only while nothing is outstanding.

use reader::miura::{Command, MiuraDriver};
use reader::{Driver, Event, Fault, Interfaces, State};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::driver::{
    CHIP_OR_SWIPE, Hear, awaiting, connected, e4, events, frame, purchase, reading_chip, sent, settle,
};

/// Lets time pass in a driver whose reader says nothing any more, until it has given up or `limit` is reached.
fn silence(driver: &mut MiuraDriver, limit: u64) -> u64 {
    let mut now = 0;
    while let Some(due) = driver.poll_timeout().filter(|due| *due <= limit && driver.state() != State::Broken)
    {
        now = due;
        driver.handle_timeout(now);
    }
    now
}

#[test]
fn an_idle_reader_is_asked_every_two_seconds() {
    let mut driver = connected();
    events(&mut driver);
    let mut due = 2_030;
    assert_eq!(driver.poll_timeout(), Some(due));
    for _ in 0..5 {
        driver.handle_timeout(due - 1);
        assert_eq!(sent(&mut driver), []);
        driver.handle_timeout(due);
        assert_eq!(sent(&mut driver), [Command::Battery]);
        driver.hear(due + 20, &frame("BATTR"));
        assert_eq!(driver.poll_timeout(), Some(due + 2_020));
        due += 2_020;
    }
    assert_eq!(events(&mut driver), [], "85 % as before");
}

#[test]
fn a_silent_reader_is_known_within_five_seconds() {
    let removal = || {
        let mut driver = reading_chip();
        driver.hear(210, &frame("E9F41"));
        settle(&mut driver, 210);
        driver.hear(210, &frame("INS"));
        assert_eq!(driver.state(), State::AwaitingRemoval);
        driver
    };
    let swiped = || {
        let mut driver = reading_chip();
        driver.hear(200, &hex::decode("0100029F30AC").unwrap());
        settle(&mut driver, 200);
        driver.hear(205, &frame("INS"));
        driver.hear(210, &frame("SWIPE"));
        assert_eq!(driver.state(), State::AwaitingIssuer);
        driver
    };
    for (name, mut driver, last_said) in [
        ("idle", connected(), 30),
        ("awaiting", awaiting(CHIP_OR_SWIPE), 100),
        ("removal", removal(), 210),
        ("swiped", swiped(), 210),
    ] {
        sent(&mut driver);
        events(&mut driver);
        let given_up = silence(&mut driver, 100_000);
        assert_eq!(driver.state(), State::Broken, "{name}");
        assert!(given_up <= last_said + 5_000, "{name}: {given_up}");
        assert_eq!(events(&mut driver).last(), Some(&Event::Broken(Fault::Silent)), "{name}");
    }
}

#[test]
fn nothing_is_asked_while_a_command_is_outstanding_or_a_chip_is_open() {
    let mut tap = awaiting(Interfaces::ALL);
    let chip = reading_chip();
    let mut issuer = reading_chip();
    issuer.hear(300, &e4());
    assert_eq!(issuer.state(), State::AwaitingIssuer);
    sent(&mut tap);
    for mut driver in [tap, chip, issuer] {
        driver.handle_timeout(20_000);
        assert_eq!(sent(&mut driver), []);
        assert_ne!(driver.state(), State::Broken);
    }
}

#[test]
fn a_sale_may_begin_while_the_heartbeat_is_unanswered() {
    let mut driver = connected();
    driver.handle_timeout(2_030);
    assert_eq!(sent(&mut driver), [Command::Battery]);
    driver.start(2_040, purchase(456)).unwrap();
    assert_eq!(sent(&mut driver), []);
    driver.hear(2_050, &frame("BATTR"));
    assert!(matches!(sent(&mut driver)[..], [Command::Display(_)]));
    assert_eq!(driver.state(), State::AwaitingCard);
}

#[test]
fn another_commands_answer_is_no_heartbeat() {
    let mut driver = connected();
    events(&mut driver);
    driver.handle_timeout(2_030);
    driver.hear(2_040, &e4());
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
}
