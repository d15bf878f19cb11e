//! Which text is said when: plain, calm, first the money, then the next step and who takes it. The texts themselves are in
//! `crates/language`.

pub mod reader_page;
mod result;
mod waiting;

pub use result::{resolved, result, sent};
pub use waiting::{prompt, unresolved};

use crate::desk::{Network, Reader};
use crate::entry::{Entry, Refused, Term};
use language::say;
use payment::api::{CardMask, Kind};
use payment::money::Amount;

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

/// `1,250.00 EUR`, with the marks of the page's language. The code stands behind in each, as on readers and receipts.
#[must_use]
pub fn amount(amount: Amount) -> String {
    format!("{} {}", figures(amount), amount.currency)
}

/// `1,250.00`, with the marks of the page's language.
#[must_use]
pub fn figures(amount: Amount) -> String {
    marked(&amount.to_major(), amount.currency.exponent())
}

/// The browser takes the digits as text and keeps each of them.
#[cfg(target_arch = "wasm32")]
fn marked(major: &str, digits: u8) -> String {
    crate::shell::figures(major, digits)
}

#[cfg(not(target_arch = "wasm32"))]
fn marked(major: &str, _: u8) -> String {
    language::Language::English.figures(major)
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
    let major = amount.to_major();
    match major.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => marked(whole, 0),
        _ => figures(amount),
    }
}

/// What is keyed as it is spoken: `plus 7 EUR 50, total 20 EUR 00`.
#[must_use]
pub fn spoken_entry(entry: &Entry) -> String {
    let total = spoken(entry.amount());
    if !entry.is_sum() {
        return total;
    }
    let term = spoken(Amount::new(entry.term().minor, entry.limit().currency));
    let term = match entry.term().times {
        Some(times) => say::spoken_times(&times.to_string(), &term),
        None => term,
    };
    if entry.complete().is_empty() {
        say::spoken_term(&term, &total)
    } else {
        say::spoken_plus(&term, &total)
    }
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
        Refused::OverLimit(limit) => return say::over_limit(&amount(limit)),
        Refused::TooManyDecimals => say::too_many_decimals(),
        Refused::Times => say::times_after_whole(),
        Refused::TooManyTerms => say::too_many_terms(),
        Refused::OtherCurrency => say::not_pasted_currency(),
        Refused::Negative => say::not_pasted_negative(),
        Refused::Ambiguous => say::not_pasted_ambiguous(),
        Refused::NotAnAmount => say::not_pasted_no_amount(),
    };
    why.to_owned()
}

/// `Visa **** 1234`.
#[must_use]
pub fn card(card: &CardMask) -> String {
    format!("{} **** {}", card.scheme.as_deref().unwrap_or(say::card()), card.last4)
}

/// Of a text for everybody what the customer does, and nothing of what staff do or hear.
#[must_use]
pub fn for_customer(text: &str) -> String {
    let (mut said, mut is_for_customer) = (String::new(), false);
    for sentence in text.split('.') {
        let (who, what) = sentence.split_once(':').map_or((None, sentence), |(who, what)| (Some(who), what));
        is_for_customer = who.map_or(is_for_customer, |who| who.trim_ascii() == say::customer());
        let mut letters = what.trim_ascii().chars();
        if let Some(first) = letters.next().filter(|_| is_for_customer) {
            if !said.is_empty() {
                said.push(' ');
            }
            said += &capital(first);
            said += letters.as_str();
            said.push('.');
        }
    }
    said
}

/// The browser has the table of all letters already.
#[cfg(target_arch = "wasm32")]
fn capital(letter: char) -> String {
    js_sys::JsString::from(letter.to_string()).to_upper_case().into()
}

#[cfg(not(target_arch = "wasm32"))]
fn capital(letter: char) -> String {
    letter.to_uppercase().collect()
}

/// A result's title as the customer sees it: what a filter or a card refused is a decline like any other.
#[must_use]
pub fn title_for_customer(words: &Words) -> &'static str {
    match words.shape {
        Shape::Filtered => say::declined(),
        _ => words.title,
    }
}

/// The kind of payment.
#[must_use]
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Sale => say::kind_sale(),
        Kind::Preauth => say::kind_preauth(),
    }
}

/// The reader chip.
#[must_use]
pub fn reader(reader: &Reader) -> String {
    let said = match reader {
        Reader::Unsupported => say::reader_unsupported(),
        Reader::None => say::reader_none(),
        Reader::Connecting => say::reader_connecting(),
        Reader::Ready(None) => say::reader_ready(),
        Reader::Ready(Some(percent)) => return say::reader_ready_percent(&percent.to_string()),
        Reader::NotSecure => say::reader_not_secure(),
        Reader::KeysUsedUp => say::reader_keys(),
        Reader::Different { .. } => say::reader_different(),
        Reader::Unplugged => say::reader_unplugged(),
        Reader::InUse => say::reader_in_use(),
        Reader::Lost => say::reader_lost(),
    };
    said.to_owned()
}

/// What to do about a reader that cannot take cards, beginning with who does it; empty for one that can.
#[must_use]
pub fn reader_help(reader: &Reader) -> String {
    let said = match reader {
        Reader::Unsupported => say::reader_unsupported_help(),
        Reader::None => say::reader_none_help(),
        Reader::Connecting => say::reader_connecting_help(),
        Reader::Ready(_) => "",
        Reader::NotSecure => say::reader_not_secure_help(),
        Reader::KeysUsedUp => say::reader_keys_help(),
        Reader::Different { expected, found } => return say::reader_different_help(found, expected),
        Reader::Unplugged => say::reader_unplugged_help(),
        Reader::InUse => say::reader_in_use_help(),
        Reader::Lost => say::reader_lost_help(),
    };
    said.to_owned()
}

/// The network chip.
#[must_use]
pub fn network(network: Network) -> &'static str {
    match network {
        Network::Unknown => say::network_connecting(),
        Network::Online => say::network_online(),
        Network::ProxyAway => say::no_connection(),
        Network::GatewayAway => say::network_gateway_away(),
        Network::GateClosing => say::network_closing(),
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
