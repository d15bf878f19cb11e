//! Every text of the page, in one place: plain, calm, first the money, then the next step and who takes it.

pub mod reader_page;
mod result;
pub(crate) mod shell;
mod waiting;

pub use result::{resolved, result, sent};
pub use waiting::{prompt, unresolved};

use crate::desk::{Network, Reader};
use crate::entry::{Entry, Refused, Term};
use payment::api::{CardMask, Kind};
use payment::money::Amount;

/// The ribbon and the receipt's mark where no money moves.
pub const TEST: &str = "TEST: no money moves";
/// The title of everything that was sent and is not final.
pub const NOT_KNOWN: &str = "Result not known yet";

/// So many complete terms of a sum are shown.
const SHOWN_TERMS: usize = 2;

/// How a result looks: field, frame, colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Fills the screen.
    Paid,
    /// Paper with a solid frame.
    NotPaid,
    /// Paper with a hatched frame.
    NotKnown,
    /// Paper with a thin frame: nothing was sent, or it was returned.
    Neutral,
}

/// The shape that says the same as the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Check in a disc.
    Approved,
    /// Cross in an octagon.
    Declined,
    /// Bar in a shield.
    Filtered,
    /// Exclamation mark in a triangle.
    Error,
    /// Question mark in a diamond.
    NotKnown,
    /// Bar in a ring.
    Cancelled,
    /// Arrow in a ring.
    Returned,
}

/// What a result screen says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its look.
    pub look: Look,
    /// Its shape.
    pub shape: Shape,
    /// The heading.
    pub title: &'static str,
    /// What happened to the money.
    pub money: String,
    /// Who does what next.
    pub next: String,
    /// Another card, PIN or hour can help.
    pub again: bool,
}

/// `1,250.00 EUR`.
#[must_use]
pub fn amount(amount: Amount) -> String {
    format!("{} {}", figures(amount), amount.currency)
}

