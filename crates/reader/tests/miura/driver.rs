//! The driver against recorded and made-up bytes; whole payments are played with the emulator in `reader-sim`.

use reader::miura::{Answer, Command, Deframer, MiuraDriver, StatusWord, encode};
use reader::{
    CardTransaction, Driver, End, Entry, Event, Fault, FromReader, Interfaces, IssuerAnswer, Prompt, Refused,
    Scheme, Setup, State, ToReader, TransactionKind, WallClock,
};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

pub(crate) const CLOCK: WallClock =
    WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/miura.json")).unwrap()
}

pub(crate) fn frame(name: &str) -> Vec<u8> {
    hex::decode(vectors()["frames"][name].as_str().unwrap()).unwrap()
}

pub(crate) fn e4() -> Vec<u8> {
    let vectors = vectors();
    let frames = vectors["e4_chained"]["frames"].as_array().unwrap();
    frames.iter().flat_map(|frame| hex::decode(frame.as_str().unwrap()).unwrap()).collect()
}

pub(crate) fn answer(status: u16, body: &[u8]) -> Vec<u8> {
    encode(&Answer { status: StatusWord(status), body }.message(false))
}

pub(crate) fn purchase(amount_minor: u64) -> CardTransaction {
    let interfaces = Interfaces::ALL;
    let kind = TransactionKind::Purchase;
    CardTransaction {
        kind,
        amount_minor,
        currency_numeric: 826,
        now: CLOCK,
        interfaces,
        text: "4.56".to_owned(),
    }
}

/// Bytes of a serial line for a driver.
pub(crate) trait Hear {
    fn hear(&mut self, now: u64, bytes: &[u8]);
}

impl Hear for MiuraDriver {
    fn hear(&mut self, now: u64, bytes: &[u8]) {
        self.handle(now, FromReader::Bytes(bytes.to_vec()));
    }
}

/// What the driver has sent since the last look.
pub(crate) fn sent(driver: &mut MiuraDriver) -> Vec<Command> {
    let mut frames = Deframer::default();
    while let Some(ToReader::Bytes(bytes)) = driver.poll_transmit() {
        frames.push(&bytes);
    }
    std::iter::from_fn(|| frames.next_message())
        .map(|message| Command::parse(&message.unwrap().info).unwrap())
        .collect()
}

pub(crate) fn events(driver: &mut MiuraDriver) -> Vec<Event> {
    std::iter::from_fn(|| driver.poll_event()).collect()
}

/// Answers everything as a well-behaved device does, until the driver has nothing more to say.
pub(crate) fn settle(driver: &mut MiuraDriver, now: u64) {
    loop {
        let commands = sent(driver);
        if commands.is_empty() {
            return;
        }
        for command in commands {
            let reset = hex::decode("E10B9F1E083034303030323033").unwrap();
            match command {
                Command::Reset => driver.hear(now, &answer(0x9000, &reset)),
                Command::P2peStatus => driver.hear(now, &frame("P2PER")),
                Command::Battery => driver.hear(now, &frame("BATTR")),
                Command::CardStatus(_)
                | Command::StartContactless(_)
                | Command::StartTransaction(_)
                | Command::OnlinePin(_) => {}
                _ => driver.hear(now, &frame("OK")),
            }
        }
    }
}

pub(crate) fn connected() -> MiuraDriver {
    connected_with(Setup::default())
}

pub(crate) fn connected_with(setup: Setup) -> MiuraDriver {
    let mut driver = MiuraDriver::new(setup);
    driver.connect(0, CLOCK);
    driver.handle_timeout(driver.poll_timeout().unwrap());
    settle(&mut driver, 30);
    assert_eq!(driver.state(), State::Idle);
    assert!(matches!(&events(&mut driver)[..], [Event::Ready(identity)] if identity.serial == "04000203"));
    driver
}

/// Asked for a card, chip and swipe only, so that no command is outstanding.
pub(crate) fn awaiting(interfaces: Interfaces) -> MiuraDriver {
    awaiting_with(Setup::default(), interfaces)
}

