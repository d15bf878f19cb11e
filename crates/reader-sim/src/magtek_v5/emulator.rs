use std::collections::VecDeque;

use reader::magtek_v5::{Command, FAMILY, Property, Reply, Reports, ResultCode};
use reader::{Family, FromReader, Link, ToReader};

use super::swipe;
use crate::keys::Keys;
use crate::{Card, Emulator, Faults, Hand, Screen, magtek};

/// The device.
pub struct MagneSafeEmulator {
    faults: Faults,
    now: u64,
    reports: Reports,
    serial: String,
    keys: Keys,
    /// What the next question for a feature report is answered with.
    reply: Option<Vec<u8>>,
    transmit: VecDeque<(u64, FromReader)>,
}

impl MagneSafeEmulator {
    /// A device just plugged in. The seed decides its serial numbers and everything that it makes up.
    pub fn new(link: Link, seed: u64) -> Self {
        Self {
            faults: Faults::default(),
            now: 0,
            reports: Reports::of(link),
            serial: format!("B{:07X}", seed & 0xFFF_FFFF),
            keys: Keys::new(seed),
            reply: None,
            transmit: VecDeque::new(),
        }
    }

    /// A card with these tracks is pulled through; an empty one is not on it.
    pub fn pull_through(&mut self, now: u64, tracks: &[String; 3]) {
        self.now = now;
        if self.faults.silent || std::mem::take(&mut self.faults.restart) {
            return self.replug(now);
        }
        let mut data = if self.faults.clear_data {
            swipe::clear(tracks)
        } else {
            let newer = self.reports.id == 0;
            swipe::report(tracks, &mut self.keys, &self.serial, newer, self.faults)
        };
        if std::mem::take(&mut self.faults.cut_frame) {
            data.truncate(data.len() / 2);
        }
        let report = FromReader::Input { id: self.reports.id, data };
        if std::mem::take(&mut self.faults.duplicate) {
            self.send(report.clone());
        }
        self.send(report);
    }

    fn send(&mut self, message: FromReader) {
        self.transmit.push_back((self.now + self.faults.slow_ms, message));
    }

    fn answer(&mut self, report: &[u8]) -> Vec<u8> {
        let Some(command) = Command::parse(report) else {
            let reply = Reply { result: ResultCode::BAD_PARAMETER, data: &[] };
            return reply.encode(self.reports.feature_len);
        };
        let data = match command {
            Command::Property(Property::SoftwareId) => b"21042812D01".to_vec(),
            Command::Property(Property::UsbSerial | Property::DeviceSerial) => self.serial.clone().into(),
            Command::Property(Property::IsoMask) => b"04040Y".to_vec(),
            Command::Ksn => self.keys.ksn().map(|ksn| ksn.bytes().to_vec()).unwrap_or_else(|| vec![0xFF; 10]),
            Command::SecurityLevel => vec![if self.faults.not_secure { 2 } else { 3 }],
            Command::EncryptionCounter => {
                let mut data = self.serial.clone().into_bytes();
                data.resize(16, 0);
                let left = if swipe::used_up(&self.keys, self.faults) { 0x00 } else { 0xFF };
                data.extend([left; 3]);
                data
            }
        };
        Reply { result: ResultCode::SUCCESS, data: &data }.encode(self.reports.feature_len)
    }
}

impl Emulator for MagneSafeEmulator {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn handle(&mut self, now: u64, received: ToReader) {
        self.now = now;
        if self.faults.silent {
            return;
        }
        if std::mem::take(&mut self.faults.restart) {
            return self.replug(now);
        }
        let Reports { id: own, feature_len } = self.reports;
        match received {
            ToReader::SetFeature { id, data } if id == own && data.len() == feature_len => {
                self.reply = Some(self.answer(&data));
            }
            ToReader::GetFeature { id } if id == own => {
                if let Some(data) = self.reply.take() {
                    self.send(FromReader::Feature { id, data });
                }
            }
            // A report that the device does not have stalls.
            _ => self.reply = None,
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        self.now = now;
    }

    fn poll_transmit(&mut self) -> Option<FromReader> {
        self.transmit.pop_front_if(|(due, _)| *due <= self.now).map(|(_, message)| message)
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.transmit.front().map(|(due, _)| *due)
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// There is no display.
    fn screen(&self) -> Screen {
        Screen::default()
    }

    fn card_in_slot(&self) -> Option<&Card> {
        None
    }

    fn hand(&mut self, now: u64, hand: Hand) {
        if let Hand::Swipe(card) = hand
            && card.stripe
        {
            self.pull_through(now, &magtek::tracks(&card));
        }
    }

    fn replug(&mut self, now: u64) {
        self.now = now;
        self.reply = None;
        self.transmit.clear();
    }
}
