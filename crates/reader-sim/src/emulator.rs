use reader::{Family, FromReader, ToReader};

use crate::{Card, Faults};

/// An emulated reader: the device's side of one link.
///
/// Drain [`poll_transmit`](Self::poll_transmit) and see [`poll_timeout`](Self::poll_timeout) after each call; time is as
/// for drivers.
pub trait Emulator {
    /// The family that it belongs to.
    fn family(&self) -> &'static Family;

    /// Takes what the till sent. After something damaged it begins to listen anew.
    fn handle(&mut self, now: u64, received: ToReader);

    /// Does what is due. Calling it early does no harm.
    fn handle_timeout(&mut self, now: u64);

    /// The next thing for the till that is due.
    #[must_use]
    fn poll_transmit(&mut self) -> Option<FromReader>;

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    fn poll_timeout(&self) -> Option<u64>;

    /// What goes wrong from now on.
    fn faults(&mut self) -> &mut Faults;

    /// What the device shows.
    fn screen(&self) -> Screen;

    /// The card in the chip slot.
    fn card_in_slot(&self) -> Option<&Card>;

    /// The customer's hand does something. What makes no sense at the moment does nothing.
    fn hand(&mut self, now: u64, hand: Hand);

    /// The cable was pulled and plugged in again: what was going on is forgotten, counters and faults stay.
    fn replug(&mut self, now: u64);
}

/// What a customer's hand does to a device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Puts a card into the chip slot, in place of one that may be there.
    Insert(Card),
    /// Takes the card out of the chip slot.
    Remove,
    /// Holds a card to the device.
    Tap(Card),
    /// Pulls a card through.
    Swipe(Card),
    /// Presses a key.
    Press(Key),
}

/// What a device shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// At most 21 characters each.
    pub rows: [String; 4],
    /// The contactless lights are on: a card may be tapped.
    pub contactless: bool,
    /// The keypad takes a PIN or a choice.
    pub keypad: bool,
}

/// A key of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Green.
    Enter,
    /// Yellow.
    Clear,
    /// Red.
    Cancel,
}