pub(crate) fn awaiting_with(setup: Setup, interfaces: Interfaces) -> MiuraDriver {
    let mut driver = connected_with(setup);
    driver.start(100, CardTransaction { interfaces, ..purchase(456) }).unwrap();
    settle(&mut driver, 100);
    driver.hear(100, &frame("REM"));
    settle(&mut driver, 100);
    assert_eq!(events(&mut driver), [Event::Prompt(Prompt::PresentCard(interfaces))]);
    driver
}

pub(crate) const CHIP_OR_SWIPE: Interfaces = Interfaces { contactless: false, ..Interfaces::ALL };

pub(crate) fn reading_chip() -> MiuraDriver {
    let mut driver = awaiting(CHIP_OR_SWIPE);
    driver.hear(200, &frame("INS"));
    settle(&mut driver, 200);
    assert_eq!(driver.state(), State::ReadingCard);
    assert_eq!(events(&mut driver), [Event::CardSeen]);
    driver
}

#[test]
fn vectors_a_chip_is_read_and_masked() {
    let mut driver = reading_chip();
    driver.hear(300, &e4());
    let [Event::CardRead(read)] = &events(&mut driver)[..] else { panic!("a card") };
    assert_eq!(read.entry, Entry::Chip);
    assert!(read.encrypted.to_hex().starts_with("E4820133"));
    assert_eq!(read.encrypted.bytes().len(), 0x133 + 4);
    assert_eq!(read.card.first6.as_deref(), Some("476173"));
    assert_eq!(read.card.last4.as_deref(), Some("0010"));
    assert_eq!(read.card.scheme, Some(Scheme::Visa));
    assert_eq!(read.card.expiry.as_deref(), Some("1512"));
    assert_eq!(read.card.cardholder.as_deref(), Some("VISA ACQUIRER TEST CARD 05"));
    assert_eq!(read.ksn.as_deref(), Some("FFFF9876543210E00001"));
    assert!(!format!("{read:?}").contains("F9A2A5"), "the blob is not printed");
}

#[test]
fn vectors_a_real_swipe_of_a_chip_card_asks_for_the_chip() {
    let mut driver = awaiting(CHIP_OR_SWIPE);
    driver.hear(200, &frame("SWIPE"));
    assert_eq!(events(&mut driver), [Event::Prompt(Prompt::InsertCard)]);
    assert_eq!(driver.state(), State::AwaitingCard);
}