/// `1,250.00`.
#[must_use]
pub fn figures(amount: Amount) -> String {
    let text = amount.to_major();
    let (major, minor) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let mut grouped = String::new();
    for (at, digit) in major.char_indices() {
        if at > 0 && (major.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    minor.map_or_else(|| grouped.clone(), |minor| format!("{grouped}.{minor}"))
}

/// The amount as it is spoken: `12 EUR 50`.
#[must_use]
pub fn spoken(amount: Amount) -> String {
    let text = amount.to_major();
    match text.split_once('.') {
        Some((major, minor)) => format!("{major} {} {minor}", amount.currency),
        None => format!("{text} {}", amount.currency),
    }
}

/// `5` where there is nothing behind the point, else as [`figures`].
#[must_use]
pub fn short(amount: Amount) -> String {
    let all = figures(amount);
    match all.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => all,
    }
}

/// What is keyed as it is spoken: `plus 7 EUR 50, total 20 EUR 00`.
#[must_use]
pub fn spoken_entry(entry: &Entry) -> String {
    let total = spoken(entry.amount());
    if !entry.is_sum() {
        return total;
    }
    let plus = if entry.complete().is_empty() { "" } else { "plus " };
    let times = entry.term().times.map(|times| format!("{times} times ")).unwrap_or_default();
    let term = spoken(Amount::new(entry.term().minor, entry.limit().currency));
    format!("{plus}{times}{term}, total {total}")
}

/// The sum that is being keyed: what is complete, `12.50 + 3 × `, and what is being keyed. Nothing of what is no sum. Of a
/// long one the end is shown.
#[must_use]
pub fn sum(entry: &Entry) -> (String, String) {
    if !entry.is_sum() {
        return (String::new(), String::new());
    }
    let figures = |minor| figures(Amount::new(minor, entry.limit().currency));
    let times = |term: &Term| term.times.map(|times| format!("{times} \u{d7} ")).unwrap_or_default();
    let complete = entry.complete();
    let hidden = complete.len().saturating_sub(SHOWN_TERMS);
    let mut before = if hidden > 0 { "\u{2026} + ".to_owned() } else { String::new() };
    for term in complete.iter().skip(hidden) {
        before += &format!("{}{} + ", times(term), figures(term.minor));
    }
    before += &times(&entry.term());
    (before, figures(entry.term().minor))
}

/// Why a key or a paste changed nothing.
#[must_use]
pub fn refusal(refused: Refused) -> String {
    let why = match refused {
        Refused::OverLimit(limit) => return format!("The limit is {}", amount(limit)),
        Refused::TooManyDecimals => "This currency has no further decimals",
        Refused::Times => "\u{d7} comes after a whole number from 1 to 999",
        Refused::TooManyTerms => "A sum has 20 terms at most",
        Refused::OtherCurrency => "Not pasted: another currency",
        Refused::Negative => "Not pasted: below zero",
        Refused::Ambiguous => "Not pasted: thousands or decimals?",
        Refused::NotAnAmount => "Not pasted: not an amount",
    };
    why.to_owned()
}

/// `Visa **** 1234`.
#[must_use]
pub fn card(card: &CardMask) -> String {
    format!("{} **** {}", card.scheme.as_deref().unwrap_or("Card"), card.last4)
}

/// Of a text for everybody what the customer does, and nothing of what staff do or hear.
#[must_use]
pub fn for_customer(text: &str) -> String {
    let (mut said, mut is_for_customer) = (String::new(), false);
    for sentence in text.split('.') {
        let (who, what) = sentence.split_once(':').map_or((None, sentence), |(who, what)| (Some(who), what));
        is_for_customer = who.map_or(is_for_customer, |who| who.trim_ascii() == "Customer");
        let mut letters = what.trim_ascii().chars();
        if let Some(first) = letters.next().filter(|_| is_for_customer) {
            if !said.is_empty() {
                said.push(' ');
            }
            said.push(first.to_ascii_uppercase());
            said += letters.as_str();
            said.push('.');
        }
    }
    said
}

/// A result's title as the customer sees it: what a filter or a card refused is a decline like any other.
#[must_use]
pub fn title_for_customer(words: &Words) -> &'static str {
    match words.shape {
        Shape::Filtered => "Declined",
        _ => words.title,
    }
}

/// The kind of payment.
#[must_use]
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Sale => "Sale",
        Kind::Preauth => "Reserve",
    }
}

/// The reader chip.
#[must_use]
pub fn reader(reader: &Reader) -> String {
    match reader {
        Reader::Unsupported => "Browser not supported".into(),
        Reader::None => "Choose the reader".into(),
        Reader::Connecting => "Connecting reader".into(),
        Reader::Ready(None) => "Reader ready".into(),
        Reader::Ready(Some(percent)) => format!("Reader ready {percent}%"),
        Reader::NotSecure => "Reader not allowed".into(),
        Reader::KeysUsedUp => "Reader needs service".into(),
        Reader::Different { .. } => "Different reader".into(),
        Reader::Unplugged => "Reader unplugged".into(),
        Reader::InUse => "Reader in use".into(),
        Reader::Lost => "Reader not answering".into(),
    }
}

/// What to do about a reader that cannot take cards, beginning with who does it; empty for one that can.
#[must_use]
pub fn reader_help(reader: &Reader) -> String {
    match reader {
        Reader::Unsupported => "This browser reaches no card reader. Manager: open Chrome or Edge.".into(),
        Reader::None => "Cashier: connect the reader, then choose it once.".into(),
        Reader::Connecting => "The reader is being asked who it is.".into(),
        Reader::Ready(_) => String::new(),
        Reader::NotSecure => {
            "It does not encrypt. No card data was taken. Manager: connect the shop's reader, or call support.".into()
        }
        Reader::KeysUsedUp => "Its keys are used up. No card data was taken. Manager: call support.".into(),
        Reader::Different { expected, found } => {
            format!("This is reader {found}. Manager: connect reader {expected}, or use this one from now on.")
        }
        Reader::Unplugged => "Cashier: check cable and power; it reconnects by itself.".into(),
        Reader::InUse => "Cashier: close the other program that uses it; it reconnects by itself.".into(),
        Reader::Lost => {
            "Cashier: check cable and power, it reconnects by itself; else unplug it, wait 5 seconds, plug it in.".into()
        }
    }
}

