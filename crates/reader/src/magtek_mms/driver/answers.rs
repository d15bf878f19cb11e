//! Answers to commands.

use super::{COMPLETE_MS, MmsDriver, SETTLE_MS};
use crate::magtek_mms::{Command, Message, Property, Status};
use crate::{Battery, End, Event, Fault, Power, Software, State};

/// More digits of a card number may not be shown at its beginning.
const MAX_SHOWN_FIRST: u8 = 6;

impl MmsDriver {
    pub(super) fn handle_response(&mut self, now: u64, response: &Message) {
        let Some(detail) = response.detail else { return self.give_up(Fault::Unexpected) };
        let status = Status(detail);
        let ours = self
            .outstanding
            .take_if(|sent| sent.reference == response.reference && sent.command.id() == response.id);
        let Some(sent) = ours else {
            // The answer before, once more, or one that an earlier program was still owed.
            if self.answered != Some(response.reference) && self.state != State::Identifying {
                self.give_up(Fault::Unexpected);
            }
            return;
        };
        self.answered = Some(sent.reference);
        match sent.command {
            Command::Property(property) if status.is_started() => {
                // The value comes later under the same number.
                let command = Command::Property(property);
                self.outstanding = Some(super::Outstanding { command, ..sent });
                return;
            }
            Command::Property(property) => {
                let value = Property::value(response.parameters()).filter(|_| status.is_done());
                self.identified(property, value);
            }
            Command::Start(_) if status.is_done() || status.is_started() => {
                if let Some(session) = &mut self.session {
                    session.started = true;
                }
            }
            Command::Start(_) => self.start_failed(now, status),
            Command::Resume { .. } if status.is_done() || status.is_started() => {}
            Command::Resume { .. } => self.complete(now, true),
            Command::Cancel => self.cancel_answered(now, status),
            Command::SelectFirst | Command::Reset => {}
        }
        if matches!(self.state, State::NotSecure | State::Broken) {
            return;
        }
        if self.state == State::Identifying && self.queue.is_empty() {
            self.enter(State::Idle, None);
            self.tell(Event::Ready(self.identity.clone()));
        }
        self.next_command(now);
    }

    fn identified(&mut self, property: Property, value: Option<&[u8]>) {
        let byte = value.and_then(|value| value.first().copied());
        match (property, value) {
            (Property::Serial, Some(serial)) => {
                // Seven digits and half a byte that is always 0.
                let serial = hex::encode_upper(serial).get(..7).map(str::to_owned).unwrap_or_default();
                if self.state == State::Identifying {
                    self.identity.serial = serial;
                } else if self.identity.serial != serial {
                    self.give_up(Fault::Unexpected);
                }
            }
            (Property::Serial, None) => self.give_up(Fault::Unexpected),
            (Property::Firmware, Some(version)) => {
                let version =
                    version.iter().copied().map(char::from).filter(char::is_ascii_graphic).collect();
                self.identity.software.push(Software { name: "Main firmware".to_owned(), version });
            }
            (Property::ShownFirst, _) if byte.is_some_and(|digits| digits > MAX_SHOWN_FIRST) => {
                self.leave(State::NotSecure, Event::NotSecure);
            }
            (Property::ShownFirst, _) => {
                self.shown.first = byte.map(usize::from).unwrap_or(self.shown.first);
            }
            (Property::ShownLast, _) => self.shown.last = byte.map(usize::from).unwrap_or(self.shown.last),
            (Property::Battery, _) => {
                self.identity.battery =
                    byte.map(|percent| Battery { percent: percent.min(100), power: Power::Battery });
            }
            (Property::Charger, _) => {
                if let (Some(battery), Some(charger)) = (&mut self.identity.battery, byte) {
                    battery.power = match charger {
                        0..=2 => Power::Charging,
                        3 | 4 => Power::Full,
                        8 => Power::Battery,
                        fault => Power::Fault(fault),
                    };
                }
            }
            (Property::Firmware, None) => {}
        }
    }

    fn start_failed(&mut self, now: u64, status: Status) {
        // The cancel behind it ends the session.
        if self.state == State::Cancelling {
            return;
        }
        if status.is_failed_as(Status::NO_KEY) {
            self.leave(State::NotSecure, Event::KeysExhausted);
        } else if status.is_failed_as(Status::DEVICE_OFFLINE) || status.is_failed_as(Status::NOT_SECURED) {
            self.leave(State::NotSecure, Event::NotSecure);
        } else {
            self.end(now, End::NotUsable { code: status.code() });
        }
    }

    fn cancel_answered(&mut self, now: u64, status: Status) {
        let (State::Cancelling, Some(session)) = (self.state, &mut self.session) else { return };
        if status.is_failed_as(Status::CANNOT_CANCEL) && !session.over {
            // It ends by itself, and says so.
            self.until = Some(now + COMPLETE_MS);
        } else if session.over || status.is_failed_as(Status::NO_TRANSACTION) {
            let end = session.end;
            self.end(now, end);
        } else if status.is_done() {
            session.cancelled = true;
            self.until = Some(now + SETTLE_MS);
        } else {
            self.give_up(Fault::Unexpected);
        }
    }
}
