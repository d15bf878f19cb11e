//! What a receipt says of the card: its mask and nothing more.

use crate::line::Line;
use language::Receipt as Say;
use payment::api::{Copy, Entry, PaymentView};

/// The card, how it was read, and whose it is.
pub(crate) fn lines(payment: &PaymentView, copy: Copy, say: &Say) -> Vec<Line> {
    let entry = match payment.terms.entry {
        Entry::Chip => say.chip(),
        Entry::Contactless => say.contactless(),
        Entry::Swipe => say.swipe(),
    };
    let mut lines = vec![Line::pair(say.card(), mask(payment, say)), Line::pair(say.read_by(), entry)];
    if copy == Copy::Merchant {
        let holder = field(payment, "cardholder-name").or(payment.terms.card.holder.as_deref());
        lines.extend(holder.map(|holder| Line::pair(say.cardholder(), holder)));
    }
    lines
}

/// `MASTERCARD **** **** **** 1234 : 01`.
fn mask(payment: &PaymentView, say: &Say) -> String {
    let scheme = field(payment, "card-type").or(payment.terms.card.scheme.as_deref()).unwrap_or(say.card());
    if payment.erased && payment.terms.card.last4.is_empty() {
        return say.number_erased(scheme);
    }
    // Whatever the gateway calls the last four: no more of it is shown.
    let last4 = field(payment, "last-four-digits").unwrap_or(&payment.terms.card.last4);
    let digits: Vec<char> = last4.chars().filter(char::is_ascii_digit).collect();
    let last4: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    let sequence = field(payment, "emv-pan-sequence-5f34").map(|sequence| format!(" : {sequence}"));
    format!("{scheme} **** **** **** {last4}{}", sequence.unwrap_or_default())
}

/// What the chip said, and what the bank answered.
pub(crate) fn proof(payment: &PaymentView, say: &Say) -> Vec<Line> {
    [
        ("AID", joined(payment, &["emv-terminal-aid-9f06"])),
        (say.application(), joined(payment, &["emv-app-label-50"])),
        ("TVR / CVM", joined(payment, &["emv-tvr-95", "emv-cvm-9f34"])),
        (say.cid_cryptogram(), joined(payment, &["emv-cid-9f27", "emv-app-cryptogram-9f26"])),
        ("RRN", joined(payment, &["processor-rrn"])),
        (say.code_response(), joined(payment, &["approval-code", "auth-response-code"])),
        (say.reader(), joined(payment, &["reader-processing-date"])),
        (say.gateway(), joined(payment, &["paynet-processing-date"])),
        (say.bank(), joined(payment, &["acquirer-processing-date"])),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some(Line::pair(label, value?)))
    .collect()
}

/// These fields with a stroke between them; `None` where there are none.
fn joined(payment: &PaymentView, names: &[&str]) -> Option<String> {
    let fields: Vec<_> = names.iter().map(|name| field(payment, name).unwrap_or("-")).collect();
    fields.iter().any(|field| *field != "-").then(|| fields.join(" / "))
}

/// A field of the gateway's that is not empty.
pub(crate) fn field<'a>(payment: &'a PaymentView, name: &str) -> Option<&'a str> {
    payment.receipt.get(name).map(String::as_str).filter(|value| !value.is_empty())
}
