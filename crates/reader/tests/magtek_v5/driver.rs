//! The driver against published and made-up reports; whole payments are played with the emulator in `reader-sim`.

use reader::magtek_v5::{Command, EncryptionStatus, MagneSafeDriver, Property, SwipeReport};
use reader::{
    CardTransaction, Driver, End, Entry, Event, Fault, FromReader, Interfaces, IssuerAnswer, Link, Prompt,
    Refused, Scheme, State, ToReader, Trace, TransactionKind, WallClock,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::wire::bytes;

const CLOCK: WallClock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
const SWIPE: Interfaces = Interfaces { chip: false, contactless: false, swipe: true };

pub(crate) fn purchase(amount_minor: u64) -> CardTransaction {
    CardTransaction {
        kind: TransactionKind::Purchase,
        amount_minor,
        currency_numeric: 826,
        now: CLOCK,
        interfaces: Interfaces::ALL,
        text: "4.56".to_owned(),
    }
}

pub(crate) fn events(driver: &mut MagneSafeDriver) -> Vec<Event> {
    std::iter::from_fn(|| driver.poll_event()).collect()
}

fn hear(driver: &mut MagneSafeDriver, now: u64, report: &SwipeReport) -> Vec<Event> {
    driver.handle(now, FromReader::Input { id: 0, data: report.encode() });
    events(driver)
}

/// Answers each command as `answer` says until nothing is asked any more.
fn answered(driver: &mut MagneSafeDriver, answer: impl Fn(Command) -> &'static str) -> Vec<Command> {
    let mut asked = vec![];
    while let Some(ToReader::SetFeature { id: 0, data }) = driver.poll_transmit() {
        let command = Command::parse(&data).unwrap();
        assert_eq!(data.len(), 60);
        asked.push(command);
        driver.handle_timeout(driver.poll_timeout().unwrap());
        assert!(driver.poll_transmit() == Some(ToReader::GetFeature { id: 0 }));
        let mut data = hex::decode(answer(command)).unwrap();
        data.resize(60, 0);
        driver.handle(20, FromReader::Feature { id: 0, data });
    }
    asked
}

fn in_order(command: Command) -> &'static str {
    match command {
        Command::Property(Property::SoftwareId) => "000B3231303432383132443031",
        Command::Property(Property::DeviceSerial) => "0000",
        Command::Property(Property::UsbSerial) => "0003313233",
        Command::Property(Property::IsoMask) => "0006303430343059",
        Command::Ksn => "000AFFFF9876543210E00001",
        Command::SecurityLevel => "000103",
        Command::EncryptionCounter => "0200",
    }
}

fn connect_with(answer: impl Fn(Command) -> &'static str) -> (MagneSafeDriver, Vec<Command>) {
    let mut driver = MagneSafeDriver::new(Link::Hid { product: 0x0011 });
    driver.connect(0, CLOCK);
    let asked = answered(&mut driver, answer);
    (driver, asked)
}

pub(crate) fn connected() -> MagneSafeDriver {
    let (mut driver, _) = connect_with(in_order);
    assert!(matches!(&events(&mut driver)[..], [Event::Ready(_)]));
    driver
}

fn awaiting() -> MagneSafeDriver {
    let mut driver = connected();
    driver.start(100, purchase(456)).unwrap();
    assert_eq!(events(&mut driver), [Event::Prompt(Prompt::PresentCard(SWIPE))]);
    driver
}

fn published() -> SwipeReport {
    SwipeReport::parse(&bytes("report_856")).unwrap()
}

#[test]
fn a_reader_says_who_it_is() {
    let (mut driver, asked) = connect_with(in_order);
    assert_eq!(asked[0], Command::SecurityLevel);
    assert_eq!(asked.len(), 7);
    let [Event::Ready(identity)] = &events(&mut driver)[..] else { panic!("ready") };
    assert_eq!(identity.serial, "123", "of the USB descriptor, as the device has none");
    assert_eq!(identity.software[0].version, "21042812D01");
    assert_eq!(identity.ksn.as_deref(), Some("FFFF9876543210E00001"));
    assert_eq!((identity.battery, driver.state()), (None, State::Idle));
}

