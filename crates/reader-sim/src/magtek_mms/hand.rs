//! The customer's hand.

use reader::magtek_mms::{CardEvent, Notification, Outcome, Technology};
use zeroize::Zeroizing;

use super::DynaFlexEmulator;
use super::emulator::{Activity, technology};
use crate::{Card, Key};

/// The longest PIN.
const MAX_PIN: usize = 12;

impl DynaFlexEmulator {
    pub(super) fn insert(&mut self, card: &Card) {
        self.slot = Some(*card);
        match self.activity.clone() {
            Activity::AwaitingCard { start } if start.contact != 0 => {
                self.notify(Notification::Card(Technology::Contact, CardEvent::Inserted));
                self.read_chip(start, *card);
            }
            Activity::Idle => self.notify(Notification::Slot { seated: true }),
            _ => {}
        }
    }

    pub(super) fn remove(&mut self) {
        if self.slot.take().is_none() {
            return;
        }
        match self.activity {
            Activity::Idle => self.notify(Notification::Slot { seated: false }),
            _ => self.notify(Notification::Card(Technology::Contact, CardEvent::Removed)),
        }
        if technology(&self.activity) == Some(Technology::Contact) {
            self.over(Some(Technology::Contact), Outcome::FAILED);
        }
    }

    pub(super) fn tap(&mut self, card: Card) {
        if let Activity::AwaitingCard { start } = self.activity.clone()
            && start.contactless != 0
            && card.contactless
        {
            self.notify(Notification::Card(Technology::Contactless, CardEvent::Detected));
            if self.faults.read_error {
                self.over(Some(Technology::Contactless), Outcome::TRY_AGAIN);
            } else {
                self.read(Technology::Contactless, start, card, false);
            }
        }
    }

    pub(super) fn pull_through(&mut self, card: Card) {
        if let Activity::AwaitingCard { start } = self.activity.clone()
            && start.stripe != 0
            && card.stripe
        {
            self.notify(Notification::Card(Technology::Stripe, CardEvent::Swiped));
            if self.faults.read_error {
                self.over(Some(Technology::Stripe), Outcome::CARD_READ_ERROR);
            } else {
                self.read(Technology::Stripe, start, card, false);
            }
        }
    }

    pub(super) fn press(&mut self, key: Key) {
        match (self.activity.clone(), key) {
            (
                Activity::AwaitingCard { .. }
                | Activity::ChoosingApplication { .. }
                | Activity::EnteringPin { .. },
                Key::Cancel,
            ) => self.over(None, Outcome::CANCELLED_BY_USER),
            (Activity::ChoosingApplication { start, card }, Key::Digit(1) | Key::Enter) => {
                self.application_chosen(start, card);
            }
            (Activity::EnteringPin { start, card, pin, tries }, Key::Enter) if pin.len() >= 4 => {
                self.pin_entered(start, card, &pin, tries);
            }
            (Activity::EnteringPin { start, card, mut pin, tries }, key) => {
                match key {
                    Key::Digit(digit @ 0..=9) if pin.len() < MAX_PIN => pin.push(char::from(b'0' + digit)),
                    Key::Clear => pin = Zeroizing::default(),
                    _ => {}
                }
                self.activity = Activity::EnteringPin { start, card, pin, tries };
            }
            _ => {}
        }
    }
}
