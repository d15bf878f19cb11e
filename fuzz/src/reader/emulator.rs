//! Any emulated reader, told things by a stranger.

use reader::{FromReader, ToReader};
use reader_sim::Emulator;

use super::driver::REPEATS;
use super::{faults, hand};
use crate::script::Script;

/// What differs between families.
pub(crate) struct Stranger {
    /// Makes up what a till might say.
    pub(crate) say: fn(&mut Script<'_>) -> ToReader,
    /// Whether a till understands what the reader said, when nothing was to go wrong.
    pub(crate) understands: fn(&FromReader) -> bool,
}

/// Plays a script.
pub(crate) fn play(mut reader: impl Emulator, stranger: &Stranger, bytes: &[u8]) {
    let (mut script, mut now) = (Script::new(bytes), 0);
    let mut honest = true;
    while let Some(step) = script.step() {
        match step % 8 {
            0 => {
                now += u64::from(script.word());
                reader.handle_timeout(now);
            }
            1 => reader.hand(now, hand(&mut script)),
            2 => {
                *reader.faults() = faults(&mut script);
                honest = false;
            }
            3 if script.byte() == 0 => reader.replug(now),
            // Over and over: what piles up must have a limit.
            4 => {
                let said = (stranger.say)(&mut script);
                for _ in 0..=script.byte() % REPEATS {
                    reader.handle(now, said.clone());
                    while reader.poll_transmit().is_some() {}
                }
            }
            _ => reader.handle(now, (stranger.say)(&mut script)),
        }
        while let Some(said) = reader.poll_transmit() {
            assert!(!honest || (stranger.understands)(&said), "a till would not understand");
        }
        assert!(reader.screen().rows.iter().all(|row| row.chars().count() <= 21));
        let _ = reader.card_in_slot();
        if let Some(due) = reader.poll_timeout() {
            reader.handle_timeout(now);
            assert!(due > now || reader.poll_transmit().is_some(), "due for ever");
        }
    }
}
