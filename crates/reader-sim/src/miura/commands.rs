//! The commands that are no part of a payment, and the way to those that are.

use reader::miura::{CARD_REPORTS_OFF, Command, StatusWord};
use tlv::{Tag, object, tag};

use super::MiuraEmulator;
use super::emulator::Activity;

/// The one file that can be read.
const LOG_FILE: &str = "mpi.log";

/// What SYSTEM_LOG archives: made up, and the same each time.
const LOG: &str = "00:00:00 MPI 1-6 started\n00:00:01 P2PE: SRED ready\n00:00:01 Battery 85 %\n";

/// READ_BINARY gives at most so much (MPI API §5).
const MAX_READ: u8 = 0xFC;

/// The tags of START_CONTACTLESS and START_TRANSACTION; 9F27 names those that are missing.
const TERMS: [Tag; 5] = [tag::TRANSACTION_TYPE, tag::AMOUNT, tag::DATE, tag::TIME, tag::CURRENCY];

impl MiuraEmulator {
    pub(super) fn handle_command(&mut self, command: Command) {
        let busy = !matches!(self.activity, Activity::Idle | Activity::AwaitingIssuer(_));
        match command {
            Command::Reset => {
                self.activity = Activity::Idle;
                self.reports = CARD_REPORTS_OFF;
                self.respond(&self.reset_answer("M010-MPI", "1-6", "M010-OS"));
            }
            Command::Abort => self.abort(busy),
            Command::CardStatus(reports) => {
                self.reports = reports;
                self.report_slot();
            }
            _ if busy => self.answer(StatusWord::NOT_ALLOWED, &[]),
            Command::Configuration => self.respond(&software("emv.cfg", "1")),
            Command::DeviceInfo => {
                self.respond(&[software("Contactless", "1"), software("Keypad", "1")].concat());
            }
            Command::P2peStatus => {
                // PIN ready, and SRED ready if there is a key for card data.
                let status = if self.is_secure() { 0x06 } else { 0x02 };
                self.respond(&object(tag::P2PE_STATUS, &[status]));
            }
            Command::Battery => {
                let percent = if self.faults.low_battery { 4 } else { 85 };
                self.respond(&[object(tag::CHARGING, &[0]), object(tag::BATTERY, &[percent])].concat());
            }
            Command::GetClock => {
                // The same objects as those that set it. It stands still.
                let set = Command::SetClock(self.clock).encode();
                let objects = tlv::find(set.get(5..).unwrap_or_default(), tag::COMMAND).ok().flatten();
                self.respond(objects.unwrap_or_default());
            }
            Command::SetClock(clock) => {
                self.clock = clock;
                self.answer(StatusWord::OK, &[]);
            }
            Command::Keyboard(on) => {
                self.keyboard = on;
                self.answer(StatusWord::OK, &[]);
            }
            Command::Display(text) => {
                self.text = text;
                self.answer(StatusWord::OK, &[]);
            }
            Command::SystemLog { remove } => {
                self.log = if remove { Vec::new() } else { LOG.into() };
                self.answer(StatusWord::OK, &[]);
            }
            Command::SelectFile(name) if name == LOG_FILE => {
                let size = u32::try_from(self.log.len()).unwrap_or(u32::MAX);
                self.selected = Some(self.log.clone());
                self.respond(&object(tag::FILE_SIZE, &size.to_be_bytes()));
            }
            Command::SelectFile(name) => self.answer(StatusWord::FILE_MISSING, name.as_bytes()),
            Command::ReadBinary { offset, len } => self.read_file(offset, len),
            Command::Bluetooth | Command::Disconnect => self.answer(StatusWord::OK, &[]),
            // A device without printer and drawer of its own: the point-of-sale interface has them.
            Command::Printer | Command::CashDrawer => self.answer(StatusWord::UNKNOWN_COMMAND, &[]),
            Command::StartContactless(terms) => self.start_contactless(terms),
            Command::StartTransaction(terms) => self.start_chip(terms),
            Command::OnlinePin(terms) => self.start_online_pin(&terms),
            Command::Continue(objects) => self.complete(&objects),
        }
    }

    /// Refuses what is no whole command.
    pub(super) fn refuse(&mut self, status: StatusWord, info: &[u8]) {
        let given = info.get(5..).unwrap_or_default();
        let missing = TERMS.into_iter().filter(|tag| !matches!(tlv::find(given, *tag), Ok(Some(_))));
        let body = match status {
            StatusWord::DATA_MISSING => missing.flat_map(|tag| tag.bytes().to_vec()).collect(),
            _ => Vec::new(),
        };
        self.answer(status, &body);
    }

    /// What the point-of-sale interface does: it has a drawer, and a printer without paper trouble.
    pub(super) fn handle_interface_command(&mut self, command: Result<Command, StatusWord>) {
        let (status, body) = match command {
            Ok(Command::Reset) => {
                (StatusWord::OK, object(tag::RESPONSE, &self.reset_answer("M100-RPI", "1-1", "M100-OS")))
            }
            Ok(Command::Printer) => {
                (StatusWord::OK, object(tag::RESPONSE, &object(tag::PRINTER_STATUS, &[0])))
            }
            Ok(Command::CashDrawer) => (StatusWord::OK, vec![]),
            _ => (StatusWord::UNKNOWN_COMMAND, vec![]),
        };
        self.interface_answer(status, &body);
    }

    fn respond(&mut self, objects: &[u8]) {
        self.answer(StatusWord::OK, &object(tag::RESPONSE, objects));
    }

    fn abort(&mut self, busy: bool) {
        let raced = self.faults.cancel_race && busy;
        if raced {
            self.end_by_itself();
        }
        self.answer(StatusWord::OK, &[]);
        if busy && !raced {
            self.end(StatusWord::CANCELLED);
        }
        self.activity = Activity::Idle;
    }

    fn read_file(&mut self, offset: u32, len: u8) {
        let Some(file) = &self.selected else { return self.answer(StatusWord::NOT_ALLOWED, &[]) };
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(file.len());
        let end = (start + usize::from(len.min(MAX_READ))).min(file.len());
        let part = file.get(start..end).unwrap_or_default().to_vec();
        self.answer(StatusWord::OK, &part);
    }

    fn reset_answer(&self, application: &str, version: &str, system: &str) -> Vec<u8> {
        let serial = object(tag::SERIAL_NUMBER, &self.serial);
        [serial, software(application, version), software(system, "1-6")].concat()
    }
}

fn software(name: &str, version: &str) -> Vec<u8> {
    let body = [object(tag::IDENTIFIER, name.as_bytes()), object(tag::VERSION, version.as_bytes())];
    object(tag::SOFTWARE, &body.concat())
}