#[test]
fn vectors_a_swipe_is_read_and_masked() {
    let mut driver = awaiting();
    let events = hear(&mut driver, 200, &published());
    let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((read.entry, read.pin_entered), (Entry::Swipe, false));
    assert_eq!(read.encrypted.bytes(), bytes("report_856"));
    assert_eq!((read.card.first6.as_deref(), read.card.last4.as_deref()), (None, Some("7189")));
    assert_eq!((read.card.scheme, read.card.expiry.as_deref()), (Some(Scheme::Mastercard), Some("0804")));
    assert_eq!(read.card.cardholder.as_deref(), Some("HOGAN/PAUL"));
    assert_eq!(read.ksn.as_deref(), Some("FFFF9876543210E00008"));
    assert_eq!(driver.state(), State::AwaitingIssuer);
    driver.end_card(300, true);
    assert_eq!(driver.state(), State::Idle);
}

#[test]
fn vectors_a_swipe_in_clear_is_refused_at_any_time() {
    for data in [bytes("report_level_2"), bytes("report_856")[..337].to_vec()] {
        for mut driver in [connected(), awaiting()] {
            driver.handle(200, FromReader::Input { id: 0, data: data.clone() });
            assert_eq!(events(&mut driver), [Event::Broken(Fault::ClearData)]);
            assert_eq!(driver.state(), State::Broken);
        }
    }
}

#[test]
fn a_swipe_that_shows_too_much_is_refused() {
    for clear in ["%B5452300551227189^HOGAN/PAUL^0804?", ";5452300551227189=0804?"] {
        for track in 0..3 {
            let mut report = published();
            report.tracks[track].masked = clear.as_bytes().to_vec().into();
            assert_eq!(hear(&mut awaiting(), 200, &report), [Event::Broken(Fault::ClearData)]);
        }
    }
    let mut report = published();
    report.tracks[0].encrypted = b"%B5452300551227189^HOGAN/PAUL^0804?".to_vec().into();
    assert_eq!(hear(&mut awaiting(), 200, &report), [Event::Broken(Fault::ClearData)], "no whole blocks");
}

#[test]
fn a_swipe_that_nobody_asked_for_is_never_shown() {
    let mut driver = connected();
    assert_eq!(hear(&mut driver, 100, &published()), []);
    driver.start(200, purchase(456)).unwrap();
    events(&mut driver);
    assert_eq!(hear(&mut driver, 300, &published()), [], "nor when it comes again");
    let next = SwipeReport { ksn: *b"\xFF\xFF\x98\x76\x54\x32\x10\xE0\x00\x09", ..published() };
    assert!(matches!(&hear(&mut driver, 400, &next)[..], [Event::CardRead(_)]));
}

#[test]
fn a_swipe_that_was_charged_does_not_come_in_again() {
    let mut driver = awaiting();
    hear(&mut driver, 200, &published());
    driver.end_card(300, true);
    driver.connect(400, CLOCK);
    answered(&mut driver, in_order);
    driver.start(500, purchase(789)).unwrap();
    events(&mut driver);
    assert_eq!((hear(&mut driver, 600, &published()), driver.state()), (vec![], State::AwaitingCard));
}

#[test]
fn a_bad_swipe_is_asked_for_again() {
    let mut driver = awaiting();
    for spoil in [
        |report: &mut SwipeReport| report.tracks[0].error = true,
        |report: &mut SwipeReport| report.tracks[1].error = true,
        |report: &mut SwipeReport| report.tracks[1].encrypted.clear(),
        |report: &mut SwipeReport| {
            report.card_type = 4;
            report.tracks[1].masked = b";98765432109876543210?".to_vec().into();
        },
    ] {
        let mut report = published();
        spoil(&mut report);
        assert_eq!(hear(&mut driver, 200, &report), [Event::Prompt(Prompt::SwipeAgain)]);
    }
    let mut report = published();
    report.tracks[2].error = true;
    assert!(matches!(&hear(&mut driver, 300, &report)[..], [Event::CardRead(_)]), "track 3 is not needed");
}

#[test]
fn a_reader_without_keys_left_is_told_from_one_without_keys() {
    for flags in [0x0007, 0x0106] {
        let mut report = SwipeReport { status: EncryptionStatus(flags), ..published() };
        report.tracks = Default::default();
        let mut driver = awaiting();
        assert_eq!(hear(&mut driver, 200, &report), [Event::KeysExhausted]);
        assert_eq!(driver.state(), State::NotSecure);
    }
    let (mut driver, _) = connect_with(|command| match command {
        Command::EncryptionCounter => "001354455354205345545550203030303100000000",
        other => in_order(other),
    });
    assert_eq!((events(&mut driver), driver.state()), (vec![Event::KeysExhausted], State::NotSecure));
}

