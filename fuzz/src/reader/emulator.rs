//! Any emulated reader, told things by a stranger.

use reader::{Family, FromReader, Link, ToReader};
use reader_sim::{EMULATORS, Emulator};

use super::{REPEATS, STEPS, Stranger, faults, hand};
use crate::script::Script;

/// The family's emulator, always the same one.
pub(super) fn of(family: &Family, link: Link) -> Box<dyn Emulator> {
    let (_, make) = EMULATORS.iter().find(|(name, _)| *name == family.name).unwrap();
    make(link, 0)
}

/// Plays the rest of a script on this link.
pub(crate) fn play(
    family: &Family,
    link: Link,
    stranger: &mut impl Stranger<ToReader, FromReader>,
    mut script: Script<'_>,
) {
    let (mut reader, mut now, mut honest) = (of(family, link), 0, true);
    for _ in 0..STEPS {
        let Some(step) = script.step() else { break };
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
                let said = stranger.say(&mut script);
                for said in (0..=script.byte() % REPEATS).flat_map(|_| &said) {
                    reader.handle(now, said.clone());
                    while let Some(answer) = reader.poll_transmit() {
                        assert!(!honest || stranger.understands(&answer), "a till would not understand");
                    }
                }
            }
            _ => stranger.say(&mut script).into_iter().for_each(|said| reader.handle(now, said)),
        }
        while let Some(answer) = reader.poll_transmit() {
            assert!(!honest || stranger.understands(&answer), "a till would not understand");
        }
        assert!(reader.screen().rows.iter().all(|row| row.chars().count() <= 21));
        let _ = reader.card_in_slot();
        if let Some(due) = reader.poll_timeout().filter(|due| *due <= now) {
            reader.handle_timeout(now);
            assert!(reader.poll_timeout().is_none_or(|next| next > now), "due at {due} for ever");
        }
    }
}
