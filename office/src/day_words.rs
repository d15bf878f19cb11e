//! What is said of days and shifts: first the money, then who does what.

use mpos_terminal::words::{Look, Shape, amount};
use payment::money::Amount;
use payment::settlement::{Closing, ClosingState, DayTotals, MovementKind, Standing, Sum};

/// What a closing has come to.
pub(crate) struct Ending {
    pub(crate) look: Look,
    pub(crate) shape: Shape,
    pub(crate) title: &'static str,
    pub(crate) money: String,
    pub(crate) next: String,
}

/// What is said of a closing, and `None` while nothing is to be said.
pub(crate) fn ending(closing: &Closing) -> Option<Ending> {
    let bank = closing.answer().map(|answer| {
        let number = answer.number.as_deref().map(|number| format!("Bank no. {number}, "));
        format!("{}code {}.", number.unwrap_or_default(), answer.code.as_deref().unwrap_or("none"))
    });
    let bank = bank.unwrap_or_default();
    Some(match &closing.state {
        ClosingState::Stored | ClosingState::Sending | ClosingState::Blocked { .. } => return None,
        ClosingState::Closed { answer: None } => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: "Day closed",
            money: "The gateway had taken this closing before. Its totals are not known.".to_owned(),
            next: "Manager: compare with the gateway.".to_owned(),
        },
        ClosingState::Closed { answer: Some(answer) } if answer.totals.is_none() => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: "Day closed",
            money: format!("{bank} The gateway named no totals to compare."),
            next: "Cashier: print.".to_owned(),
        },
        ClosingState::Closed { .. } => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: "Day closed",
            money: format!("Till and gateway agree. {bank}"),
            next: "Cashier: print.".to_owned(),
        },
        ClosingState::Differs { answer } => Ending {
            look: Look::NotPaid,
            shape: Shape::Error,
            title: "Totals differ",
            money: match &answer.totals {
                Some(theirs) => format!("The day is closed. {} {bank}", difference(&closing.ours, theirs)),
                None => bank,
            },
            next: "Manager: compare the orders with the gateway's.".to_owned(),
        },
        ClosingState::Refused { reason } => Ending {
            look: Look::NotPaid,
            shape: Shape::Declined,
            title: "Day not closed",
            money: "Nothing was settled by this request.".to_owned(),
            next: match (&reason.code, &reason.message) {
                (None, None) => {
                    "No connection to the gateway. Manager: close the day again, that is safe.".to_owned()
                }
                (code, message) => format!(
                    "Manager: code {}, {} Repeating is safe.",
                    code.as_deref().unwrap_or("none"),
                    message.as_deref().map(|said| format!("\"{said}\".")).unwrap_or_default()
                ),
            },
        },
        ClosingState::Unknown { answer: Some(_), .. } => Ending {
            look: Look::NotKnown,
            shape: Shape::NotKnown,
            title: "Result not known yet",
            money: format!("We do not know yet if the day was closed. {bank}"),
            next: "Manager: ask the gateway's support what this code means.".to_owned(),
        },
        ClosingState::Unknown { .. } => Ending {
            look: Look::NotKnown,
            shape: Shape::NotKnown,
            title: "Result not known yet",
            money: "We do not know yet if the day was closed.".to_owned(),
            next: match closing.is_open() {
                true => "We keep asking, with the same request. Cashier: go on selling.".to_owned(),
                false => "Manager: look at the gateway, then ask again.".to_owned(),
            },
        },
    })
}

/// `Gateway has 1.00 EUR more in sales.`
pub(crate) fn difference(ours: &DayTotals, theirs: &DayTotals) -> String {
    let of = |what: &str, ours: Sum, theirs: Sum| {
        let by = ours.amount.minor.abs_diff(theirs.amount.minor);
        let by = amount(Amount::new(by, ours.amount.currency));
        match ours.amount.minor.cmp(&theirs.amount.minor) {
            std::cmp::Ordering::Less => Some(format!("The gateway has {by} more in {what}.")),
            std::cmp::Ordering::Greater => Some(format!("The till has {by} more in {what}.")),
            std::cmp::Ordering::Equal if ours.count != theirs.count => {
                Some(format!("The till counts {} {what}, the gateway {}.", ours.count, theirs.count))
            }
            std::cmp::Ordering::Equal => None,
        }
    };
    let all = [of("sales", ours.sale, theirs.sale), of("returns", ours.reversal, theirs.reversal)];
    match all.into_iter().flatten().collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => "Till and gateway agree.".to_owned(),
        told => told,
    }
}

