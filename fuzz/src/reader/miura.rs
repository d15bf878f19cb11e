//! Miura MPI.

use std::sync::OnceLock;

use reader::miura::{Answer, Command, Deframer, FAMILY, Message, Node, Report, StatusWord, encode};
use reader::{FromReader, Link, ToReader};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Stranger, driver, emulator};
use crate::script::Script;

/// The published frames, and a chip's answer in two of them.
fn known() -> &'static [Vec<u8>] {
    static KNOWN: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let vectors = include_str!("../../../crates/reader/tests/vectors/miura.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let decode = |frame: &Value| hex::decode(frame.as_str().unwrap()).unwrap();
        let frames = vectors["frames"].as_object().unwrap().values().map(decode);
        let chained = vectors["e4_chained"]["frames"].as_array().unwrap().iter().flat_map(decode).collect();
        frames.chain([chained]).collect()
    })
}

/// So many bytes at a time are enough for two messages.
const LINE: usize = 1024;

const WORDS: [u16; 12] =
    [0x9000, 0x6D00, 0x9F0F, 0x9F21, 0x9F22, 0x9F23, 0x9F27, 0x9F2A, 0x9F30, 0x9F41, 0x9FC3, 0x9FE0];

/// Bytes that may come over the line, whole, chained or damaged.
fn bytes(script: &mut Script<'_>) -> Vec<u8> {
    let answer = |word: u16, unsolicited, body: &[u8]| {
        encode(&Answer { status: StatusWord(word), body }.message(unsolicited))
    };
    match script.byte() % 8 {
        0 | 1 => script.choose(known()),
        // One byte differs, and the checksum fits again.
        2 => {
            let (mut frame, at, change) = (script.choose(known()), script.byte(), script.byte());
            let at = usize::from(at) % (frame.len() - 1);
            frame[at] ^= change;
            *frame.last_mut().unwrap() ^= change;
            frame
        }
        3 => answer(script.choose(&WORDS), false, script.some()),
        4 => answer(script.word(), script.byte() & 1 != 0, script.some()),
        5 => {
            let node = if script.byte() & 1 != 0 { Node::Pinpad } else { Node::PosInterface };
            let info = [&script.word().to_be_bytes()[..], script.some()].concat();
            encode(&Message { node, unsolicited: false, info: Zeroizing::new(info) })
        }
        // One frame of a chain, which may go on.
        6 => {
            let (control, info) = (script.byte(), script.some());
            let mut frame = [&[1, control, u8::try_from(info.len()).unwrap()][..], info].concat();
            frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
            frame
        }
        _ => script.some().to_vec(),
    }
}

/// The messages of these bytes, and whether they are whole ones and nothing else.
fn messages_of(bytes: &[u8]) -> (Vec<Message>, bool) {
    let mut frames = Deframer::default();
    frames.push(bytes);
    let mut messages = Vec::new();
    while let Some(message) = frames.next_message() {
        match message {
            Ok(message) => messages.push(message),
            Err(_) => return (messages, false),
        }
    }
    let whole = messages.iter().map(Message::link_len).sum::<usize>() == bytes.len();
    (messages, whole)
}

/// Frames, whole or not, fed again and again, and cut elsewhere.
pub(crate) fn frames(input: &[u8]) {
    let mut script = Script::new(input);
    let (repeats, cut) = (script.byte() % 20, usize::from(script.byte()) + 1);
    let mut line = Vec::new();
    while line.len() < LINE
        && let Some(step) = script.step()
    {
        if step & 1 == 0 { line.extend(bytes(&mut script)) } else { line.extend(script.some()) }
    }
    let mut frames = Deframer::default();
    let mut seen = Vec::new();
    for part in line.chunks(cut) {
        frames.push(part);
        seen.extend(std::iter::from_fn(|| frames.next_message()));
    }
    let mut whole = Deframer::default();
    whole.push(&line);
    assert_eq!(std::iter::from_fn(|| whole.next_message()).collect::<Vec<_>>(), seen, "cut elsewhere");
    for message in seen.into_iter().flatten() {
        let (again, whole) = messages_of(&encode(&message));
        assert!(whole && again == [message]);
    }
    // A chain that never ends is given up before it fills the memory, which is measured.
    let mut frames = Deframer::default();
    for _ in 0..=repeats {
        frames.push(&line);
        while frames.next_message().is_some() {}
    }
}

/// What is inside the frames, in both directions.
pub(crate) fn messages(info: &[u8]) {
    if let Ok(command) = Command::parse(info) {
        let again = command.encode();
        assert!(again.len() <= 254, "a command is never chained");
        let heard = Command::parse(&again).unwrap();
        assert!(heard == command || matches!(command, Command::Display(_)), "only a text is cut");
        assert_eq!(heard.encode(), again);
    }
    for unsolicited in [false, true] {
        let message = Message { node: Node::Pinpad, unsolicited, info: Zeroizing::new(info.to_vec()) };
        if let Some(answer) = Answer::of(&message) {
            assert_eq!(answer.message(unsolicited), message);
            let _ = Report::parse(answer.body).map(|report| report.name());
        }
    }
}

/// Whether an issuer's answer fits the one frame that a command may have.
pub(super) fn fits_a_command(objects: &[u8]) {
    let command = Command::Continue(Zeroizing::new(objects.to_vec()));
    let info = command.encode();
    assert!(info.len() <= 254);
    assert_eq!(Command::parse(&info), Ok(command));
}

/// At either end.
struct Miura;

impl Stranger<FromReader, ToReader> for Miura {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<FromReader> {
        vec![FromReader::Bytes(bytes(script))]
    }

    fn understands(&mut self, told: &ToReader) -> bool {
        let ToReader::Bytes(bytes) = told else { return false };
        let (messages, whole) = messages_of(bytes);
        whole && messages.iter().all(|message| Command::parse(&message.info).is_ok())
    }
}

impl Stranger<ToReader, FromReader> for Miura {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<ToReader> {
        vec![ToReader::Bytes(bytes(script))]
    }

    fn understands(&mut self, said: &FromReader) -> bool {
        matches!(said, FromReader::Bytes(bytes) if messages_of(bytes).1)
    }
}

/// The driver between an emulated reader and a stranger.
pub(crate) fn driver(script: &[u8]) {
    driver::play(&FAMILY, Link::Serial, &mut Miura, Script::new(script));
}

/// The emulated reader and a stranger.
pub(crate) fn emulator(script: &[u8]) {
    emulator::play(&FAMILY, Link::Serial, &mut Miura, Script::new(script));
}
