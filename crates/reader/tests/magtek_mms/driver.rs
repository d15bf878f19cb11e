//! The driver against made-up messages; whole payments are played with the emulator in `reader-sim`.

use reader::magtek_mms::{
    CardEvent, Command, Deframer, Direction, Kind, Message, MmsDriver, Notification, Outcome, Property,
    Status, Technology, encode, tags,
};
use reader::{
    Battery, CardTransaction, Driver, End, Entry, Event, Fault, FromReader, Interfaces, IssuerAnswer, Link,
    Power, Prompt, Scheme, State, ToReader, TransactionKind, WallClock,
};
use tlv::object;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::wire::bytes;

const CLOCK: WallClock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
const HID: Link = Link::Hid { product: 0x2020 };

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

pub(crate) fn events(driver: &mut MmsDriver) -> Vec<Event> {
    std::iter::from_fn(|| driver.poll_event()).collect()
}

pub(crate) fn hear(driver: &mut MmsDriver, now: u64, message: &Message) {
    for data in encode(HID, Direction::FromReader, &message.encode()) {
        driver.handle(now, FromReader::Input { id: 0, data });
    }
}

pub(crate) fn notify(driver: &mut MmsDriver, now: u64, notification: Notification<'_>) -> Vec<Event> {
    hear(driver, now, &notification.message().unwrap());
    events(driver)
}

/// What the driver has sent since the last look: number and command.
pub(crate) fn sent(driver: &mut MmsDriver) -> Vec<(u8, Command)> {
    let mut frames = Deframer::new(HID, Direction::ToReader);
    while let Some(ToReader::Output { id: 0, data }) = driver.poll_transmit() {
        frames.push(&data);
    }
    std::iter::from_fn(|| frames.next_message())
        .map(|message| Message::parse(&message.unwrap()).unwrap())
        .map(|message| (message.reference, Command::parse(&message).unwrap()))
        .collect()
}

pub(crate) fn answer(reference: u8, id: u16, Status(detail): Status, payload: Vec<u8>) -> Message {
    Message { kind: Kind::Response, reference, id, detail: Some(detail), payload: Some(payload.into()) }
}

/// Answers everything with this status and, to properties, these values.
pub(crate) fn settle(
    driver: &mut MmsDriver,
    now: u64,
    value: impl Fn(Property) -> Option<Vec<u8>>,
) -> Vec<Command> {
    let mut all = vec![];
    while let [(reference, command)] = &sent(driver)[..] {
        let (status, payload) = match command {
            Command::Property(property) => match value(*property) {
                Some(value) => (Status::OK, property.parameters(&value)),
                None => (Status([0x80, 1, 1, 0x13]), vec![]),
            },
            Command::Cancel if driver.state() == State::Identifying => (Status::NO_TRANSACTION, vec![]),
            Command::Start(_) => (Status::STARTED, vec![]),
            _ => (Status::OK, vec![]),
        };
        hear(driver, now, &answer(*reference, command.id(), status, payload));
        all.push(command.clone());
    }
    all
}

pub(crate) fn in_order(property: Property) -> Option<Vec<u8>> {
    match property {
        Property::Serial => Some(vec![0xB5, 0x71, 0xAF, 0x20]),
        Property::Firmware => Some(b"1000007183-A1-PCI\0\0".to_vec()),
        Property::ShownFirst => Some(vec![6]),
        Property::ShownLast => Some(vec![4]),
        Property::Battery => Some(vec![85]),
        Property::Charger => Some(vec![8]),
    }
}

pub(crate) fn connect_with(value: impl Fn(Property) -> Option<Vec<u8>>) -> MmsDriver {
    let mut driver = MmsDriver::new(HID);
    driver.connect(0, CLOCK);
    driver.handle_timeout(driver.poll_timeout().unwrap());
    settle(&mut driver, 30, value);
    driver
}

pub(crate) fn connected() -> MmsDriver {
    let mut driver = connect_with(in_order);
    assert!(matches!(&events(&mut driver)[..], [Event::Ready(_)]));
    driver
}

pub(crate) fn awaiting() -> MmsDriver {
    let mut driver = connected();
    driver.start(100, purchase(456)).unwrap();
    settle(&mut driver, 100, in_order);
    assert_eq!(events(&mut driver), [Event::Prompt(Prompt::PresentCard(Interfaces::ALL))]);
    driver
}

pub(crate) fn inserted() -> MmsDriver {
    let mut driver = awaiting();
    let events = notify(&mut driver, 200, Notification::Card(Technology::Contact, CardEvent::Inserted));
    assert_eq!((events, driver.state()), (vec![Event::CardSeen], State::ReadingCard));
    driver
}

pub(crate) fn asking() -> MmsDriver {
    let mut driver = inserted();
    let events = notify(&mut driver, 300, Notification::CardData(Technology::Contact, &bytes("card_data")));
    assert!(matches!(&events[..], [Event::CardRead(_)]));
    driver
}