#[test]
fn a_reader_that_is_not_set_up_is_refused() {
    let level = |level| {
        connect_with(move |asked| if asked == Command::SecurityLevel { level } else { in_order(asked) })
    };
    let mask = |mask| {
        let asked = Command::Property(Property::IsoMask);
        connect_with(move |command| if command == asked { mask } else { in_order(command) })
    };
    // Levels 2 and 4; eight digits shown; five digits shown; everything after the number shown; nonsense.
    for (mut driver, _) in [
        level("000102"),
        level("000104"),
        mask("0006303830343059"),
        mask("0006303430353059"),
        mask("0006303430345659"),
        mask("000141"),
    ] {
        assert_eq!((events(&mut driver), driver.state()), (vec![Event::NotSecure], State::NotSecure));
        assert_eq!(driver.start(100, purchase(1)), Err(Refused::Busy));
        assert_eq!(driver.poll_timeout(), None);
    }
    let report = SwipeReport { status: EncryptionStatus(0x000E), ..published() };
    assert_eq!(hear(&mut awaiting(), 200, &report), [Event::NotSecure]);
}

#[test]
fn first_six_are_shown_when_the_reader_shows_them() {
    let mask = Command::Property(Property::IsoMask);
    let (mut driver, _) =
        connect_with(move |command| if command == mask { "0006303630342A4E" } else { in_order(command) });
    driver.start(100, purchase(456)).unwrap();
    events(&mut driver);
    let mut report = published();
    report.tracks[1].masked = b";545230******7189=0804*************?".to_vec().into();
    let events = hear(&mut driver, 200, &report);
    let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(read.card.first6.as_deref(), Some("545230"));
}

#[test]
fn a_silent_reader_is_known_within_five_seconds() {
    for mut driver in [connected(), awaiting()] {
        let mut now = 20;
        while driver.state() != State::Broken {
            now = driver.poll_timeout().unwrap();
            driver.handle_timeout(now);
        }
        assert!(now <= 5_000, "{now}");
        assert_eq!(events(&mut driver), [Event::Broken(Fault::Silent)]);
    }
}

#[test]
fn a_reader_that_answers_is_asked_every_two_seconds() {
    let mut driver = connected();
    driver.handle_timeout(2_019);
    assert!(driver.poll_transmit().is_none());
    driver.handle_timeout(2_020);
    assert_eq!(answered(&mut driver, in_order), [Command::Ksn]);
    assert_eq!((events(&mut driver), driver.state()), (vec![], State::Idle));
}

#[test]
fn cancelling_and_waiting_too_long_end_at_once() {
    let mut driver = awaiting();
    driver.abort(200).unwrap();
    assert_eq!(
        (events(&mut driver), driver.state()),
        (vec![Event::Ended(End::CancelledOnPage)], State::Idle)
    );
    assert_eq!(hear(&mut driver, 210, &published()), [], "the swipe crossed the cancel");
    assert_eq!(driver.abort(220), Err(Refused::Busy));

    let mut driver = awaiting();
    driver.handle_timeout(60_100);
    assert!(events(&mut driver).contains(&Event::Ended(End::TimedOut)));
}

#[test]
fn nothing_is_asked_for_that_does_not_fit() {
    let mut driver = connected();
    let chip = CardTransaction { interfaces: Interfaces { swipe: false, ..Interfaces::ALL }, ..purchase(1) };
    assert_eq!(driver.start(100, chip), Err(Refused::Interfaces));
    assert_eq!(driver.start(100, purchase(1_000_000_000_000)), Err(Refused::Amount));
    let answer = IssuerAnswer::new(*b"00", &[]).unwrap();
    assert_eq!(driver.continue_with(100, &answer), Err(Refused::Busy));
    assert_eq!(driver.display(100, "no display"), Ok(()));
    assert_eq!(driver.state(), State::Idle);
}

#[test]
fn what_makes_no_sense_breaks_the_link() {
    for received in [
        FromReader::Bytes(vec![0]),
        FromReader::Input { id: 1, data: bytes("report_856") },
        FromReader::Input { id: 0, data: vec![0; 400] },
        FromReader::Feature { id: 0, data: vec![0; 60] },
    ] {
        let mut driver = awaiting();
        driver.handle(200, received);
        assert_eq!(events(&mut driver), [Event::Broken(Fault::Unexpected)]);
    }
}

#[test]
fn messages_are_named_and_never_shown() {
    let mut driver = awaiting();
    while driver.poll_trace().is_some() {}
    hear(&mut driver, 200, &published());
    let traces: Vec<_> = std::iter::from_fn(|| driver.poll_trace()).collect();
    assert_eq!(traces, [Trace { from_reader: true, name: "SWIPE", len: 856 }]);
}
