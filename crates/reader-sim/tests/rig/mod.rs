//! A family's driver and emulator on one link and one clock, taken from the tables.

use reader::{
    CardTransaction, Driver, Event, Family, Interfaces, Link, Prompt, Refused, Setup, State, TransactionKind,
    WallClock,
};
use reader_sim::{Card, EMULATORS, Emulator, Faults, Hand, cards};

pub(crate) const CLOCK: WallClock =
    WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };

pub(crate) struct Rig {
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) reader: Box<dyn Emulator>,
    pub(crate) now: u64,
}

impl Rig {
    /// Connected, nothing said yet.
    pub(crate) fn plugged(family: &str, link: Link, seed: u64) -> Self {
        let (_, emulator) = EMULATORS.iter().find(|(name, _)| *name == family).unwrap();
        let driver = (Family::named(family).unwrap().driver)(link, Setup::default());
        let mut rig = Self { driver, reader: emulator(link, seed), now: 0 };
        rig.driver.connect(0, CLOCK);
        rig
    }

    pub(crate) fn ready(family: &str, link: Link, seed: u64) -> Self {
        let mut rig = Self::plugged(family, link, seed);
        rig.wait(100);
        let events = rig.events();
        assert!(matches!(&events[..], [Event::Ready(_)]), "{events:?}");
        assert_eq!(rig.driver.state(), State::Idle);
        rig
    }

    /// Asks for 4.56.
    pub(crate) fn try_start(&mut self, interfaces: Interfaces) -> Result<(), Refused> {
        let (kind, text) = (TransactionKind::Purchase, "GBP 4.56".to_owned());
        let sale =
            CardTransaction { kind, amount_minor: 456, currency_numeric: 826, now: CLOCK, interfaces, text };
        self.driver.start(self.now, sale)
    }

    /// Asks for 4.56 by any way; `offered` are the ways that the reader has.
    pub(crate) fn start(&mut self, offered: Interfaces) {
        self.try_start(Interfaces::ALL).unwrap();
        assert_eq!(self.events(), [Event::Prompt(Prompt::PresentCard(offered))]);
    }

    /// Carries messages both ways until nobody has anything more to say.
    pub(crate) fn settle(&mut self) {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            while let Some(message) = self.driver.poll_transmit() {
                self.reader.handle(self.now, message);
                moved = true;
            }
            while let Some(message) = self.reader.poll_transmit() {
                self.driver.handle(self.now, message);
                moved = true;
            }
        }
    }

    /// Lets time pass, with everything that becomes due in it.
    pub(crate) fn wait(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            self.settle();
            let due = self.driver.poll_timeout().into_iter().chain(self.reader.poll_timeout()).min();
            let Some(due) = due.filter(|due| *due <= end) else { break };
            self.now = self.now.max(due);
            self.driver.handle_timeout(self.now);
            self.reader.handle_timeout(self.now);
        }
        self.now = end;
        self.driver.handle_timeout(end);
        self.reader.handle_timeout(end);
        self.settle();
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        self.settle();
        std::iter::from_fn(|| self.driver.poll_event()).collect()
    }

    pub(crate) fn hand(&mut self, hand: Hand) -> Vec<Event> {
        self.reader.hand(self.now, hand);
        self.events()
    }

    /// From now on, this goes wrong.
    pub(crate) fn faults(&mut self, faults: Faults) {
        *self.reader.faults() = faults;
    }
}

pub(crate) fn card(words: &str) -> &'static Card {
    cards().iter().find(|card| card.name.contains(words)).unwrap()
}
