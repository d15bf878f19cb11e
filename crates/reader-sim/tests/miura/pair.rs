//! The real driver and the emulator on one wire and one clock.

use dukpt::{BaseKey, Ksn, Variant};
use reader::miura::MiuraDriver;
use reader::{
    CardRead, CardTransaction, Driver, Event, Interfaces, Prompt, Setup, State, TransactionKind, WallClock,
};
use reader_sim::BASE_KEY;
use reader_sim::miura::MiuraEmulator;
use reader_sim::{Card, Emulator, Hand, Key, cards};
use tlv::{Tag, find, tag};

pub(crate) const CLOCK: WallClock =
    WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };

pub(crate) struct Pair {
    pub(crate) driver: MiuraDriver,
    pub(crate) reader: MiuraEmulator,
    pub(crate) now: u64,
}

impl Pair {
    pub(crate) fn plugged() -> Self {
        Self::plugged_with(Setup::default())
    }

    fn plugged_with(setup: Setup) -> Self {
        let mut pair = Self { driver: MiuraDriver::new(setup), reader: MiuraEmulator::new(0), now: 0 };
        pair.driver.connect(0, CLOCK);
        pair
    }

    pub(crate) fn ready() -> Self {
        Self::ready_with(Setup::default())
    }

    pub(crate) fn ready_with(setup: Setup) -> Self {
        let mut pair = Self::plugged_with(setup);
        pair.wait(100);
        let events = pair.events();
        assert!(
            matches!(&events[..], [Event::Ready(identity)] if identity.serial == "04000203"),
            "{events:?}"
        );
        assert_eq!(pair.driver.state(), State::Idle);
        pair
    }

    /// Asked for 4.56 by any way.
    pub(crate) fn asking() -> Self {
        let mut pair = Self::ready();
        pair.start(Interfaces::ALL);
        pair
    }

    pub(crate) fn start(&mut self, interfaces: Interfaces) {
        self.driver.start(self.now, CardTransaction { interfaces, ..sale() }).unwrap();
        assert_eq!(self.events(), [Event::Prompt(Prompt::PresentCard(interfaces))]);
    }

    /// Carries bytes both ways until nobody has anything more to say.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(bytes) = self.driver.poll_transmit() {
                self.reader.handle(self.now, bytes);
                quiet = false;
            }
            while let Some(bytes) = self.reader.poll_transmit() {
                self.driver.handle(self.now, bytes);
                quiet = false;
            }
            if quiet {
                return;
            }
        }
    }

    /// Lets time pass, with everything that becomes due in it.
    pub(crate) fn wait(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            self.settle();
            let due = self.driver.poll_timeout().into_iter().chain(self.reader.poll_timeout()).min();
            match due.filter(|due| *due <= end) {
                Some(due) => {
                    self.now = self.now.max(due);
                    self.driver.handle_timeout(self.now);
                    self.reader.handle_timeout(self.now);
                }
                None => break,
            }
        }
        self.now = end;
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        self.settle();
        std::iter::from_fn(|| self.driver.poll_event()).collect()
    }

    pub(crate) fn hand(&mut self, act: impl FnOnce(&mut MiuraEmulator, u64)) -> Vec<Event> {
        act(&mut self.reader, self.now);
        self.events()
    }

    pub(crate) fn insert(&mut self, card: &Card) -> Vec<Event> {
        self.hand(|reader, now| reader.hand(now, Hand::Insert(*card)))
    }

    pub(crate) fn remove(&mut self) -> Vec<Event> {
        self.hand(|reader, now| reader.hand(now, Hand::Remove))
    }

    pub(crate) fn type_pin(&mut self, pin: &str) -> Vec<Event> {
        let digits = pin.bytes().map(|digit| Key::Digit(digit - b'0'));
        for key in digits.chain([Key::Enter]) {
            self.reader.hand(self.now, Hand::Press(key));
        }
        self.events()
    }

    /// Inserts a chip without PIN and reads it.
    pub(crate) fn read_chip(card: &Card) -> (Self, CardRead) {
        let mut pair = Self::asking();
        let events = pair.insert(card);
        let [Event::CardSeen, Event::CardRead(read)] = &events[..] else { panic!("{events:?}") };
        let read = read.clone();
        assert_eq!(pair.driver.state(), State::AwaitingIssuer);
        (pair, read)
    }
}

/// 4.56 by any way.
pub(crate) fn sale() -> CardTransaction {
    CardTransaction {
        kind: TransactionKind::Purchase,
        amount_minor: 456,
        currency_numeric: 826,
        now: CLOCK,
        interfaces: Interfaces::ALL,
        text: "GBP 4.56".to_owned(),
    }
}

pub(crate) fn card(words: &str) -> &'static Card {
    cards().iter().find(|card| card.name.contains(words)).unwrap()
}

/// What only the gateway can see.
pub(crate) fn decrypt(blob: &[u8]) -> Vec<u8> {
    let value = |tag: Tag| find(blob, tag).unwrap().unwrap();
    let ksn = Ksn::new(value(tag::SRED_KSN).try_into().unwrap());
    let key = BaseKey::new(BASE_KEY).initial(ksn).transaction(ksn).working(Variant::DekRequest);
    key.decrypt(value(tag::SRED_DATA)).unwrap()
}

/// The card number in what was decrypted.
pub(crate) fn pan(read: &CardRead) -> String {
    let clear = decrypt(read.encrypted.bytes());
    let value = |wanted: Tag| {
        tlv::read_padded(&clear)
            .map(Result::unwrap)
            .find(|object| object.tag == wanted)
            .map(|object| object.value)
    };
    match (value(tag::TRACK_2), value(tag::TRACK_2_EQUIVALENT)) {
        (Some(track), _) => String::from_utf8_lossy(track)[1..].split('=').next().unwrap().to_owned(),
        (_, Some(track)) => hex::encode_upper(track).split('D').next().unwrap().to_owned(),
        _ => panic!("no track"),
    }
}
