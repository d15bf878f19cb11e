//! Who the reader is, and whether it may be used.

use tlv::tag;

use super::MiuraDriver;
use crate::miura::{Answer, Command, card_data};
use crate::{Event, Software, State};

/// P2PE status bits: a key for online PIN, a key for card data.
const PIN_READY: u8 = 0x02;
const SRED_READY: u8 = 0x04;

impl MiuraDriver {
    /// Asks everything that has to be known before a card. The reset goes first: its answer tells where the earlier
    /// program's answers end. The clock is set each time; what a card signs is the till's time all the same.
    pub(super) fn identify(&mut self, now: u64) {
        self.enter(State::Identifying, None);
        self.queue.extend([Command::Reset, Command::Configuration, Command::P2peStatus, Command::Battery]);
        self.queue.extend(self.clock.map(Command::SetClock));
        self.next_command(now);
    }

    /// Whether nothing that the reader says is an answer of ours, until the reset is answered.
    pub(super) fn awaits_reset(&self) -> bool {
        matches!(&self.outstanding, Some(sent) if sent.command == Command::Reset)
    }

    pub(super) fn identified(&mut self, command: &Command, answer: Answer<'_>) {
        let value = |tag| tlv::find(answer.body, tag).ok().flatten();
        match command {
            Command::Reset => {
                self.identity.serial = value(tag::SERIAL_NUMBER).map(ascii).unwrap_or_default();
                self.identity.software = software(answer.body);
            }
            Command::Configuration => self.identity.software.extend(software(answer.body)),
            Command::P2peStatus => {
                let status = value(tag::P2PE_STATUS).and_then(|value| value.first().copied());
                let status = status.unwrap_or_default();
                self.identity.pin_ready = status & PIN_READY != 0;
                if status & SRED_READY == 0 {
                    self.not_secure();
                }
            }
            Command::Battery => self.battery(answer),
            _ => {}
        }
        if self.state == State::Identifying && self.queue.is_empty() {
            self.enter(State::Idle, None);
            self.tell(Event::Ready(self.identity.clone()));
        }
    }

    pub(super) fn not_secure(&mut self) {
        self.queue.clear();
        self.enter(State::NotSecure, None);
        self.tell(Event::NotSecure);
    }
}

/// Card data carries the serial number as well, but in another template.
pub(super) fn is_reset_answer(body: &[u8]) -> bool {
    card_data::only_object(body, tag::RESPONSE)
        .is_ok_and(|template| matches!(tlv::find(template, tag::SERIAL_NUMBER), Ok(Some(_))))
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).filter(char::is_ascii_graphic).collect()
}

/// Name and version pairs, flat or in templates: the n-th name belongs to the n-th version.
fn software(body: &[u8]) -> Vec<Software> {
    let (mut names, mut versions) = (Vec::new(), Vec::new());
    collect(tlv::read_padded(body), &mut names, &mut versions, tlv::MAX_DEPTH);
    names.into_iter().zip(versions).map(|(name, version)| Software { name, version }).collect()
}

fn collect(objects: tlv::Reader<'_>, names: &mut Vec<String>, versions: &mut Vec<String>, depth: usize) {
    for object in objects.flatten() {
        match object.tag {
            tag::IDENTIFIER => names.push(ascii(object.value)),
            tag::VERSION => versions.push(ascii(object.value)),
            tag if tag.is_constructed() && depth > 0 => {
                collect(object.children(), names, versions, depth - 1)
            }
            _ => {}
        }
    }
}
