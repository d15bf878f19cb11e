use std::collections::VecDeque;

use reader::miura::{
    Answer, CARD_REPORTS_OFF, CardStatus, Command, Deframer, DeviceStatus, FAMILY, PinStatus, StatusWord,
    Terms, encode,
};
use reader::{Family, FromReader, ToReader};
use tlv::{object, tag};

use super::keys::Keys;
use super::objects::{DEVICE, Reading};
use crate::{Card, Emulator, Faults, Hand, Screen};

/// Rows and columns of the display.
const ROWS: usize = 4;
const COLUMNS: usize = 21;

/// The answer to a command that the device does not know (ISO/IEC 7816-4).
const UNKNOWN_COMMAND: StatusWord = StatusWord(0x6D00);

/// What the device is doing.
#[derive(Clone)]
pub(super) enum Activity {
    Idle,
    /// START_CONTACTLESS is outstanding.
    AwaitingTap {
        terms: Terms,
        until: u64,
    },
    /// START_TRANSACTION is outstanding, the customer chooses.
    ChoosingApplication {
        terms: Terms,
        card: Card,
        until: u64,
    },
    /// START_TRANSACTION is outstanding, the customer types.
    EnteringPin {
        terms: Terms,
        card: Card,
        pin: zeroize::Zeroizing<String>,
        tries: u8,
        until: u64,
    },
    /// E4 has been sent.
    AwaitingIssuer(Reading),
}

/// The device.
pub struct MiuraEmulator {
    pub(super) faults: Faults,
    pub(super) now: u64,
    pub(super) keys: Keys,
    pub(super) activity: Activity,
    pub(super) slot: Option<Card>,
    pub(super) reports: u8,
    pub(super) keyboard: bool,
    pub(super) transactions: u16,
    frames: Deframer,
    transmit: VecDeque<(u64, Vec<u8>)>,
    text: String,
}

impl MiuraEmulator {
    /// A device just switched on. The seed decides its key serial number and everything that it makes up.
    pub fn new(seed: u64) -> Self {
        Self {
            faults: Faults::default(),
            now: 0,
            keys: Keys::new(seed),
            activity: Activity::Idle,
            slot: None,
            reports: CARD_REPORTS_OFF,
            keyboard: false,
            transactions: 0,
            frames: Deframer::default(),
            transmit: VecDeque::new(),
            text: String::new(),
        }
    }

    fn handle_command(&mut self, command: Command) {
        let busy = !matches!(self.activity, Activity::Idle | Activity::AwaitingIssuer(_));
        match command {
            Command::Reset => {
                self.activity = Activity::Idle;
                self.reports = CARD_REPORTS_OFF;
                let body = [
                    object(tag::SERIAL_NUMBER, DEVICE),
                    software("M010-MPI", "1-6"),
                    software("M010-OS", "1-6"),
                ];
                self.answer(StatusWord::OK, &object(tag::RESPONSE, &body.concat()));
            }
            Command::Abort => {
                self.answer(StatusWord::OK, &[]);
                if busy {
                    self.end(StatusWord::CANCELLED);
                }
                self.activity = Activity::Idle;
            }
            Command::CardStatus(reports) => {
                self.reports = reports;
                self.report_slot();
            }
            _ if busy => self.answer(StatusWord::NOT_ALLOWED, &[]),
            Command::Configuration => {
                self.answer(StatusWord::OK, &object(tag::RESPONSE, &software("emv.cfg", "1")));
            }
            Command::P2peStatus => {
                let status = if self.faults.not_secure { 0x03 } else { 0x07 };
                self.answer(StatusWord::OK, &object(tag::RESPONSE, &object(tag::P2PE_STATUS, &[status])));
            }
            Command::Battery => {
                let percent = if self.faults.low_battery { 4 } else { 85 };
                let body = [object(tag::CHARGING, &[0]), object(tag::BATTERY, &[percent])];
                self.answer(StatusWord::OK, &object(tag::RESPONSE, &body.concat()));
            }
            Command::SetClock(_) => self.answer(StatusWord::OK, &[]),
            Command::Keyboard(on) => {
                self.keyboard = on;
                self.answer(StatusWord::OK, &[]);
            }
            Command::Display(text) => {
                self.text = text;
                self.answer(StatusWord::OK, &[]);
            }
            Command::StartContactless(terms) => self.start_contactless(terms),
            Command::StartTransaction(terms) => self.start_chip(terms),
            Command::Continue(objects) => self.complete(&objects),
        }
    }

    /// Ends what is outstanding with this status word.
    pub(super) fn end(&mut self, status: StatusWord) {
        self.activity = Activity::Idle;
        self.answer(status, &[]);
    }

    pub(super) fn answer(&mut self, status: StatusWord, body: &[u8]) {
        self.transmit(Answer { status, body }, false);
    }

    pub(super) fn report(&mut self, body: &[u8]) {
        self.transmit(Answer { status: StatusWord::OK, body }, true);
    }

    pub(super) fn slot_status(&self) -> CardStatus {
        CardStatus {
            present: self.slot.is_some(),
            emv: self.slot.is_some_and(|card| card.chip.is_some()),
            ..CardStatus::default()
        }
    }