/// The network chip.
#[must_use]
pub fn network(network: Network) -> &'static str {
    match network {
        Network::Unknown => "Connecting",
        Network::Online => "Online",
        Network::ProxyAway => "No connection",
        Network::GatewayAway => "Gateway not reachable",
        Network::GateClosing => "Bank is closing the day",
    }
}

/// The bar that counts what is not known yet.
#[must_use]
pub fn not_known_count(open: usize) -> String {
    match open {
        1 => "1 result not known yet".into(),
        open => format!("{open} results not known yet"),
    }
}

/// The bar that counts what came in for payments that were parked.
#[must_use]
pub fn came_in_count(ended: usize) -> String {
    match ended {
        1 => "1 result came in".into(),
        ended => format!("{ended} results came in"),
    }
}

/// The bar that counts what staff have to hear of.
#[must_use]
pub fn notice_count(told: usize) -> String {
    match told {
        1 => "1 notice".into(),
        told => format!("{told} notices"),
    }
}

/// `0:08`.
#[must_use]
pub fn minutes(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use payment::money::Currency;

    #[test]
    fn amounts_are_grouped_and_keep_their_places() {
        let text = |minor, code| amount(Amount::new(minor, Currency::from_code(code).unwrap()));
        assert_eq!(text(5, "EUR"), "0.05 EUR");
        assert_eq!(text(125_000, "EUR"), "1,250.00 EUR");
        assert_eq!(text(1_250, "JPY"), "1,250 JPY");
        assert_eq!(text(9_999_999_999, "KWD"), "9,999,999.999 KWD");
        assert_eq!(text(99_900, "EUR"), "999.00 EUR");
    }

    #[test]
    fn a_customer_sees_nothing_of_what_staff_do() {
        assert_eq!(
            for_customer("Customer: use another card. Cashier: not enough funds."),
            "Use another card."
        );
        assert_eq!(for_customer("Cashier: hand over the goods."), "");
        assert_eq!(for_customer("Customer: on the reader. Cashier: look away."), "On the reader.");
        assert_eq!(for_customer("We keep asking. Cashier: do not hand over the goods."), "");
    }

    #[test]
    fn sums_are_written_as_they_are_keyed() {
        let limit = Amount::new(Amount::MAX_MINOR, Currency::from_code("EUR").unwrap());
        let written = |text: &str| sum(&Entry::from_text(text, &[limit]).unwrap());
        let own = |before: &str, now: &str| (before.to_owned(), now.to_owned());
        assert_eq!(written("EUR+1250"), own("", ""));
        assert_eq!(written("EUR+1250+750"), own("12.50 + ", "7.50"));
        assert_eq!(written("EUR+3*250"), own("3 \u{d7} ", "2.50"));
        assert_eq!(written("EUR+3*250+100+5*1"), own("3 \u{d7} 2.50 + 1.00 + 5 \u{d7} ", "0.01"));
        assert_eq!(written("EUR+1+2+3+4"), own("\u{2026} + 0.02 + 0.03 + ", "0.04"));
    }

    #[test]
    fn a_sum_is_spoken_with_its_total() {
        let limit = Amount::new(Amount::MAX_MINOR, Currency::from_code("EUR").unwrap());
        let spoken = |text: &str| spoken_entry(&Entry::from_text(text, &[limit]).unwrap());
        assert_eq!(spoken("EUR+1250"), "12 EUR 50");
        assert_eq!(spoken("EUR+1250+750"), "plus 7 EUR 50, total 20 EUR 00");
        assert_eq!(spoken("EUR+3*250"), "3 times 2 EUR 50, total 7 EUR 50");
    }

    #[test]
    fn seconds_become_minutes() {
        assert_eq!(minutes(8_999), "0:08");
        assert_eq!(minutes(102_000), "1:42");
    }
}