/// A blob with these objects beside ciphertext.
pub(crate) fn blob(objects: &[u8], data: &[u8]) -> Vec<u8> {
    let encrypted =
        [object(tags::DATA, data), object(tags::KSN, &[0x90; 10]), object(tags::ENCRYPTION_TYPE, &[0x80])];
    let card = [objects, &object(tags::ENCRYPTED, &encrypted.concat())].concat();
    let generic = object(tags::GENERIC, &object(tags::TRANSACTION, &card));
    let signed = object(tags::SIGNED, &[object(tags::DEVICE, b"B571AF2"), generic].concat());
    let len = u16::try_from(signed.len()).unwrap();
    [&len.to_be_bytes()[..], &signed, &[0; 12]].concat()
}

pub(crate) fn kind(kind: u8) -> Vec<u8> {
    object(tags::CARD_TYPE, &[kind])
}

pub(crate) fn batch(status: u8) -> Vec<u8> {
    blob(&object(tags::STATUS, &object(tags::TRANSACTION_STATUS, &[status])), &[7; 8])
}

#[test]
fn a_reader_says_who_it_is() {
    let mut driver = connect_with(in_order);
    let [Event::Ready(identity)] = &events(&mut driver)[..] else { panic!("ready") };
    assert_eq!((identity.serial.as_str(), identity.ksn.as_ref()), ("B571AF2", None));
    assert_eq!(identity.software[0].version, "1000007183-A1-PCI");
    assert_eq!(identity.battery, Some(Battery { percent: 85, power: Power::Battery }));
    let no_battery =
        |property| in_order(property).filter(|_| !matches!(property, Property::Battery | Property::Charger));
    let mut driver = connect_with(no_battery);
    assert!(matches!(&events(&mut driver)[..], [Event::Ready(identity)] if identity.battery.is_none()));
}

#[test]
fn a_reader_that_shows_more_than_six_digits_is_refused() {
    let shows = |property| if property == Property::ShownFirst { Some(vec![8]) } else { in_order(property) };
    let mut driver = connect_with(shows);
    assert_eq!((events(&mut driver), driver.state()), (vec![Event::NotSecure], State::NotSecure));
}