    /// The report of what is in the slot.
    pub(super) fn report_slot(&mut self) {
        let status = self.slot_status().bytes();
        self.report(&object(tag::RESPONSE, &object(tag::CARD_STATUS, &status)));
    }

    /// E6, with what PIN entry adds to it. The tags are those of the recorded message, of older firmware.
    pub(super) fn report_device(&mut self, status: DeviceStatus, text: &str, pin: Option<PinProgress>) {
        let progress = match pin {
            Some(PinProgress::Digits(digits)) => object(tag::PIN_DIGITS_OLD, &[digits]),
            Some(PinProgress::Status(status)) => object(tag::PIN_STATUS_OLD, &[status as u8]),
            None => vec![],
        };
        let body =
            [object(tag::STATUS_CODE, &[status as u8]), object(tag::STATUS_TEXT, text.as_bytes()), progress];
        self.report(&object(tag::DEVICE_STATUS, &body.concat()));
    }

    fn transmit(&mut self, answer: Answer<'_>, unsolicited: bool) {
        if self.faults.silent {
            return;
        }
        let mut bytes = encode(&answer.message(unsolicited));
        if std::mem::take(&mut self.faults.cut_frame) {
            bytes.truncate(bytes.len() / 2);
        }
        if std::mem::take(&mut self.faults.wrong_checksum)
            && let Some(checksum) = bytes.last_mut()
        {
            *checksum ^= 0x01;
        }
        self.transmit.push_back((self.now + self.faults.slow_ms, bytes));
    }
}

impl Emulator for MiuraEmulator {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn handle(&mut self, now: u64, received: ToReader) {
        self.now = now;
        let (ToReader::Bytes(bytes), false) = (received, self.faults.silent) else { return };
        self.frames.push(&bytes);
        while let Some(message) = self.frames.next_message() {
            match message.map(|message| Command::parse(&message.info)) {
                Ok(Some(command)) => self.handle_command(command),
                Ok(None) => self.answer(UNKNOWN_COMMAND, &[]),
                Err(_) => self.frames = Deframer::default(),
            }
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        self.now = now;
        match self.activity {
            Activity::AwaitingTap { until, .. } if until <= now => self.end(StatusWord::CONTACTLESS_TIMEOUT),
            Activity::ChoosingApplication { until, .. } | Activity::EnteringPin { until, .. }
                if until <= now =>
            {
                self.end(StatusWord::CANCELLED);
            }
            _ => {}
        }
    }

    fn poll_transmit(&mut self) -> Option<FromReader> {
        self.transmit.pop_front_if(|(due, _)| *due <= self.now).map(|(_, bytes)| FromReader::Bytes(bytes))
    }

    fn poll_timeout(&self) -> Option<u64> {
        let limit = match self.activity {
            Activity::AwaitingTap { until, .. }
            | Activity::ChoosingApplication { until, .. }
            | Activity::EnteringPin { until, .. } => Some(until),
            Activity::Idle | Activity::AwaitingIssuer(_) => None,
        };
        let due = self.transmit.front().map(|(due, _)| *due);
        limit.into_iter().chain(due).min()
    }

    fn screen(&self) -> Screen {
        let text = match &self.activity {
            Activity::ChoosingApplication { card, .. } => {
                format!("Choose application\n1 {}\n2 Other", card.label)
            }
            Activity::EnteringPin { pin, .. } => {
                format!("{}\nEnter PIN\n{}", self.text, "*".repeat(pin.len()))
            }
            _ => self.text.clone(),
        };
        let mut rows = text.lines().map(|row| row.chars().take(COLUMNS).collect());
        Screen {
            rows: [(); ROWS].map(|()| rows.next().unwrap_or_default()),
            contactless: matches!(self.activity, Activity::AwaitingTap { .. }),
            keypad: matches!(
                self.activity,
                Activity::ChoosingApplication { .. } | Activity::EnteringPin { .. }
            ),
        }
    }

    fn card_in_slot(&self) -> Option<&Card> {
        self.slot.as_ref()
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn hand(&mut self, now: u64, hand: Hand) {
        self.now = now;
        match hand {
            Hand::Insert(card) => self.insert(&card),
            Hand::Remove => self.remove(),
            Hand::Tap(card) => self.tap(&card),
            Hand::Swipe(card) => self.pull_through(&card),
            Hand::Press(key) => self.press(key),
        }
    }

    fn replug(&mut self, now: u64) {
        self.now = now;
        self.activity = Activity::Idle;
        self.reports = CARD_REPORTS_OFF;
        self.keyboard = false;
        self.frames = Deframer::default();
        self.transmit.clear();
    }
}

/// How PIN entry goes.
#[derive(Clone, Copy)]
pub(super) enum PinProgress {
    Digits(u8),
    Status(PinStatus),
}

fn software(name: &str, version: &str) -> Vec<u8> {
    let body = [object(tag::IDENTIFIER, name.as_bytes()), object(tag::VERSION, version.as_bytes())];
    object(tag::SOFTWARE, &body.concat())
}
