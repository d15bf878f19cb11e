//! What the reader says, as the attempt understands it.

use super::{Desk, Reader};
use crate::{browser, device::Device};
use leptos::prelude::*;
use payment::api::{CardMask, Entry, ReaderName};
use payment::attempt::AttemptId;
use payment::secret::EncryptedData;
use payment::till::{CardRead, Event, NotSent, State};
use reader::{End, Event as Said, MaskedCard, Prompt};

impl Desk {
    /// Uses the reader; `false` if there is none.
    pub(super) fn with_device(self, use_it: impl FnOnce(&mut Device, u64) -> bool) -> bool {
        let now = browser::now();
        self.device
            .try_update_value(|device| device.as_mut().is_some_and(|d| use_it(d, now)))
            .unwrap_or(false)
    }

    /// Moves bytes between driver and reader, and hands on what happened.
    pub fn pump(self) {
        let now = browser::now();
        let said = self.device.try_update_value(|device| device.as_mut().map(|d| d.pump(now))).flatten();
        for event in said.unwrap_or_default() {
            self.reader_said(event);
        }
        let busy = self.device.with_value(|device| device.as_ref().is_some_and(|d| !d.is_idle()));
        if busy != self.reader_busy.get_untracked() {
            self.reader_busy.set(busy);
        }
    }

    fn reader_said(self, event: Said) {
        let id = self.session.get_value();
        match event {
            Said::Ready(identity) => {
                self.serial.set_value(identity.serial);
                self.reader.set(Reader::Ready(identity.battery.map(|battery| battery.percent)));
                return;
            }
            Said::Battery(battery) => return self.reader.set(Reader::Ready(Some(battery.percent))),
            Said::NotSecure => return self.reader.set(Reader::NotSecure),
            Said::Prompt(prompt) => {
                self.card_in.update(|card_in| *card_in |= prompt == Prompt::RemoveCard);
                return self.prompt.set(Some(prompt));
            }
            Said::CardRemoved => {
                self.prompt.set(None);
                return self.card_in.set(false);
            }
            Said::Broken(_) => {
                self.reader.set(Reader::Lost);
                self.prompt.set(None);
                self.card_in.set(false);
            }
            _ => {}
        }
        let Some(id) = id else { return };
        match event {
            Said::CardSeen => self.feed(&id, Event::CardSeen),
            Said::CardRead(read) => {
                self.prompt.set(None);
                self.card_read(&id, self.read(read));
            }
            Said::Decision(decision) => self.feed(
                &id,
                Event::CardDecided {
                    approved: decision.approved,
                    data: EncryptedData::new(std::mem::take(&mut *decision.data.to_hex())),
                },
            ),
            Said::Ended(end) => self.session_ended(&id, not_sent(end)),
            Said::Broken(fault) => {
                let insecure = matches!(fault, reader::Fault::ClearData);
                self.session_ended(&id, if insecure { NotSent::NotSecure } else { NotSent::ReaderLost });
            }
            _ => {}
        }
    }

    /// What the end of a card session means depends on whether anything was sent.
    fn session_ended(self, id: &AttemptId, why: NotSent) {
        let is = |state: fn(&State) -> bool| {
            self.current
                .with_untracked(|at| at.as_ref().is_some_and(|a| a.draft.attempt == *id && state(&a.state)))
        };
        self.repeated.set(None);
        let event = if is(|s| matches!(s, State::Cancelling { .. })) {
            Event::ReaderStopped
        } else if is(|s| matches!(s, State::AwaitCard { .. })) {
            Event::NotSent(why)
        } else {
            Event::CardGone
        };
        self.feed(id, event);
    }

    fn read(self, read: reader::CardRead) -> CardRead {
        let emulated = self.device.with_value(|device| device.as_ref().is_some_and(Device::is_emulated));
        CardRead {
            entry: match read.entry {
                reader::Entry::Chip => Entry::Chip,
                reader::Entry::Contactless => Entry::Contactless,
                reader::Entry::Swipe => Entry::Swipe,
            },
            reader: ReaderName {
                family: reader::miura::FAMILY.name.to_owned(),
                serial: self.serial.get_value(),
                emulated,
            },
            card: mask(read.card),
            data: EncryptedData::new(std::mem::take(&mut *read.encrypted.to_hex())),
        }
    }
}

fn mask(card: MaskedCard) -> CardMask {
    CardMask {
        last4: card.last4.unwrap_or_default(),
        first6: card.first6,
        scheme: card.scheme.map(|scheme| scheme.name().to_owned()),
        expiry: card.expiry,
        holder: card.cardholder,
    }
}

fn not_sent(end: End) -> NotSent {
    match end {
        End::CancelledOnPage | End::CancelledOnReader => NotSent::Cancelled,
        End::TimedOut => NotSent::NoCard,
        End::CardTakenOut => NotSent::CardTakenOut,
        End::ApprovedOffline => NotSent::ApprovedOffline,
        End::DeclinedByCard => NotSent::DeclinedByCard,
        End::AmountDiffers => NotSent::AmountDiffers,
        End::NotUsable { code } => NotSent::NotUsable { code },
    }
}
