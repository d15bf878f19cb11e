//! From the first key to Pay: the amount, what is asked about it, and what the till remembers of amounts.

use super::{Desk, Watched};
use crate::entry::scan::Typed;
use crate::entry::{Entry, Key, Refused, odd, paste, tip};
use crate::{browser, sound, sound::Sound, words};
use leptos::prelude::set_timeout_with_handle;
use payment::api::{Keying, Kind};
use payment::money::Amount;
use payment::till::Draft;
use std::time::Duration;

/// Where it is kept what is being keyed.
const ENTRY: &str = "mpos-terminal.entry";
/// Where the last amounts are kept.
const LAST: &str = "mpos-terminal.last";
/// So many of them.
const KEPT: usize = 20;
/// The amount is spoken so long after the last key.
const SPEAK_AFTER: Duration = Duration::from_millis(500);

/// What is asked between keying and the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether an odd amount is right.
    Odd,
    /// Whether there is a tip.
    Tip,
    /// How much of another tip.
    OtherTip,
    /// Whether a large tip is right.
    LargeTip,
}

impl Desk {
    /// How amounts are keyed here.
    #[must_use]
    pub fn keying(self) -> Keying {
        self.terminal.with_untracked(|t| t.as_ref().map(|t| t.keying.clone())).unwrap_or_default()
    }

    /// The most that a payment may be in each currency that the till takes, the one that it begins with first.
    #[must_use]
    pub fn limits(self) -> Vec<Amount> {
        self.terminal
            .with(|t| t.iter().flat_map(|t| [t.limit].into_iter().chain(t.other_limits.clone())).collect())
    }

    /// What is keyed for the goods.
    #[must_use]
    pub fn bill(self) -> Option<Amount> {
        self.entry.with(|entry| entry.as_ref().map(Entry::amount))
    }

    /// Presses a key, of the amount or of another tip, and says what came of it.
    pub fn key(self, key: Key) {
        self.keyed(&|entry| entry.press(key));
    }

    /// Takes an amount that was copied elsewhere.
    pub fn paste(self, text: &str) {
        self.keyed(&|entry| entry.press(Key::Amount(paste::amount(text, entry.limit().currency)?)));
    }

    fn keyed(self, change: &dyn Fn(&mut Entry) -> Result<(), Refused>) {
        let tip = self.question.get_untracked() == Some(Question::OtherTip);
        let entry = if tip { &self.state().tip } else { &self.state().entry };
        let mut done = Ok(());
        entry.update(|entry| done = entry.as_mut().map_or(Ok(()), change));
        self.remember_entry();
        self.show_customer("", "", "");
        let refusal = done.err().map(words::refusal).unwrap_or_default();
        if refusal.is_empty() {
            sound::play(Sound::Key);
        } else {
            sound::play(Sound::Attention);
            self.alert.set(refusal.clone());
        }
        self.refused.set(refusal);
        let speak = move || {
            if let Some(words) = entry.with_untracked(|entry| entry.as_ref().map(words::spoken_entry)) {
                self.say(words);
            }
        };
        let timer = set_timeout_with_handle(speak, SPEAK_AFTER).ok();
        if let Some(earlier) = std::mem::replace(&mut self.own().borrow_mut().speaking, timer) {
            earlier.clear();
        }
    }

    /// A character of the keyboard, at a time in milliseconds: whether a scanner typed it. What a scanner types is the order
    /// reference.
    pub fn scanned(self, letter: char, at: u64) -> bool {
        let typed =
            self.entry.with_untracked(|entry| self.own().borrow_mut().burst.key(letter, at, entry.as_ref()));
        let Typed::Scanned(code, before) = typed else { return false };
        if before.is_some() {
            self.entry.set(before);
            self.remember_entry();
        }
        if self.keying().reference {
            self.say(language::say::order_reference_scanned(&code));
            self.reference.set(code);
        }
        true
    }

    /// Whether a key at this time is a scanner's.
    #[must_use]
    pub fn is_scanning(self, at: u64) -> bool {
        self.own().borrow().burst.goes_on(at)
    }

    /// Goes on in another currency. The figures stay if they mean the same there; nothing is converted.
    pub fn choose_currency(self, limit: Amount) {
        self.entry.update(|entry| *entry = entry.as_ref().map(|entry| entry.under(limit)));
        self.refused.set(String::new());
        self.remember_entry();
    }

    fn remember_entry(self) {
        let text = self.entry.with_untracked(|entry| entry.as_ref().map(Entry::to_text));
        browser::remember(ENTRY, &text.unwrap_or_default());
    }

