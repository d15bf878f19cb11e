use std::collections::VecDeque;

use reader::magtek_mms::{
    Command, Deframer, Direction, FAMILY, Kind, Message, Notification, PowerEvent, Property, Start, Status,
    Technology, encode, is_contactless_only,
};
use reader::{Family, FromReader, Link, ToReader};
use zeroize::Zeroizing;

use super::blob::Reading;
use crate::keys::Keys;
use crate::{Card, Emulator, Faults, Hand, Screen};

const DYNAFLEX: u16 = 0x2020;
const DYNAFLEX_II_GO: u16 = 0x2024;

/// The answer to a property that the device does not have ("Feature not available").
const NO_FEATURE: Status = Status([0x80, 0x01, 0x01, 0x13]);

/// What the device is doing.
#[derive(Clone)]
pub(super) enum Activity {
    Idle,
    AwaitingCard {
        start: Start,
    },
    ChoosingApplication {
        start: Start,
        card: Card,
    },
    EnteringPin {
        start: Start,
        card: Card,
        pin: Zeroizing<String>,
        tries: u8,
    },
    /// Card data has been sent.
    AwaitingIssuer(Reading),
}

/// The device.
pub struct DynaFlexEmulator {
    link: Link,
    pub(super) faults: Faults,
    pub(super) now: u64,
    pub(super) keys: Keys,
    pub(super) serial: u32,
    pub(super) activity: Activity,
    /// When the activity is given up.
    pub(super) until: Option<u64>,
    pub(super) slot: Option<Card>,
    pub(super) transactions: u16,
    pub(super) text: &'static str,
    frames: Deframer,
    transmit: VecDeque<(u64, FromReader)>,
}

impl DynaFlexEmulator {
    /// A device just switched on. The seed decides its serial numbers and everything that it makes up.
    pub fn new(link: Link, seed: u64) -> Self {
        Self {
            link,
            faults: Faults::default(),
            now: 0,
            keys: Keys::new(seed),
            serial: 0xB57_1AF2 ^ u32::try_from(seed & 0xFF_FFFF).unwrap_or_default(),
            activity: Activity::Idle,
            until: None,
            slot: None,
            transactions: 0,
            text: "WELCOME",
            frames: Deframer::new(link, Direction::ToReader),
            transmit: VecDeque::new(),
        }
    }

    pub(super) fn has_display(&self) -> bool {
        self.link == Link::Hid { product: DYNAFLEX }
    }

    fn has_battery(&self) -> bool {
        self.link == Link::Hid { product: DYNAFLEX_II_GO }
    }

    fn handle_request(&mut self, request: &Message) {
        let Some(command) = Command::parse(request) else {
            return self.answer(request, Status::BAD_PARAMETER, None);
        };
        match command {
            Command::Start(start) => self.start(request, start),
            Command::Resume { objects, .. } => match self.activity.clone() {
                Activity::AwaitingIssuer(reading) => {
                    self.answer(request, Status::OK, None);
                    self.complete(&reading, &objects);
                }
                _ => self.answer(request, Status::NO_TRANSACTION, None),
            },
            Command::Cancel => self.cancel(request),
            Command::SelectFirst => match self.activity.clone() {
                Activity::ChoosingApplication { start, card } => {
                    self.answer(request, Status::STARTED, None);
                    self.application_chosen(start, card);
                }
                _ => self.answer(request, Status::WRONG_STATE, None),
            },
            Command::Property(property) => {
                let value = self.property(property);
                let status = if value.is_some() { Status::OK } else { NO_FEATURE };
                self.answer(request, status, value.map(|value| property.parameters(&value)));
            }
            Command::Reset => {
                self.answer(request, Status::OK, None);
                self.switch_off();
                self.notify(Notification::Power(PowerEvent::Restarted));
            }
        }
    }

    fn start(&mut self, request: &Message, start: Start) {
        let status = match self.activity {
            _ if self.faults.not_secure => Status::DEVICE_OFFLINE,
            _ if self.faults.keys_exhausted || self.keys.ksn().is_none() => Status::NO_KEY,
            _ if self.faults.low_battery && self.has_battery() => Status::LOW_BATTERY,
            Activity::Idle => Status::STARTED,
            _ => Status::IN_PROGRESS,
        };
        self.answer(request, status, None);
        if status == Status::STARTED {
            self.enter(Activity::AwaitingCard { start: start.clone() }, start.timeout);
            self.text = "PRESENT CARD";
            if let Some(card) = self.slot {
                self.insert(&card);
            }
        }
    }

    fn property(&self, property: Property) -> Option<Vec<u8>> {
        Some(match property {
            Property::ShownFirst | Property::ShownLast => vec![4],
            Property::Firmware => b"1000007183-A1-PCI\0\0".to_vec(),
            Property::Serial => (self.serial << 4).to_be_bytes().to_vec(),
            _ if !self.has_battery() => return None,
            Property::Battery => vec![if self.faults.low_battery { 4 } else { 85 }],
            Property::Charger => vec![0x08],
        })
    }

    /// `timeout` in seconds; 0 for none.
    pub(super) fn enter(&mut self, activity: Activity, timeout: u8) {
        self.activity = activity;
        self.until = Some(self.now + 1_000 * u64::from(timeout)).filter(|_| timeout > 0);
    }

    fn switch_off(&mut self) {
        self.enter(Activity::Idle, 0);
        self.text = "WELCOME";
        self.frames = Deframer::new(self.link, Direction::ToReader);
    }