#[test]
fn vectors_card_data_is_read_and_masked() {
    let mut driver = inserted();
    let events = notify(&mut driver, 300, Notification::CardData(Technology::Contact, &bytes("card_data")));
    let [Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((read.entry, read.pin_entered), (Entry::Chip, false));
    assert_eq!(read.encrypted.bytes(), bytes("card_data"));
    assert_eq!((read.card.first6.as_deref(), read.card.last4.as_deref()), (Some("531257"), Some("8112")));
    assert_eq!((read.card.scheme, read.card.expiry.as_deref()), (Some(Scheme::Mastercard), None));
    assert_eq!(read.ksn.as_deref(), Some("9070020B571AF20000A8"));
    // Sent again while the issuer takes its time.
    let again = notify(&mut driver, 400, Notification::CardData(Technology::Contact, &bytes("card_data")));
    assert_eq!(again, []);
}

#[test]
fn the_issuers_answer_reaches_the_card_and_its_decision_the_till() {
    for (status, outcome, approved) in [
        (0, Outcome::APPROVED, true),
        (1, Outcome::DECLINED, false),
        // When they disagree it is no approval.
        (0, Outcome::DECLINED, false),
        (1, Outcome::APPROVED, false),
    ] {
        let mut driver = asking();
        let data = hex::decode("910A00112233445566770000").unwrap();
        driver.continue_with(400, &IssuerAnswer::new(*b"00", &data).unwrap()).unwrap();
        let [(reference, command)] = &sent(&mut driver)[..] else { panic!("one command") };
        let Command::Resume { device, objects } = command else { panic!("resume") };
        assert_eq!(device, b"B571AF2");
        assert_eq!(hex::encode_upper(&**objects), "8A023030910A00112233445566770000");
        hear(&mut driver, 410, &answer(*reference, 0x1004, Status::OK, vec![]));
        let blob = batch(status);
        assert_eq!(notify(&mut driver, 500, Notification::BatchData(Technology::Contact, &blob)), []);
        let told = notify(&mut driver, 510, Notification::Complete(Some(Technology::Contact), outcome));
        let [Event::Decision(decision), Event::Prompt(Prompt::RemoveCard)] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((decision.approved, decision.data.bytes()), (approved, &blob[..]));
        let removed = notify(&mut driver, 600, Notification::Slot { seated: false });
        assert_eq!((removed, driver.state()), (vec![Event::CardRemoved], State::Idle));
    }
}

#[test]
fn a_result_that_never_comes_is_no_decision() {
    let mut driver = asking();
    driver.continue_with(400, &IssuerAnswer::new(*b"00", &[]).unwrap()).unwrap();
    settle(&mut driver, 400, in_order);
    notify(&mut driver, 500, Notification::Complete(Some(Technology::Contact), Outcome::APPROVED));
    driver.handle_timeout(driver.poll_timeout().unwrap());
    let told = events(&mut driver);
    assert!(matches!(&told[..], [Event::Ended(End::NotUsable { .. }), Event::Prompt(_)]), "{told:?}");
    // A reader that does not say that the card is out is believed to be empty after a while.
    while driver.state() == State::AwaitingRemoval {
        let now = driver.poll_timeout().unwrap();
        driver.handle_timeout(now);
        settle(&mut driver, now, in_order);
    }
    assert_eq!((events(&mut driver), driver.state()), (vec![Event::CardRemoved], State::Idle));
}

#[test]
fn clear_card_data_is_refused() {
    let chip = kind(5);
    let track = |text: &str| [kind(5), object(tags::MASKED_TRACK_2_CHIP, text.as_bytes())].concat();
    let plain = object(tags::DECRYPTED, &object(tlv::tag::PAN, &[0x47, 0x61, 0x73, 0x90]));
    let not_dukpt =
        blob(&chip, &[7; 8]).iter().map(|byte| if *byte == 0x80 { 0x00 } else { *byte }).collect();
    for clear in [
        blob(&[kind(5), object(tlv::tag::TRACK_2_EQUIVALENT, &[0x47])].concat(), &[7; 8]),
        blob(&[kind(5), object(tags::CLEAR_TRACK_2, b";4761")].concat(), &[7; 8]),
        blob(&track(";4761739001010010=2912"), &[7; 8]),
        blob(&chip, &[&plain[..], &[0; 3]].concat()),
        not_dukpt,
    ] {
        let mut driver = inserted();
        let told = notify(&mut driver, 300, Notification::CardData(Technology::Contact, &clear));
        assert_eq!(told, [Event::Broken(Fault::ClearData)], "{}", hex::encode(clear));
    }
    let objects = object(tlv::tag::PAN, &[0x47, 0x61]);
    let mut driver = connected();
    let message = Message {
        kind: Kind::Notification,
        reference: 0,
        id: 0x0205,
        detail: Some([1, 2, 1, 1]),
        payload: Some(objects.into()),
    };
    hear(&mut driver, 100, &message);
    assert_eq!(events(&mut driver), [Event::Broken(Fault::ClearData)]);
}

#[test]
fn another_amount_in_the_card_data_ends_it() {
    for (tag, value) in [(tlv::tag::AMOUNT, &[0, 0, 0, 0, 0, 1][..]), (tlv::tag::CURRENCY, &[0x09, 0x78])] {
        let mut driver = inserted();
        let blob = blob(&[kind(5), object(tag, value)].concat(), &[7; 8]);
        assert_eq!(notify(&mut driver, 300, Notification::CardData(Technology::Contact, &blob)), []);
        assert_eq!(settle(&mut driver, 300, in_order).len(), 1);
        notify(&mut driver, 310, Notification::Card(Technology::Contact, CardEvent::Removed));
        let told = notify(&mut driver, 310, Notification::Complete(None, Outcome::CANCELLED_BY_HOST));
        assert_eq!(told, [Event::Ended(End::AmountDiffers)]);
    }
    let mut driver = inserted();
    let same = [kind(5), object(tlv::tag::AMOUNT, &[0, 0, 0, 0, 4, 0x56])].concat();
    let blob = blob(&same, &[7; 8]);
    let told = notify(&mut driver, 300, Notification::CardData(Technology::Contact, &blob));
    assert!(matches!(&told[..], [Event::CardRead(_)]));
}

#[test]
fn a_stripe_of_a_chip_card_asks_for_the_chip_unless_the_chip_failed() {
    let mut driver = awaiting();
    notify(&mut driver, 200, Notification::Card(Technology::Stripe, CardEvent::Swiped));
    let card = blob(&kind(7), &[7; 8]);
    let told = notify(&mut driver, 210, Notification::CardData(Technology::Stripe, &card));
    assert_eq!(told, [Event::Prompt(Prompt::InsertCard)]);
    let again = notify(&mut driver, 210, Notification::CardData(Technology::Stripe, &card));
    assert_eq!(again, [], "the reader said it twice");
    let commands = settle(&mut driver, 220, in_order);
    assert!(matches!(&commands[..], [Command::Cancel, Command::Start(start)] if start.contact == 1));
    let stale = notify(&mut driver, 230, Notification::Complete(None, Outcome::CANCELLED_BY_HOST));
    assert_eq!((stale, driver.state()), (vec![], State::AwaitingCard));

    notify(&mut driver, 300, Notification::Card(Technology::Contact, CardEvent::Inserted));
    let told =
        notify(&mut driver, 310, Notification::Complete(Some(Technology::Contact), Outcome::MSR_FALLBACK));
    assert_eq!(told, [Event::Prompt(Prompt::SwipeInstead)]);
    let commands = settle(&mut driver, 320, in_order);
    assert!(matches!(&commands[..], [Command::Start(start)] if (start.stripe, start.contact) == (1, 0)));
    let told = notify(&mut driver, 400, Notification::CardData(Technology::Stripe, &card));
    assert!(matches!(&told[..], [Event::CardRead(read)] if read.entry == Entry::Swipe));
}
