//! What the reader says, as the attempt understands it.

use super::{Desk, Reader};
use crate::browser;
use crate::device::{Device, Pumped};
use payment::api::{CardMask, Entry, ReaderName};
use payment::attempt::AttemptId;
use payment::secret::EncryptedData;
use payment::till::{CardRead, Event, NotSent, State};
use reader::{End, Event as Said, MaskedCard, Prompt};

impl Desk {
    /// Uses the reader; `false` if there is none.
    pub(super) fn with_device(self, use_it: impl FnOnce(&mut Device, u64) -> bool) -> bool {
        let now = browser::now();
        self.own().borrow_mut().device.as_mut().is_some_and(|device| use_it(device, now))
    }

    /// Moves bytes between driver and reader, and hands on what happened.
    pub fn pump(self) {
        let now = browser::now();
        let pumped = self.own().borrow_mut().device.as_mut().map(|device| device.pump(now));
        let Some(Pumped { events, traces, closed }) = pumped else { return };
        if !traces.is_empty() {
            self.link.update(|log| traces.into_iter().for_each(|trace| log.add(now, trace)));
        }
        for event in events {
            self.reader_said(event);
        }
        if let Some(why) = closed {
            self.link_closed(why);
        }
        let busy = self.own().borrow().device.as_ref().is_some_and(|device| !device.is_idle());
        if busy != self.reader_busy.get_untracked() {
            self.reader_busy.set(busy);
        }
    }

    /// The reader may not be used, and a card in work with it is done with.
    fn reader_unusable(self, reader: Reader) {
        let id = self.own().borrow().session.clone();
        if let Some(id) = id {
            self.session_ended(&id, NotSent::NotSecure);
        }
        self.reader_lost(reader);
    }

    /// The reader is gone, and with it whatever card was in work.
    pub(super) fn reader_lost(self, reader: Reader) {
        self.reader.set(reader);
        self.link.update(|log| log.losses = log.losses.saturating_add(1));
        self.reader_busy.set(false);
        self.prompt.set(None);
        self.card_in.set(false);
        let id = self.own().borrow().session.clone();
        if let Some(id) = id {
            self.session_ended(&id, NotSent::ReaderLost);
        }
    }

    fn reader_said(self, event: Said) {
        let id = self.own().borrow().session.clone();
        match event {
            Said::Ready(identity) => return self.identified(identity),
            Said::Battery(battery) => {
                self.identity.update(|identity| {
                    if let Some(identity) = identity {
                        identity.battery = Some(battery);
                    }
                });
                return self.reader.set(Reader::Ready(Some(battery.percent)));
            }
            Said::NotSecure => return self.reader_unusable(Reader::NotSecure),
            Said::KeysExhausted => return self.reader_unusable(Reader::KeysUsedUp),
            Said::Prompt(prompt) => {
                self.card_in.update(|card_in| *card_in |= prompt == Prompt::RemoveCard);
                // A reader asks for the next try at once: that the last one was wrong stays until its first digit.
                let warned =
                    |now: &Option<Prompt>| matches!(now, Some(Prompt::WrongPin { .. } | Prompt::LastPinTry));
                if prompt != (Prompt::EnterPin { digits: 0 }) || !self.prompt.with_untracked(warned) {
                    self.prompt.set(Some(prompt));
                }
                return;
            }
            Said::CardRemoved => {
                self.prompt.set(None);
                return self.card_in.set(false);
            }
            Said::Broken(fault) if fault != reader::Fault::ClearData => {
                return self.reader_lost(Reader::Lost);
            }
            _ => {}
        }
        let Some(id) = id else { return };
        match event {
            Said::CardSeen => self.feed(&id, Event::CardSeen),
            Said::CardRead(read) => {
                self.prompt.set(None);
                self.identity.update(|identity| {
                    if let Some(identity) = identity {
                        identity.ksn = read.ksn.clone().or(identity.ksn.take());
                    }
                });
                self.card_read(&id, self.read(read));
            }
            Said::Decision(decision) => self.feed(
                &id,
                Event::CardDecided {
                    approved: decision.approved,
                    data: EncryptedData::new(std::mem::take(&mut *decision.data.to_hex())),
                },
            ),
            Said::Ended(end) => self.session_ended(&id, self.not_sent(end)),
            Said::Broken(_) => {
                self.reader_unusable(Reader::NotSecure);
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

    /// Name of the reader's family.
    fn family(self) -> String {
        self.identity.get_untracked().map(|identity| identity.family.name.to_owned()).unwrap_or_default()
    }

    fn not_sent(self, end: End) -> NotSent {
        match end {
            End::CancelledOnPage | End::CancelledOnReader => NotSent::Cancelled,
            End::TimedOut => NotSent::NoCard,
            End::CardTakenOut => NotSent::CardTakenOut,
            End::ApprovedOffline => NotSent::ApprovedOffline,
            End::DeclinedByCard => NotSent::DeclinedByCard,
            End::AmountDiffers => NotSent::AmountDiffers,
            End::NotUsable { code } => NotSent::NotUsable { family: self.family(), code },
        }
    }

    fn read(self, read: reader::CardRead) -> CardRead {
        let emulated = self.own().borrow().device.as_ref().is_some_and(Device::is_emulated);
        let identity = self.identity.get_untracked();
        CardRead {
            entry: match read.entry {
                reader::Entry::Chip => Entry::Chip,
                reader::Entry::Contactless => Entry::Contactless,
                reader::Entry::Swipe => Entry::Swipe,
            },
            reader: ReaderName {
                family: self.family(),
                serial: identity.map(|i| i.serial).unwrap_or_default(),
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