    /// Begins to key an amount, or goes on with what was keyed before a reload or under other limits.
    pub(super) fn take_limits(self) {
        let limits = self.limits();
        let Some(first) = limits.first().copied() else { return };
        let entry = self.entry.get_untracked().map(|entry| {
            let same = limits.iter().find(|limit| limit.currency == entry.limit().currency);
            entry.under(same.copied().unwrap_or(first))
        });
        let kept = || Entry::from_text(&browser::remembered(ENTRY)?, &limits);
        let entry = entry.or_else(kept).unwrap_or_else(|| Entry::new(first));
        self.entry.set(Some(entry));
    }

    /// Ready for the next customer.
    pub(super) fn forget_entry(self) {
        self.entry.set(None);
        self.remember_entry();
        self.take_limits();
        self.kind.set(Kind::Sale);
        self.question.set(None);
        self.flipped.set(false);
        for text in [&self.email, &self.note, &self.reference, &self.refused] {
            text.set(String::new());
        }
        self.show_customer("", "", "");
    }

    /// Pay was pressed on the keypad: asks what has to be asked, then pays.
    pub fn charge(self) {
        let Some(bill) = self.bill().filter(|bill| bill.minor > 0) else {
            return self.refused.set(language::say::key_amount_first().into());
        };
        if !self.can_begin() {
            return;
        }
        if self.keying().check_odd && odd::is_odd(bill, &last_amounts(bill)) {
            sound::play(Sound::Attention);
            self.question.set(Some(Question::Odd));
        } else {
            self.ask_for_tip();
        }
    }

    /// The amount is right.
    pub fn ask_for_tip(self) {
        if self.kind.get_untracked() == Kind::Sale && !self.keying().tips.is_empty() {
            self.question.set(Some(Question::Tip));
        } else {
            self.charge_with(0);
        }
    }

    /// Another tip than those that are offered.
    pub fn ask_for_other_tip(self) {
        let Some(entry) = self.entry.get_untracked() else { return };
        let (bill, limit) = (entry.amount(), entry.limit());
        let most = Amount::new(limit.minor.saturating_sub(bill.minor), limit.currency);
        self.tip.set(Some(Entry::new(most)));
        self.refused.set(String::new());
        self.question.set(Some(Question::OtherTip));
    }

    /// What was keyed as another tip, in minor units.
    #[must_use]
    pub fn other_tip(self) -> u64 {
        self.tip.with(|tip| tip.as_ref().map_or(0, |tip| tip.amount().minor))
    }

    /// Adds the other tip, or asks whether it is right.
    pub fn add_other_tip(self) {
        let tip = self.other_tip();
        match self.bill().is_some_and(|bill| tip::is_large(bill, tip)) {
            true => self.question.set(Some(Question::LargeTip)),
            false => self.charge_with(tip),
        }
    }

    /// Pays what was keyed and this tip.
    pub fn charge_with(self, tip: u64) {
        let Some(bill) = self.bill() else { return };
        let text = |field: &Watched<String>| {
            field.with_untracked(|text| Some(text.trim_ascii().to_owned()).filter(|text| !text.is_empty()))
        };
        let (email, description, reference) = (text(&self.email), text(&self.note), text(&self.reference));
        let kind = self.kind.get_untracked();
        let begun = self.pay(&|attempt, paid_at| Draft {
            attempt,
            kind,
            amount: Amount::new(bill.minor.saturating_add(tip), bill.currency),
            tip: Some(tip).filter(|tip| *tip > 0),
            reference: reference.clone(),
            description: description.clone(),
            email: email.clone(),
            paid_at,
        });
        if begun {
            remember_amount(bill);
        }
        self.question.set(None);
    }

    /// The amounts that are offered in the currency that is keyed: presets, and so many of the last ones.
    #[must_use]
    pub fn offered(self) -> (Vec<Amount>, Vec<Amount>) {
        let Keying { mut presets, last, .. } = self.keying();
        let mut offered = Vec::new();
        if let Some(bill) = self.bill() {
            presets.retain(|preset| preset.currency == bill.currency);
            // At a kiosk they were other people's.
            let last = if self.is_self_service() { 0 } else { last };
            for amount in last_amounts(bill) {
                if offered.len() < last as usize && !offered.contains(&amount) && !presets.contains(&amount) {
                    offered.push(amount);
                }
            }
        }
        (presets, offered)
    }
}

/// The last amounts that were paid in the currency of this one, the latest first.
fn last_amounts(of: Amount) -> Vec<Amount> {
    let mut amounts = Vec::new();
    for word in browser::remembered(LAST).unwrap_or_default().split('+') {
        if let Some(minor) = word.strip_prefix(of.currency.code()).and_then(|minor| minor.parse().ok()) {
            amounts.push(Amount::new(minor, of.currency));
        }
    }
    amounts
}

fn remember_amount(amount: Amount) {
    let mut words = format!("{}{}", amount.currency, amount.minor);
    for word in browser::remembered(LAST).unwrap_or_default().split('+').take(KEPT - 1) {
        words.push('+');
        words.push_str(word);
    }
    browser::remember(LAST, &words);
}