#[test]
fn vectors_a_real_swipe_after_an_unreadable_chip_is_taken() {
    let mut driver = reading_chip();
    driver.hear(300, &answer(0x9F30, &[]));
    settle(&mut driver, 300);
    driver.hear(400, &frame("REM"));
    driver.hear(500, &frame("SWIPE"));
    let events = events(&mut driver);
    let [Event::Prompt(Prompt::SwipeInstead), Event::CardRemoved, Event::CardRead(read)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((read.entry, read.card.expiry.as_deref()), (Entry::Swipe, Some("1512")));
    assert!(read.encrypted.to_hex().starts_with("E181B748020007DFAE0278"));
}

#[test]
fn another_amount_in_the_card_data_ends_it() {
    let mut driver = connected();
    driver.start(100, CardTransaction { interfaces: CHIP_OR_SWIPE, ..purchase(457) }).unwrap();
    settle(&mut driver, 100);
    driver.hear(200, &frame("INS"));
    settle(&mut driver, 200);
    events(&mut driver);
    driver.hear(300, &e4());
    assert_eq!(sent(&mut driver), [Command::Abort]);
    driver.hear(310, &frame("OK"));
    settle(&mut driver, 310);
    assert_eq!(events(&mut driver), [Event::Ended(End::AmountDiffers), Event::Prompt(Prompt::RemoveCard)]);
}

#[test]
fn offline_decisions_are_no_payment() {
    for (template, end) in [([0xE3, 0], End::ApprovedOffline), ([0xE5, 0], End::DeclinedByCard)] {
        let mut driver = reading_chip();
        driver.hear(300, &answer(0x9000, &template));
        assert_eq!(events(&mut driver), [Event::Ended(end), Event::Prompt(Prompt::RemoveCard)]);
    }
}

#[test]
fn an_abort_is_answered_twice_in_either_order() {
    for flipped in [false, true] {
        let mut driver = reading_chip();
        driver.abort(300).unwrap();
        assert_eq!(sent(&mut driver), [Command::Abort]);
        let answers = [frame("OK"), frame("E9F41")];
        let [first, second] = if flipped { [&answers[1], &answers[0]] } else { [&answers[0], &answers[1]] };
        driver.hear(310, first);
        assert_eq!((events(&mut driver), driver.state()), (vec![], State::Cancelling));
        driver.hear(320, second);
        let told = events(&mut driver);
        assert_eq!(told, [Event::Ended(End::CancelledOnPage), Event::Prompt(Prompt::RemoveCard)]);
    }
}

#[test]
fn a_card_read_that_crosses_an_abort_is_dropped() {
    let mut driver = reading_chip();
    driver.abort(300).unwrap();
    driver.hear(310, &e4());
    driver.hear(320, &frame("OK"));
    assert_eq!(events(&mut driver)[0], Event::Ended(End::CancelledOnPage));
}

#[test]
fn an_abort_without_answer_gives_up() {
    let mut driver = reading_chip();
    driver.abort(300).unwrap();
    let due = driver.poll_timeout().unwrap();
    assert_eq!(due, 5_300);
    driver.handle_timeout(due);
    assert_eq!(events(&mut driver), [Event::Broken(Fault::Silent)]);
}

#[test]
fn clear_card_data_is_refused_in_every_message() {
    for clear in ["E106 5A0447617390", "E109 48020007 5F22023B34", "E407 9F6B0447617390", "E106 DFDF41024761"]
    {
        let body = hex::decode(clear.replace(' ', "")).unwrap();
        for unsolicited in [false, true] {
            let mut driver = reading_chip();
            let message = Answer { status: StatusWord::OK, body: &body }.message(unsolicited);
            driver.hear(300, &encode(&message));
            assert_eq!(events(&mut driver), [Event::Broken(Fault::ClearData)], "{clear}");
        }
    }
}

#[test]
fn the_card_pulled_while_the_issuer_is_asked() {
    let mut driver = reading_chip();
    driver.hear(300, &e4());
    events(&mut driver);
    driver.hear(400, &frame("REM"));
    settle(&mut driver, 400);
    driver.hear(400, &frame("REM"));
    settle(&mut driver, 400);
    assert_eq!(events(&mut driver), [Event::CardRemoved, Event::Ended(End::CardTakenOut)]);
    assert_eq!(driver.state(), State::Idle);
}

#[test]
fn nothing_is_asked_for_that_does_not_fit() {
    let mut driver = connected();
    assert_eq!(driver.start(100, purchase(1_000_000_000_000)), Err(Refused::Amount));
    assert_eq!(
        driver.start(100, CardTransaction { currency_numeric: 1000, ..purchase(1) }),
        Err(Refused::Amount)
    );
    assert_eq!(driver.continue_with(100, &IssuerAnswer::new(*b"00", &[]).unwrap()), Err(Refused::Busy));
    assert_eq!(driver.abort(100), Err(Refused::Busy));
    assert_eq!(driver.state(), State::Idle);
}

#[test]
fn an_issuer_answer_takes_only_what_a_card_wants() {
    let objects = hex::decode("8A023035910811223344556677889F3602000171024142").unwrap();
    let answer = IssuerAnswer::new(*b"00", &objects).unwrap();
    assert_eq!(hex::encode_upper(answer.objects()), "8A023030910811223344556677887102 4142".replace(' ', ""));
    assert!(IssuerAnswer::new([0, 1], &[]).is_err());
    assert!(IssuerAnswer::new(*b"00", &tlv::object(tlv::tag::ISSUER_SCRIPT_2, &[0; 250])).is_err());
}
