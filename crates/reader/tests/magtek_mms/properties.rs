//! What holds for all bytes and all orders of messages.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use reader::magtek_mms::{
    CardEvent, Command, Deframer, Direction, Kind, Message, Notification, Outcome, PinEvent, PowerEvent,
    Property, Status, Technology, encode,
};
use reader::{Driver, Event, FromReader, IssuerAnswer, Link, State};

use crate::driver::{answer, awaiting, connected, events, hear, purchase};
use crate::wire::bytes;

const LINKS: [Link; 2] = [Link::Serial, Link::Hid { product: 0x2020 }];

fn technology() -> impl Strategy<Value = Technology> {
    prop::sample::select(vec![Technology::Stripe, Technology::Contact, Technology::Contactless])
}

/// Messages of a reader that make sense somewhere.
fn message() -> impl Strategy<Value = Vec<u8>> {
    use CardEvent::*;
    let card_event = prop::sample::select(vec![Swiped, Inserted, Removed, Detected, Collision]);
    let outcome = (0_u8..6, prop_oneof![0_u8..17, Just(0x80)], 0_u8..7);
    let bytes_of = |notification: Notification<'_>| notification.message().unwrap().encode().to_vec();
    let status = prop::sample::select(vec![
        Status::OK,
        Status::STARTED,
        Status::NO_TRANSACTION,
        Status::CANNOT_CANCEL,
        Status::DEVICE_OFFLINE,
        Status::IN_PROGRESS,
    ]);
    let command = prop::sample::select(vec![0x1001, 0x1004, 0x1008, 0xD101]);
    let property = Property::Serial.parameters(&[0xB5, 0x71, 0xAF, 0x20]);
    prop_oneof![
        3 => (technology(), card_event).prop_map(move |(by, event)| bytes_of(Notification::Card(by, event))),
        3 => technology().prop_map(move |by| bytes_of(Notification::CardData(by, &bytes("card_data")))),
        2 => technology().prop_map(move |by| bytes_of(Notification::BatchData(by, &bytes("card_data")))),
        3 => (prop::option::of(technology()), outcome).prop_map(move |(by, (reason, detail, extra))| {
            bytes_of(Notification::Complete(by, Outcome([reason, detail, extra])))
        }),
        1 => Just(bytes_of(Notification::Pin(PinEvent::Wrong))),
        1 => Just(bytes_of(Notification::Selection)),
        1 => Just(bytes_of(Notification::Power(PowerEvent::LowBattery(3)))),
        // The numbers that a fresh driver's next commands will have.
        6 => (7_u8..20, command, status).prop_map(move |(reference, id, status)| {
            answer(reference, id, status, property.clone()).encode().to_vec()
        }),
    ]
}

proptest! {
    #[test]
    fn any_message_survives_either_framing(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..700), 1..6),
        cuts in prop::collection::vec(1_usize..90, 1..20),
    ) {
        for link in LINKS {
            let mut deframer = Deframer::new(link, Direction::FromReader);
            for frame in messages.iter().flat_map(|message| encode(link, Direction::FromReader, message)) {
                if link == Link::Serial {
                    let mut rest = &frame[..];
                    for len in cuts.iter().cycle() {
                        let (now, later) = rest.split_at((*len).min(rest.len()));
                        deframer.push(now);
                        rest = later;
                        if rest.is_empty() { break; }
                    }
                } else {
                    deframer.push(&frame);
                }
            }
            for message in &messages {
                prop_assert_eq!(deframer.next_message().map(|read| read.map(|read| read.to_vec())), Some(Ok(message.clone())));
            }
            prop_assert!(deframer.next_message().is_none());
        }
    }

    #[test]
    fn no_bytes_panic(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..60)) {
        for link in LINKS {
            let mut deframer = Deframer::new(link, Direction::FromReader);
            frames.iter().for_each(|frame| deframer.push(frame));
            while let Some(Ok(message)) = deframer.next_message() {
                let _ = Message::parse(&message);
            }
        }
        for bytes in &frames {
            if let Ok(message) = Message::parse(&[&[0xAA, 0x00][..], bytes].concat()) {
                let _ = (Command::parse(&message), Notification::of(&message), Property::value(message.parameters()));
            }
        }
    }

    #[test]
    fn a_message_encodes_as_itself(
        reference in any::<u8>(),
        id in any::<u16>(),
        detail in prop::option::of(any::<[u8; 4]>()),
        payload in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
    ) {
        let payload = payload.map(Into::into);
        let message = Message { kind: Kind::Response, reference, id, detail, payload };
        prop_assert!(Message::parse(&message.encode()).ok() == Some(message));
    }

    #[test]
    fn no_message_panics_and_every_wait_has_a_limit(
        parts in prop::collection::vec((message(), any::<u8>()), 0..60),
        asked in any::<bool>(),
    ) {
        let mut driver = if asked { awaiting() } else { connected() };
        let mut open = asked;
        let mut now = 200;
        for (message, action) in parts {
            match action % 10 {
                0 => open |= driver.start(now, purchase(456)).is_ok(),
                1 => { let _ = driver.abort(now); }
                2 => driver.end_card(now, action > 128),
                3 => { let _ = driver.continue_with(now, &IssuerAnswer::new(*b"00", &[]).unwrap()); }
                4 => if let Some(due) = driver.poll_timeout() { now = now.max(due); driver.handle_timeout(now); },
                5 => driver.handle(now, FromReader::Input { id: 0, data: message.iter().copied().take(64).collect() }),
                _ => {}
            }
            if let Ok(message) = Message::parse(&message) {
                hear(&mut driver, now, &message);
            }
            while driver.poll_transmit().is_some() {}
            for event in events(&mut driver) {
                match event {
                    Event::CardRead(_) => prop_assert!(open, "a card nobody asked for"),
                    Event::Ended(_) | Event::Decision(_) => {
                        prop_assert!(std::mem::take(&mut open), "{event:?} after the end");
                    }
                    _ => {}
                }
            }
            let closed = matches!(driver.state(), State::NotSecure | State::Broken);
            prop_assert!(closed || driver.poll_timeout().is_some(), "{:?} waits for ever", driver.state());
            open &= driver.state() != State::Idle && !closed;
        }
        prop_assert!(std::iter::from_fn(|| driver.poll_trace()).count() <= 64);
    }
}