/// A row of the comparison.
pub(crate) fn compared(what: &str, ours: Sum, theirs: Option<Sum>) -> Vec<String> {
    let sum = |sum: Sum| format!("{} / {}", sum.count, amount(sum.amount));
    let difference = theirs.map(|theirs| {
        let by = Amount::new(ours.amount.minor.abs_diff(theirs.amount.minor), ours.amount.currency);
        match ours.amount.minor.cmp(&theirs.amount.minor) {
            _ if ours == theirs => "equal".to_owned(),
            std::cmp::Ordering::Less => format!("+{}", amount(by)),
            std::cmp::Ordering::Greater => format!("\u{2212}{}", amount(by)),
            std::cmp::Ordering::Equal => "other count".to_owned(),
        }
    });
    let unknown = || "not known".to_owned();
    vec![what.to_owned(), sum(ours), theirs.map_or_else(unknown, sum), difference.unwrap_or_else(unknown)]
}

/// The kind of a movement.
pub(crate) fn kind(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Sale => "Sale",
        MovementKind::Preauth => "Reserved",
        MovementKind::Capture => "Collected",
        MovementKind::Return => "Returned",
        MovementKind::Void => "Voided",
        MovementKind::Release => "Released",
    }
}

/// How a payment ended.
pub(crate) fn result(result: Standing) -> &'static str {
    match result {
        Standing::Approved => "Approved",
        Standing::Declined => "Declined",
        Standing::Filtered => "Not accepted",
        Standing::Error => "Not completed",
        Standing::NotCharged => "Not charged",
        Standing::Open => "Not known yet",
    }
}

/// `31.01.2026 14:05`, or the words for no moment at all.
pub(crate) fn moment(at: u64) -> String {
    if at == 0 { "the beginning".to_owned() } else { crate::moment::day_and_time(at) }
}

/// How many are not final.
pub(crate) fn not_final(open: usize) -> String {
    match open {
        0 => "Everything is final.".to_owned(),
        1 => "1 payment is not final.".to_owned(),
        several => format!("{several} payments are not final."),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use payment::money::Currency;

    fn day(sales: (u64, u64), returned: (u64, u64)) -> DayTotals {
        let sum =
            |(count, minor)| Sum { count, amount: Amount::new(minor, Currency::from_code("EUR").unwrap()) };
        DayTotals { sale: sum(sales), reversal: sum(returned) }
    }

    #[test]
    fn a_difference_is_said_from_the_side_that_has_more() {
        let ours = day((2, 3_000), (1, 500));
        assert_eq!(difference(&ours, &ours), "Till and gateway agree.");
        assert_eq!(
            difference(&ours, &day((3, 3_100), (0, 0))),
            "The gateway has 1.00 EUR more in sales. The till has 5.00 EUR more in returns."
        );
        assert_eq!(difference(&ours, &day((3, 3_000), (1, 500))), "The till counts 2 sales, the gateway 3.");
    }

    #[test]
    fn a_row_has_both_sides_and_the_difference() {
        let (ours, theirs) = (day((2, 3_000), (0, 0)), day((3, 3_100), (0, 0)));
        let row = compared("Sales", ours.sale, Some(theirs.sale));
        assert_eq!(row, ["Sales", "2 / 30.00 EUR", "3 / 31.00 EUR", "+1.00 EUR"]);
        assert_eq!(compared("Sales", ours.sale, None)[2..], ["not known", "not known"]);
        assert_eq!(compared("Returned", ours.reversal, Some(theirs.reversal))[3], "equal");
    }
}
