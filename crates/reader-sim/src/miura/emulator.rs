use std::collections::VecDeque;

use reader::miura::{
    Answer, CARD_REPORTS_OFF, CardStatus, Command, Deframer, DeviceStatus, FAMILY, Message, Node, PinStatus,
    StatusWord, Terms, encode,
};
use reader::{Family, FromReader, ToReader, WallClock};
use tlv::{object, tag};

use super::keys::MiuraKeys;
use super::objects::Reading;
use super::online_pin::PIN_CANCELLED;
use crate::{Card, Emulator, Faults, Hand, Screen};

/// Rows and columns of the display.
const ROWS: usize = 4;
const COLUMNS: usize = 21;

/// How long the device takes to start.
const START_MS: u64 = 1_000;

/// Serial number of the published frames' device; eight digits.
const SERIAL: u64 = 4_000_203;
const SERIALS: u64 = 100_000_000;

/// What the clock says until it is set.
const FIRST_CLOCK: WallClock = WallClock { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };

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
    /// ONLINE_PIN is outstanding, the customer types.
    EnteringOnlinePin {
        card: Card,
        pin: zeroize::Zeroizing<String>,
        until: u64,
    },
    /// E4 has been sent.
    AwaitingIssuer(Reading),
}

/// The device.
pub struct MiuraEmulator {
    pub(super) faults: Faults,
    pub(super) now: u64,
    pub(super) serial: [u8; 8],
    pub(super) keys: MiuraKeys,
    pub(super) activity: Activity,
    pub(super) slot: Option<Card>,
    pub(super) reports: u8,
    pub(super) keyboard: bool,
    pub(super) transactions: u16,
    /// The card whose stripe was read last.
    pub(super) swiped: Option<Card>,
    pub(super) clock: WallClock,
    pub(super) log: Vec<u8>,
    /// The file that SELECT_FILE chose.
    pub(super) selected: Option<Vec<u8>>,
    pub(super) text: String,
    frames: Deframer,
    transmit: VecDeque<(u64, Vec<u8>)>,
}

impl MiuraEmulator {
    /// A device just switched on. The seed decides its serial numbers and everything that it makes up; seed 0 is the
    /// device of the published frames.
    pub fn new(seed: u64) -> Self {
        Self {
            faults: Faults::default(),
            now: 0,
            serial: serial(seed),
            keys: MiuraKeys::new(seed),
            activity: Activity::Idle,
            slot: None,
            reports: CARD_REPORTS_OFF,
            keyboard: false,
            transactions: 0,
            swiped: None,
            clock: FIRST_CLOCK,
            log: Vec::new(),
            selected: None,
            text: String::new(),
            frames: Deframer::default(),
            transmit: VecDeque::new(),
        }
    }

    /// Ends what is outstanding with this status word.
    pub(super) fn end(&mut self, status: StatusWord) {
        self.activity = Activity::Idle;
        self.answer(status, &[]);
    }

    pub(super) fn answer(&mut self, status: StatusWord, body: &[u8]) {
        self.transmit(&Answer { status, body }.message(false), self.now);
    }

    /// The answer of the point-of-sale interface.
    pub(super) fn interface_answer(&mut self, status: StatusWord, body: &[u8]) {
        let message = Answer { status, body }.message(false);
        self.transmit(&Message { node: Node::PosInterface, ..message }, self.now);
    }

    pub(super) fn report(&mut self, body: &[u8]) {
        self.transmit(&Answer { status: StatusWord::OK, body }.message(true), self.now);
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
            Some(PinProgress::Wrong { tries_left }) => [
                object(tag::PIN_TRIES_LEFT, &[tries_left]),
                object(tag::PIN_STATUS_OLD, &[PinStatus::Wrong as u8]),
            ]
            .concat(),
            None => vec![],
        };
        self.report(&device_status(status, text, &progress));
    }

    fn transmit(&mut self, message: &Message, at: u64) {
        if self.faults.silent {
            return;
        }
        let mut bytes = encode(message);
        if std::mem::take(&mut self.faults.cut_frame) {
            bytes.truncate(bytes.len() / 2);
        }
        if std::mem::take(&mut self.faults.wrong_checksum)
            && let Some(checksum) = bytes.last_mut()
        {
            *checksum ^= 0x01;
        }
        let due = at + self.faults.slow_ms;
        if std::mem::take(&mut self.faults.duplicate) {
            self.transmit.push_back((due, bytes.clone()));
        }
        self.transmit.push_back((due, bytes));
    }

    /// Nothing is going on any more; what is in the slot, counters, clock and faults stay.
    fn forget(&mut self) {
        self.activity = Activity::Idle;
        self.reports = CARD_REPORTS_OFF;
        self.keyboard = false;
        self.swiped = None;
        self.selected = None;
        self.frames = Deframer::default();
        self.transmit.clear();
    }

    /// Restarts when it was asked to: says so, and once more when it is back.
    fn restart_if_asked(&mut self) -> bool {
        let asked = std::mem::take(&mut self.faults.restart);
        if asked {
            self.forget();
            self.report_device(DeviceStatus::Restarting, "MPI Restarting", None);
            let body = device_status(DeviceStatus::PoweredOn, "Device Powered On", &[]);
            let report = Answer { status: StatusWord::OK, body: &body }.message(true);
            self.transmit(&report, self.now + START_MS);
        }
        asked
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
            let Ok(Message { node, info, .. }) = message else {
                self.frames = Deframer::default();
                return;
            };
            if self.restart_if_asked() {
                return;
            }
            match (node, Command::parse(&info)) {
                (Node::Pinpad, Ok(command)) => self.handle_command(command),
                (Node::Pinpad, Err(refusal)) => self.refuse(refusal, &info),
                (Node::PosInterface, command) => self.handle_interface_command(command),
            }
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        self.now = now;
        self.restart_if_asked();
        match self.activity {
            Activity::AwaitingTap { until, .. } if until <= now => self.end(StatusWord::CONTACTLESS_TIMEOUT),
            Activity::ChoosingApplication { until, .. } | Activity::EnteringPin { until, .. }
                if until <= now =>
            {
                self.end(StatusWord::CANCELLED);
            }
            Activity::EnteringOnlinePin { until, .. } if until <= now => self.end_online_pin(PIN_CANCELLED),
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
            | Activity::EnteringPin { until, .. }
            | Activity::EnteringOnlinePin { until, .. } => Some(until),
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
            Activity::EnteringPin { pin, .. } | Activity::EnteringOnlinePin { pin, .. } => {
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
                Activity::ChoosingApplication { .. }
                    | Activity::EnteringPin { .. }
                    | Activity::EnteringOnlinePin { .. }
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
        self.restart_if_asked();
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
        self.forget();
    }
}

/// How PIN entry goes.
#[derive(Clone, Copy)]
pub(super) enum PinProgress {
    Digits(u8),
    Status(PinStatus),
    Wrong { tries_left: u8 },
}

fn serial(seed: u64) -> [u8; 8] {
    let number = SERIAL.wrapping_add(seed) % SERIALS;
    format!("{number:08}").into_bytes().try_into().unwrap_or_default()
}

fn device_status(status: DeviceStatus, text: &str, progress: &[u8]) -> Vec<u8> {
    let body = [
        &object(tag::STATUS_CODE, &[status as u8])[..],
        &object(tag::STATUS_TEXT, text.as_bytes()),
        progress,
    ];
    object(tag::DEVICE_STATUS, &body.concat())
}
