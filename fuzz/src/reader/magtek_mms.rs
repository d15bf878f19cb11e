//! MagTek MMS over both of its framings.

use std::sync::OnceLock;

use reader::magtek_mms::{
    Command, Deframer, Direction, FAMILY, Kind, Message, Notification, Property, encode,
};
use reader::{FromReader, Link, ToReader};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Stranger, changed, driver, emulator, hex_texts};
use crate::script::Script;

const LINKS: [Link; 4] = [
    Link::Serial,
    Link::Hid { product: 0x2020 },
    Link::Hid { product: 0x2023 },
    Link::Hid { product: 0x2024 },
];

/// So many bytes at a time are enough for two messages.
const LINE: usize = 1024;

/// The published messages, and the blob of a card.
fn known() -> &'static [Vec<u8>] {
    static KNOWN: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let vectors = include_str!("../../../crates/reader/tests/vectors/magtek.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        hex_texts(&vectors["mms"])
    })
}

/// A message: known, changed or made up.
fn message(script: &mut Script<'_>) -> Vec<u8> {
    match script.byte() % 6 {
        0 | 1 => script.choose(known()),
        2 => changed(known(), script),
        // The response that a driver may be waiting for.
        3 => {
            let mut response = script.choose(known());
            if let [0xAA, _, 0x81, 0x04, kind, reference, ..] = &mut response[..] {
                (*kind, *reference) = (Kind::Response as u8, script.byte());
            }
            response
        }
        4 => {
            let kind = script.choose(&[Kind::Request, Kind::Response, Kind::Notification]);
            let (reference, id) = (script.byte(), script.word());
            let detail = script.some().first_chunk().copied();
            let payload = Some(Zeroizing::new(script.some().to_vec())).filter(|payload| !payload.is_empty());
            Message { kind, reference, id, detail, payload }.encode().to_vec()
        }
        _ => script.some().to_vec(),
    }
}

/// What carries a message, or something else.
fn carried(link: Link, from: Direction, script: &mut Script<'_>) -> Vec<Vec<u8>> {
    match script.byte() % 4 {
        0 => vec![script.some().to_vec()],
        // A packet of any kind.
        1 => vec![[&[script.byte() % 5][..], script.some()].concat()],
        _ => encode(link, from, &message(script)),
    }
}

/// Frames, whole or not, fed again and again, and cut elsewhere. The first byte chooses the link.
pub(crate) fn frames(input: &[u8]) {
    let mut script = Script::new(input);
    let (link, repeats, cut) = (script.choose(&LINKS), script.byte() % 40, usize::from(script.byte()) + 1);
    let from = script.choose(&[Direction::FromReader, Direction::ToReader]);
    let mut line = Vec::new();
    while line.iter().map(Vec::len).sum::<usize>() < LINE
        && let Some(step) = script.step()
    {
        line.extend(if step & 1 == 0 {
            carried(link, from, &mut script)
        } else {
            vec![script.some().to_vec()]
        });
    }
    let read = |parts: &mut dyn Iterator<Item = &[u8]>| {
        let mut frames = Deframer::new(link, from);
        parts
            .flat_map(|part| {
                frames.push(part);
                std::iter::from_fn(|| frames.next_message()).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    let seen = read(&mut line.iter().map(Vec::as_slice));
    if link == Link::Serial {
        assert_eq!(read(&mut line.concat().chunks(cut)), seen, "cut elsewhere");
    }
    for message in seen.into_iter().flatten() {
        let again = encode(link, from, &message);
        assert_eq!(read(&mut again.iter().map(Vec::as_slice)), [Ok(message)]);
    }
    // A message that never ends is given up before it fills the memory, which is measured.
    let mut frames = Deframer::new(link, from);
    for part in (0..=repeats).flat_map(|_| &line) {
        frames.push(part);
        while frames.next_message().is_some() {}
    }
}

/// What is inside the frames, in both directions.
pub(crate) fn messages(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes) else { return };
    assert!(Message::parse(&message.encode()) == Ok(message.clone()));
    if let Some(command) = Command::parse(&message) {
        let again = command.message(message.reference);
        assert!(Command::parse(&again) == Some(command));
    }
    let notification = Notification::of(&message);
    if let Some(again) = notification.message() {
        assert!(Notification::of(&again) == notification);
    }
    let _ =
        (Property::value(message.parameters()), Notification::name(message.id), Command::name(message.id));
}

/// At either end of a link, hearing what comes from the other.
struct Mms {
    link: Link,
    heard: Deframer,
}

impl Mms {
    fn new(link: Link, from: Direction) -> Self {
        Self { link, heard: Deframer::new(link, from) }
    }

    /// Whether all that is whole so far can be read.
    fn reads(&mut self, part: &[u8], understands: fn(&Message) -> bool) -> bool {
        self.heard.push(part);
        std::iter::from_fn(|| self.heard.next_message()).all(|message| {
            message.is_ok_and(|bytes| Message::parse(&bytes).is_ok_and(|message| understands(&message)))
        })
    }
}

impl Stranger<FromReader, ToReader> for Mms {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<FromReader> {
        let parts = carried(self.link, Direction::FromReader, script).into_iter();
        match self.link {
            Link::Serial => parts.map(FromReader::Bytes).collect(),
            Link::Hid { .. } => parts.map(|data| FromReader::Input { id: 0, data }).collect(),
        }
    }

    fn understands(&mut self, told: &ToReader) -> bool {
        let is_command = |message: &Message| Command::parse(message).is_some();
        match (told, self.link) {
            (ToReader::Bytes(part), Link::Serial) => self.reads(part, is_command),
            (ToReader::Output { data, .. }, Link::Hid { .. }) => self.reads(data, is_command),
            _ => false,
        }
    }
}

impl Stranger<ToReader, FromReader> for Mms {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<ToReader> {
        let parts = carried(self.link, Direction::ToReader, script).into_iter();
        match self.link {
            Link::Serial => parts.map(ToReader::Bytes).collect(),
            Link::Hid { .. } => parts.map(|data| ToReader::Output { id: 0, data }).collect(),
        }
    }

    fn understands(&mut self, said: &FromReader) -> bool {
        let is_ours = |message: &Message| message.kind != Kind::Request;
        match (said, self.link) {
            (FromReader::Bytes(part), Link::Serial) => self.reads(part, is_ours),
            (FromReader::Input { data, .. }, Link::Hid { .. }) => self.reads(data, is_ours),
            _ => false,
        }
    }
}

/// The driver between an emulated reader and a stranger. The first byte chooses the link.
pub(crate) fn driver(script: &[u8]) {
    let mut script = Script::new(script);
    let link = script.choose(&LINKS);
    driver::play(&FAMILY, link, &mut Mms::new(link, Direction::ToReader), script);
}

/// The emulated reader and a stranger. The first byte chooses the link.
pub(crate) fn emulator(script: &[u8]) {
    let mut script = Script::new(script);
    let link = script.choose(&LINKS);
    emulator::play(&FAMILY, link, &mut Mms::new(link, Direction::FromReader), script);
}
