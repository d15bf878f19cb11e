//! Published MMS messages, both ways.

use reader::magtek_mms::{
    Command, Kind, Message, MessageError, Notification, Outcome, PowerEvent, Property, Start, Status,
    Technology, tags,
};
use reader::{CardTransaction, Interfaces, TransactionKind, WallClock};
use serde_json::Value;
use tlv::{object, tag};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/magtek.json")).unwrap();
    hex::decode(vectors["mms"][name].as_str().unwrap_or_else(|| panic!("{name}"))).unwrap()
}

fn message(name: &str) -> Message {
    Message::parse(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn dollar(extra: &str) -> Vec<u8> {
    hex::decode(format!("9C01009F02060000000001009F03060000000000005F2A020840{extra}")).unwrap()
}

#[test]
fn vectors_commands() {
    let start = Start {
        timeout: 60,
        stripe: 1,
        contact: 1,
        contactless: 3,
        options: Start::QUICK_CHIP,
        objects: dollar(""),
    };
    let contact_only = Start { timeout: 10, stripe: 0, contactless: 0, ..start.clone() };
    let donation = Start {
        timeout: 120,
        stripe: 0,
        contact: 0,
        options: 0x0203,
        objects: dollar("5F3601029F150200009F530100"),
        ..start.clone()
    };
    let device = hex::decode("992690E116120710").unwrap();
    let objects = object(tag::AUTHORISATION_RESPONSE_CODE, b"00").into();
    for (name, reference, command) in [
        ("start_contact", 0x00, Command::Start(contact_only)),
        ("start_all", 0x00, Command::Start(start)),
        ("start_contactless", 0x03, Command::Start(donation)),
        ("resume", 0x00, Command::Resume { device, objects }),
        ("cancel", 0x13, Command::Cancel),
        ("reset", 0x12, Command::Reset),
        ("select_first", 0x00, Command::SelectFirst),
        ("get_serial", 0x00, Command::Property(Property::Serial)),
        ("get_firmware", 0x02, Command::Property(Property::Firmware)),
        ("get_shown_first", 0x18, Command::Property(Property::ShownFirst)),
        ("get_shown_last", 0x19, Command::Property(Property::ShownLast)),
    ] {
        assert_eq!(hex::encode(&*command.message(reference).encode()), hex::encode(bytes(name)), "{name}");
        assert!(Command::parse(&message(name)) == Some(command), "{name}");
        assert_ne!(Command::name(message(name).id), "UNKNOWN");
    }
}

#[test]
fn vectors_responses() {
    for (name, reference, id, status) in [
        ("resume_response", 0x06, 0x1004, Status::OK),
        ("cancel_response", 0x13, 0x1008, Status::OK),
        ("reset_response", 0x12, 0x1F01, Status::OK),
        ("started_response", 0x01, 0x1001, Status::STARTED),
        ("low_battery_response", 0x01, 0x1001, Status::LOW_BATTERY),
    ] {
        let message = message(name);
        assert_eq!(message.kind, Kind::Response);
        assert_eq!(
            (message.reference, message.id, message.detail),
            (reference, id, Some(status.0)),
            "{name}"
        );
        assert!(message.parameters().is_empty());
        assert_eq!(*message.encode(), bytes(name), "{name}");
    }
    assert!(Status(message("low_battery_response").detail.unwrap()).is_failed_as(Status::LOW_BATTERY));
    assert_eq!(Status::LOW_BATTERY.code(), 0x0316);
}

#[test]
fn vectors_properties() {
    let value = |name| Property::value(message(name).parameters()).map(<[u8]>::to_vec).unwrap();
    assert_eq!(value("shown_first_response"), [4]);
    assert_eq!(value("firmware_response"), b"1000007183-A1-PCI\0\0");
    assert_eq!(hex::encode_upper(value("serial_response")), "B61378A0");
    assert_eq!(value("battery_response"), [0x64]);
    let answer = Property::Firmware.parameters(&value("firmware_response"));
    assert_eq!(answer, message("firmware_response").parameters());
}

#[test]
fn vectors_notifications() {
    let of = |name| message(name);
    let complete = of("complete_notification");
    let expected = Notification::Complete(Some(Technology::Contactless), Outcome([0, 0, 0]));
    assert!(Notification::of(&complete) == expected);
    assert_eq!(*expected.message().unwrap().encode(), bytes("complete_notification"));

    let card_data = of("card_data_notification");
    let Notification::CardData(Technology::Contact, blob) = Notification::of(&card_data) else {
        panic!("card data")
    };
    // The published one is without its MAC.
    assert_eq!((blob.len(), &blob[..5]), (0x1F2, &[0x01, 0xE9, 0xF9, 0x82, 0x01][..]));
    let value = |tag| tlv::find(&blob[2..2 + 0x1E9], tag).unwrap().unwrap();
    assert_eq!(value(tags::DEVICE), b"B4DB817111919AA");
    assert_eq!(value(tags::MASKED_TRACK_2_CHIP), b";5322000060001674=180920100000000000?");
    assert_eq!((value(tags::DATA).len(), value(tags::CARD_TYPE)), (0x148, &[5][..]));
    assert_eq!(*card_data.encode(), bytes("card_data_notification"));
}

#[test]
fn vectors_card_data() {
    let blob = bytes("card_data");
    let value = |tag| tlv::find(&blob[2..2 + 0x1B7], tag).unwrap().unwrap();
    assert_eq!(blob.len(), (2 + 0x1B7_usize).next_multiple_of(8) + 4);
    assert_eq!(value(tags::KSN), hex::decode("9070020B571AF20000A8").unwrap());
    assert_eq!((value(tags::DEVICE), value(tags::ENCRYPTION_TYPE)), (&b"B571AF2"[..], &[0x80][..]));
    assert_eq!(value(tags::MASKED_TRACK_2_CHIP), b";5312570002008112=00000000000000000000?");
}

#[test]
fn a_start_asks_for_the_flow_that_waits_for_the_issuer() {
    let now = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
    let sale = CardTransaction {
        kind: TransactionKind::Refund,
        amount_minor: 999_999_999_999,
        currency_numeric: 978,
        now,
        interfaces: Interfaces::ALL,
        text: String::new(),
    };
    let swipe = Interfaces { chip: false, contactless: false, swipe: true };
    let start = Start::new(&sale, swipe, 180).unwrap();
    assert_eq!((start.options, start.stripe, start.contact, start.contactless), (0x0002, 1, 0, 0));
    let objects = "9C01209F02069999999999999F03060000000000005F2A020978";
    assert_eq!(hex::encode_upper(&start.objects), objects);
    let again = start.again_by(Interfaces::ALL);
    assert_eq!((again.stripe, again.contact, again.contactless, again.timeout), (1, 1, 1, 180));
}

#[test]
fn what_is_no_message_is_refused() {
    for (text, error) in [
        ("", MessageError::Start),
        ("AB008104010010018402", MessageError::Start),
        ("AA00", MessageError::Part(tags::INFORMATION)),
        ("AA008103010010", MessageError::Part(tags::INFORMATION)),
        ("AA00810405001001", MessageError::Part(tags::INFORMATION)),
        ("AA0081048300010582022000", MessageError::Part(tags::DETAIL)),
    ] {
        assert_eq!(Message::parse(&hex::decode(text).unwrap()).err(), Some(error), "{text}");
    }
    assert!(matches!(
        Message::parse(&hex::decode("AA008104010010018430").unwrap()).err(),
        Some(MessageError::Tlv(_))
    ));
}

#[test]
fn a_notification_without_its_id_is_read() {
    // "Device reset will occur soon", one byte attached.
    let message = Message::parse(&hex::decode("AA0081048300100182040001000084010A").unwrap()).unwrap();
    assert_eq!(message.parameters(), [0x0A]);
    assert!(Notification::of(&message) == Notification::Other);
    let low =
        Message::parse(&hex::decode("AA008104830010018204000200 0D".replace(' ', "")).unwrap()).unwrap();
    assert!(Notification::of(&low) == Notification::Power(PowerEvent::LowBattery(13)));
}
