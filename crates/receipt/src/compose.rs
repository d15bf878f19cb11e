use crate::line::Line;
use crate::moment::Zone;
use crate::signature::{Signature, pin_entered, signature};
use crate::{card, result};
use language::Receipt as Say;
use payment::api::{Copy, PaymentState, ReceiptView};

/// Whether this copy was printed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicate {
    /// It is the first.
    First,
    /// It was printed so often before; this one at so many Unix milliseconds.
    Again {
        /// From 1.
        number: u32,
        /// When it is printed.
        at: u64,
    },
    /// The proxy, which counts, cannot be asked.
    NotCounted,
}

/// A receipt, as lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// In their order.
    pub lines: Vec<Line>,
    /// The customer has to sign this copy.
    pub to_sign: bool,
}

impl Receipt {
    /// A copy of the receipt of a payment itself, `nth` 0, or of one of its later transactions, from 1. A receipt of a
    /// later transaction that is not there is that of the payment.
    #[must_use]
    pub fn of(
        view: &ReceiptView,
        nth: usize,
        copy: Copy,
        duplicate: Duplicate,
        zone: Zone,
        say: &Say,
    ) -> Self {
        let payment = &view.payment;
        let later = nth.checked_sub(1).and_then(|nth| payment.later.get(nth));
        let money = match later {
            None => result::of_payment(payment, say),
            Some(later) => result::of_later(payment, later, copy, say),
        };
        let mut lines = head(view, copy, duplicate, zone, say);
        let title = result::title(payment, later, say);
        let at = later.map_or(payment.accepted_at, |later| later.at);
        lines.push(Line::pair(title, zone.date_time(at, say.language())));
        lines.extend(card::field(payment, "terminal-id").map(|id| Line::pair(say.terminal(), id)));
        let operator = later.map_or(&payment.operator, |later| &later.operator);
        lines.push(till(view, operator.as_deref(), copy, say));
        lines.extend(payment.order_id.as_ref().map(|id| Line::pair(say.order(), id.clone())));
        lines.push(Line::pair(say.reference(), payment.terms.attempt.as_str()));
        lines.push(Line::Blank);
        lines.extend(money.lines);
        lines.push(Line::Blank);
        lines.extend(card::lines(payment, copy, say));
        if later.is_none() {
            lines.extend(card::proof(payment, say));
        }
        let cvm = card::field(payment, "emv-cvm-9f34");
        let signed = signature(money.approved, cvm);
        // What cannot be read is signed: a line too many costs nothing.
        let asks = matches!(signed, Signature::Needed | Signature::Unreadable);
        let to_sign = asks && copy == Copy::Merchant;
        if money.approved {
            lines.push(Line::Blank);
            if pin_entered(cvm) {
                lines.push(Line::centred(say.pin_entered()));
            } else if !asks {
                lines.push(Line::centred(say.no_signature()));
            }
        }
        if to_sign {
            lines.push(Line::Sign(say.sign().to_owned()));
        }
        lines.push(Line::Blank);
        let is_final = matches!(payment.state, PaymentState::Final { .. });
        lines.extend(view.link.clone().filter(|_| is_final).map(Line::Link));
        if payment.erased {
            lines.push(Line::centred(say.erased()));
        }
        lines.push(Line::centred(say.not_fiscal()));
        lines.extend(some(&view.merchant.footer).map(Line::centred));
        Self { lines, to_sign }
    }
}

/// The shop, whose copy it is, and every mark that it needs.
fn head(view: &ReceiptView, copy: Copy, duplicate: Duplicate, zone: Zone, say: &Say) -> Vec<Line> {
    let merchant = &view.merchant;
    let mut lines = vec![Line::centred(merchant.name.to_uppercase())];
    lines.extend(some(&merchant.address).map(Line::centred));
    lines.extend(some(&merchant.tax_id).map(Line::centred));
    lines.push(Line::centred(match copy {
        Copy::Merchant => say.merchant_copy(),
        Copy::Customer => say.customer_copy(),
    }));
    match duplicate {
        Duplicate::First => {}
        Duplicate::Again { number, at } => {
            let time = zone.date_time(at, say.language());
            lines.push(Line::centred(say.duplicate(&number.to_string(), &time)));
        }
        Duplicate::NotCounted => lines.push(Line::centred(say.duplicate_not_counted())),
    }
    if view.sandbox {
        lines.push(Line::centred(say.test()));
    }
    lines.push(Line::Rule);
    lines
}

/// The operator is the shop's own business.
fn till(view: &ReceiptView, operator: Option<&str>, copy: Copy, say: &Say) -> Line {
    match operator.filter(|_| copy == Copy::Merchant) {
        Some(operator) => Line::pair(say.till_operator(), format!("{} / {operator}", view.till)),
        None => Line::pair(say.till(), view.till.clone()),
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}
