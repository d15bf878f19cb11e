//! Card readers: what every family's driver and emulator must bear.

mod driver;
mod emulator;
pub(crate) mod magtek_mms;
pub(crate) mod magtek_v5;
pub(crate) mod miura;

use reader::IssuerAnswer;
use reader_sim::{Card, Faults, Hand, Key, cards};
use serde_json::Value;
use tlv::tag;

use crate::script::Script;

/// The most steps of a script; a payment takes a dozen.
const STEPS: usize = 64;

/// How often the same is said at a time; more frames than the longest message has.
const REPEATS: u8 = 80;

/// The other end of a link, of one family and not to be trusted.
trait Stranger<Said, Heard> {
    /// Makes up something that the other side might say, as the link carries it.
    fn say(&mut self, script: &mut Script<'_>) -> Vec<Said>;

    /// Whether this could be understood. Told everything, in order.
    fn understands(&mut self, heard: &Heard) -> bool;
}

/// The known bytes with one of them changed.
fn changed(known: &[Vec<u8>], script: &mut Script<'_>) -> Vec<u8> {
    let (mut bytes, at) = (script.choose(known), usize::from(script.word()));
    let at = at % bytes.len();
    bytes[at] ^= script.byte();
    bytes
}

/// Hex texts of a file of test vectors.
fn hex_texts(value: &Value) -> Vec<Vec<u8>> {
    match value {
        Value::String(text) => hex::decode(text).into_iter().collect(),
        Value::Array(values) => values.iter().flat_map(hex_texts).collect(),
        Value::Object(values) => values.values().flat_map(hex_texts).collect(),
        _ => vec![],
    }
}

/// What the gateway passes on from the issuer. The first two bytes are the response code.
pub(crate) fn issuer_answer(bytes: &[u8]) {
    let Some((code, data)) = bytes.split_first_chunk() else { return };
    if let Ok(answer) = IssuerAnswer::new(*code, data) {
        let objects = answer.objects();
        let kept: Vec<_> = tlv::read(&objects).map(Result::unwrap).collect();
        assert_eq!((kept[0].tag, kept[0].value), (tag::AUTHORISATION_RESPONSE_CODE, &code[..]));
        for object in &kept[1..] {
            assert!(
                [tag::ISSUER_AUTHENTICATION_DATA, tag::ISSUER_SCRIPT_1, tag::ISSUER_SCRIPT_2]
                    .contains(&object.tag)
            );
        }
        miura::fits_a_command(&objects);
    }
}

/// Something that the customer's hand may do.
fn hand(script: &mut Script<'_>) -> Hand {
    let card: Card = script.choose(cards());
    match script.byte() % 8 {
        0 => Hand::Insert(card),
        1 => Hand::Tap(card),
        2 => Hand::Swipe(card),
        3 => Hand::Remove,
        4 => Hand::Press(Key::Enter),
        5 => Hand::Press(Key::Clear),
        6 => Hand::Press(Key::Cancel),
        _ => Hand::Press(Key::Digit(script.byte() % 10)),
    }
}

/// Some of all that can go wrong with a reader.
fn faults(script: &mut Script<'_>) -> Faults {
    let bits = script.word();
    let on = |bit: u32| bits & 1 << bit != 0;
    Faults {
        silent: on(0) && on(1),
        slow_ms: u64::from(bits & 4) * 100,
        cut_frame: on(3) && on(1),
        wrong_checksum: on(4) && on(1),
        not_secure: on(5) && on(1),
        low_battery: on(6) && on(1),
        read_error: on(7),
        approves_offline: on(8),
        declines_offline: on(9),
        declines_after_issuer: on(10),
        choose_application: on(11),
        last_pin_try: on(12),
        clear_data: on(13) && on(1),
        other_amount: on(14),
        duplicate: on(15) && on(1),
        restart: on(2) && on(0),
        keys_exhausted: on(3) && on(0),
        cancel_race: on(4),
    }
}
