use crate::{CardProblem, Driver, HidFilter, Link, SerialFilter, magtek_mms, magtek_v5, miura};

/// A reader family: what its protocol is called, how it is found, who drives it.
#[derive(Debug)]
pub struct Family {
    /// What configuration calls it.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The gateway's `encrypted-type`, where a document names one. Without one the merchant's configuration has to.
    pub encrypted_type: Option<&'static str>,
    /// The serial ports that may be one.
    pub serial: &'static [SerialFilter],
    /// The HID devices that may be one.
    pub hid: &'static [HidFilter],
    /// What can be done about an error number of this family; `None` for one without a known meaning.
    pub problem: fn(u16) -> Option<CardProblem>,
    /// Makes the driver for one link, not connected yet.
    pub driver: fn(Link, Setup) -> Box<dyn Driver>,
}

/// Every family, one line each.
pub static FAMILIES: &[&Family] = &[&miura::FAMILY, &magtek_v5::FAMILY, &magtek_mms::FAMILY];

impl Family {
    /// The family of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.name == name).copied()
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Family {}

/// What a till sets a driver up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The words for the reader's own display.
    pub texts: Texts,
    /// Whether a swiped card's PIN is taken for the issuer. Off by default: where the gateway wants the PIN block is
    /// not public.
    pub online_pin: bool,
}

/// The words for the reader's own display: at most four rows of 21 characters each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Nothing to do.
    pub idle: String,
    /// The card has a chip.
    pub insert_card: String,
    /// The chip cannot be read.
    pub swipe_card: String,
    /// All done.
    pub remove_card: String,
}

impl Default for Texts {
    fn default() -> Self {
        let [idle, insert_card, swipe_card, remove_card] =
            ["Welcome", "Insert card", "Swipe card", "Remove card"].map(str::to_owned);
        Self { idle, insert_card, swipe_card, remove_card }
    }
}
