//! The way to every screen, by the words on the one before.

mod customer;
mod day;
mod first_aid;
mod keying;
mod languages;
mod orders;
mod paying;
mod people;
mod self_service;
mod unknown;

use crate::look::Walk;
use e2e::{Habits, Shop};

pub(crate) const PHONE: &str = "Visa on a phone, tap only";
pub(crate) const CHIP: &str = "Visa, chip without PIN";
pub(crate) const PIN: &str = "Visa, chip and PIN 1234";
pub(crate) const STRIPE: &str = "Mastercard, stripe only";

/// Parts of the walk that each begin in a shop of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Orders,
    Paying,
    Day,
    Unknown,
    People,
    Keying,
    Customer,
    FirstAid,
    Languages,
    SelfService,
}

impl Part {
    /// The longest first.
    pub(crate) const ALL: [Self; 10] = [
        Self::Orders,
        Self::Paying,
        Self::Day,
        Self::Languages,
        Self::SelfService,
        Self::Unknown,
        Self::People,
        Self::Keying,
        Self::Customer,
        Self::FirstAid,
    ];

    pub(crate) async fn walk(self, walk: &Walk) {
        match self {
            Self::Orders => orders::walk(walk).await,
            Self::Paying => paying::walk(walk).await,
            Self::Day => day::walk(walk).await,
            Self::Unknown => unknown::walk(walk).await,
            Self::People => people::walk(walk).await,
            Self::Keying => keying::walk(walk).await,
            Self::Customer => customer::walk(walk).await,
            Self::FirstAid => first_aid::walk(walk).await,
            Self::Languages => languages::walk(walk).await,
            Self::SelfService => self_service::walk(walk).await,
        }
    }
}

/// A shop with these settings.
async fn open(scenario: &str, settings: &'static str) -> Shop {
    Shop::open_with(&format!("screens-{scenario}"), Habits { settings, ..Habits::default() }).await
}

/// Opens everything that can be unfolded.
async fn unfold(shop: &Shop) {
    let script = "for (const details of document.querySelectorAll('.terminal details')) details.open = true;";
    shop.till.evaluate(script, vec![]).await;
}