    pub(super) fn answer(&mut self, request: &Message, Status(detail): Status, payload: Option<Vec<u8>>) {
        self.send(&Message {
            kind: Kind::Response,
            reference: request.reference,
            id: request.id,
            detail: Some(detail),
            payload: Some(payload.unwrap_or_default().into()),
        });
    }

    pub(super) fn notify(&mut self, notification: Notification<'_>) {
        if let Some(message) = notification.message() {
            self.send(&message);
        }
    }

    fn send(&mut self, message: &Message) {
        if self.faults.silent {
            return;
        }
        let mut frames = encode(self.link, Direction::FromReader, &message.encode());
        if std::mem::take(&mut self.faults.cut_frame)
            && let Some(last) = frames.last_mut()
        {
            // What of a packet is in use, or the bytes of a line.
            let used = match (self.link, last.get(1)) {
                (Link::Hid { .. }, Some(len)) => 2 + usize::from(*len),
                _ => last.len(),
            };
            last.truncate(used / 2);
        }
        if std::mem::take(&mut self.faults.wrong_checksum)
            && let Some(first) = frames.first_mut()
        {
            // Lowest byte of the length: behind delimiter and direction, of a head, or of a single packet.
            let at = match (self.link, first.first()) {
                (Link::Serial, _) => 5,
                (_, Some(0x00)) => 1,
                _ => 4,
            };
            first.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_sub(1));
        }
        let due = self.now + self.faults.slow_ms;
        let times = if std::mem::take(&mut self.faults.duplicate) { 2 } else { 1 };
        for frame in std::iter::repeat_n(frames, times).flatten() {
            let received = match self.link {
                Link::Serial => FromReader::Bytes(frame),
                Link::Hid { .. } => FromReader::Input { id: 0, data: frame },
            };
            self.transmit.push_back((due, received));
        }
    }

    fn listen(&mut self, bytes: &[u8]) {
        self.frames.push(bytes);
        while let Some(message) = self.frames.next_message() {
            match message.map(|message| Message::parse(&message)) {
                Ok(Ok(request)) => self.handle_request(&request),
                Ok(Err(_)) => {}
                Err(_) => self.frames = Deframer::new(self.link, Direction::ToReader),
            }
        }
    }
}

impl Emulator for DynaFlexEmulator {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn handle(&mut self, now: u64, received: ToReader) {
        self.now = now;
        if self.faults.silent {
            return;
        }
        if std::mem::take(&mut self.faults.restart) {
            self.switch_off();
            return self.notify(Notification::Power(PowerEvent::Restarted));
        }
        match (self.link, received) {
            (Link::Serial, ToReader::Bytes(bytes)) => self.listen(&bytes),
            (Link::Hid { .. }, ToReader::Output { id: 0, data }) => self.listen(&data),
            _ => {}
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        self.now = now;
        if self.until.is_some_and(|until| until <= now) {
            self.given_up();
        }
    }

    fn poll_transmit(&mut self) -> Option<FromReader> {
        self.transmit.pop_front_if(|(due, _)| *due <= self.now).map(|(_, message)| message)
    }

    fn poll_timeout(&self) -> Option<u64> {
        let due = self.transmit.front().map(|(due, _)| *due);
        self.until.into_iter().chain(due).min()
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn screen(&self) -> Screen {
        let contactless =
            matches!(&self.activity, Activity::AwaitingCard { start } if start.contactless != 0);
        if !self.has_display() {
            return Screen { contactless, ..Screen::default() };
        }
        let (first, second) = match &self.activity {
            Activity::ChoosingApplication { card, .. } => ("SELECT APPLICATION", card.label.to_owned()),
            Activity::EnteringPin { pin, .. } => ("ENTER PIN", "*".repeat(pin.len())),
            Activity::AwaitingIssuer(_) => ("PLEASE WAIT", String::new()),
            Activity::Idle | Activity::AwaitingCard { .. } => (self.text, String::new()),
        };
        Screen {
            rows: [first.to_owned(), second, String::new(), String::new()],
            contactless,
            keypad: matches!(
                self.activity,
                Activity::ChoosingApplication { .. } | Activity::EnteringPin { .. }
            ),
        }
    }

    fn card_in_slot(&self) -> Option<&Card> {
        self.slot.as_ref()
    }

    fn hand(&mut self, now: u64, hand: Hand) {
        self.now = now;
        let has_slot = !is_contactless_only(self.link);
        match hand {
            Hand::Insert(card) if has_slot => self.insert(&card),
            Hand::Remove => self.remove(),
            Hand::Tap(card) => self.tap(card),
            Hand::Swipe(card) if has_slot => self.pull_through(card),
            Hand::Press(key) if self.has_display() => self.press(key),
            Hand::Insert(_) | Hand::Swipe(_) | Hand::Press(_) => {}
        }
    }

    fn replug(&mut self, now: u64) {
        self.now = now;
        self.switch_off();
        self.transmit.clear();
    }
}

/// By which way the card of an activity came in.
pub(super) const fn technology(activity: &Activity) -> Option<Technology> {
    match activity {
        Activity::Idle | Activity::AwaitingCard { .. } => None,
        Activity::ChoosingApplication { .. } | Activity::EnteringPin { .. } => Some(Technology::Contact),
        Activity::AwaitingIssuer(reading) => Some(reading.by),
    }
}
