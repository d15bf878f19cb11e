//! Any driver, on a link at whose other end an emulated reader and a stranger take turns.

use reader::{
    CardTransaction, Driver, Entry, Event, Family, FromReader, Interfaces, IssuerAnswer, Link, Setup, State,
    ToReader, TransactionKind, WallClock,
};
use reader_sim::Emulator;

use super::{REPEATS, STEPS, Stranger, emulator, faults, hand};
use crate::script::Script;

const CLOCK: WallClock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };

/// A driver that is left alone comes to rest within so many timeouts.
const PATIENCE: usize = 100;

/// One session, with what is known of it from outside.
struct Session<'a, S> {
    driver: Box<dyn Driver>,
    reader: Box<dyn Emulator>,
    stranger: &'a mut S,
    now: u64,
    /// A card was asked for, and nothing has ended that.
    open: bool,
    read: Option<Entry>,
}

/// Plays the rest of a script on this link.
pub(crate) fn play<S: Stranger<FromReader, ToReader>>(
    family: &Family,
    link: Link,
    stranger: &mut S,
    mut script: Script<'_>,
) {
    let setup = Setup { online_pin: script.byte() & 1 != 0, ..Setup::default() };
    let (driver, reader) = ((family.driver)(link, setup), emulator::of(family, link));
    let mut session = Session { driver, reader, stranger, now: 0, open: false, read: None };
    session.driver.connect(0, CLOCK);
    session.look();
    for _ in 0..STEPS {
        let Some(step) = script.step() else { break };
        session.step(step, &mut script);
        session.look();
    }
    session.comes_to_rest();
}

impl<S: Stranger<FromReader, ToReader>> Session<'_, S> {
    fn step(&mut self, step: u8, script: &mut Script<'_>) {
        let now = self.now;
        match step % 16 {
            0 | 1 => self.settle(),
            2 => self.wait(u64::from(script.word())),
            3 => self.wait_for_timeout(),
            4 => self.start(script),
            5 => drop(self.driver.abort(now)),
            6 => self.driver.end_card(now, script.byte() & 1 != 0),
            7 => {
                let code = script.choose(&[*b"00", *b"05", *b"Z3"]);
                if let Ok(answer) = IssuerAnswer::new(code, script.some()) {
                    let _ = self.driver.continue_with(now, &answer);
                }
            }
            8 => drop(self.driver.display(now, &script.text())),
            9 => self.reader.hand(now, hand(script)),
            10 => *self.reader.faults() = faults(script),
            11 => self.reconnect(script.byte()),
            // Over and over: what piles up must have a limit.
            12 => {
                let said = self.stranger.say(script);
                for said in (0..=script.byte() % REPEATS).flat_map(|_| &said) {
                    self.driver.handle(now, said.clone());
                    self.look();
                }
            }
            _ => {
                for said in self.stranger.say(script) {
                    self.driver.handle(now, said);
                }
            }
        }
    }

    fn start(&mut self, script: &mut Script<'_>) {
        let ways = script.byte();
        let transaction = CardTransaction {
            kind: script.choose(&[TransactionKind::Purchase, TransactionKind::Refund]),
            amount_minor: script.choose(&[456, 0, 999_999_999_999, 1_000_000_000_000, u64::MAX]),
            currency_numeric: script.choose(&[826, 978, 8, 1000]),
            now: CLOCK,
            interfaces: Interfaces { chip: ways & 1 == 0, contactless: ways & 2 == 0, swipe: ways & 4 == 0 },
            text: script.text(),
        };
        if self.driver.start(self.now, transaction).is_ok() {
            (self.open, self.read) = (true, None);
        }
    }

    fn reconnect(&mut self, how: u8) {
        if how & 1 == 0 {
            self.driver.close(self.now);
        }
        if how & 2 == 0 {
            self.reader.replug(self.now);
        }
        self.look();
        self.driver.connect(self.now, CLOCK);
        self.open = false;
    }

    /// The reader says what it has to say, and hears what it is told.
    fn settle(&mut self) {
        while let Some(said) = self.reader.poll_transmit() {
            self.driver.handle(self.now, said);
            self.look();
        }
    }

    fn wait(&mut self, ms: u64) {
        let end = self.now + ms;
        for _ in 0..PATIENCE {
            let due = self.driver.poll_timeout().into_iter().chain(self.reader.poll_timeout()).min();
            let Some(due) = due.filter(|due| *due <= end) else { break };
            self.now = self.now.max(due);
            self.driver.handle_timeout(self.now);
            self.reader.handle_timeout(self.now);
            self.look();
            self.settle();
        }
        self.now = end;
    }

    fn wait_for_timeout(&mut self) {
        if let Some(due) = self.driver.poll_timeout() {
            self.now = self.now.max(due);
            self.driver.handle_timeout(self.now);
        }
    }

    /// Whatever happened: the reader understands what it is told, no wait is without a limit, and the events tell one
    /// story.
    fn look(&mut self) {
        while let Some(told) = self.driver.poll_transmit() {
            assert!(self.stranger.understands(&told), "a reader would not understand");
            self.reader.handle(self.now, told);
        }
        while let Some(event) = self.driver.poll_event() {
            self.judge(&event);
        }
        while self.driver.poll_trace().is_some() {}
        let state = self.driver.state();
        assert!(rests(state) || self.driver.poll_timeout().is_some(), "{state:?} waits for ever");
    }

    fn judge(&mut self, event: &Event) {
        match event {
            Event::CardRead(card) => {
                assert!(self.open && self.read.is_none(), "a card that nobody asked for");
                assert!(!card.encrypted.bytes().is_empty());
                self.read = Some(card.entry);
            }
            Event::Decision(_) => {
                assert!(self.open && self.read == Some(Entry::Chip), "a decision that nobody asked for");
                self.open = false;
            }
            Event::Ended(end) => {
                assert!(self.open, "{end:?} after the end");
                self.open = false;
            }
            Event::Broken(_) | Event::NotSecure => self.open = false,
            Event::Ready(_)
            | Event::Battery(_)
            | Event::KeysExhausted
            | Event::Prompt(_)
            | Event::CardSeen
            | Event::Missing(_)
            | Event::CardRemoved => {}
        }
    }

    /// The reader has gone silent and nobody does anything any more.
    fn comes_to_rest(mut self) {
        self.reader.faults().silent = true;
        for _ in 0..PATIENCE {
            if rests(self.driver.state()) || self.driver.state() == State::Idle {
                return;
            }
            self.wait_for_timeout();
            self.look();
        }
        panic!("{:?} for ever", self.driver.state());
    }
}

/// Nothing is awaited but a hand.
fn rests(state: State) -> bool {
    matches!(state, State::Disconnected | State::NotSecure | State::Broken)
}
