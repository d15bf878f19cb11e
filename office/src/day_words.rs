//! What is said of days and shifts: first the money, then who does what.

use language::say;
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
        let code = answer.code.as_deref().unwrap_or_else(|| say::no_code());
        match &answer.number {
            Some(number) => say::bank_number_and_code(number, code),
            None => say::bank_code_alone(code),
        }
    });
    let bank = bank.unwrap_or_default();
    Some(match &closing.state {
        ClosingState::Stored | ClosingState::Sending | ClosingState::Blocked { .. } => return None,
        ClosingState::Closed { answer: None } => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: say::day_closed(),
            money: say::day_closed_before().to_owned(),
            next: say::compare_with_gateway().to_owned(),
        },
        ClosingState::Closed { answer: Some(answer) } if answer.totals.is_none() => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: say::day_closed(),
            money: format!("{bank} {}", say::no_totals()),
            next: say::print_it().to_owned(),
        },
        ClosingState::Closed { .. } => Ending {
            look: Look::Neutral,
            shape: Shape::Approved,
            title: say::day_closed(),
            money: format!("{} {bank}", say::totals_agree()),
            next: say::print_it().to_owned(),
        },
        ClosingState::Differs { answer } => Ending {
            look: Look::NotPaid,
            shape: Shape::Error,
            title: say::totals_differ(),
            money: match &answer.totals {
                Some(theirs) => {
                    format!("{} {} {bank}", say::day_is_closed(), difference(&closing.ours, theirs))
                }
                None => bank,
            },
            next: say::compare_orders().to_owned(),
        },
        ClosingState::Refused { reason } => Ending {
            look: Look::NotPaid,
            shape: Shape::Declined,
            title: say::day_not_closed(),
            money: say::nothing_settled().to_owned(),
            next: match (&reason.code, &reason.message) {
                (None, None) => say::no_connection_close_again().to_owned(),
                (Some(code), None) => say::refused_with_code(code),
                (code, Some(message)) => {
                    say::refused_with_message(code.as_deref().unwrap_or_else(|| say::no_code()), message)
                }
            },
        },
        ClosingState::Unknown { answer: Some(_), .. } => Ending {
            look: Look::NotKnown,
            shape: Shape::NotKnown,
            title: say::not_known(),
            money: format!("{} {bank}", say::day_not_known()),
            next: say::ask_what_code_means().to_owned(),
        },
        ClosingState::Unknown { .. } => Ending {
            look: Look::NotKnown,
            shape: Shape::NotKnown,
            title: say::not_known(),
            money: say::day_not_known().to_owned(),
            next: match closing.is_open() {
                true => say::keep_asking_go_on().to_owned(),
                false => say::look_then_ask_again().to_owned(),
            },
        },
    })
}

/// `Gateway has 1.00 EUR more in sales.`
pub(crate) fn difference(ours: &DayTotals, theirs: &DayTotals) -> String {
    /// Where the gateway has more, where the till has, and where only the counts differ.
    type Said = (fn(&str) -> String, fn(&str) -> String, fn(&str, &str) -> String);
    let of = |(gateway_more, till_more, counted): Said, ours: Sum, theirs: Sum| {
        let by = ours.amount.minor.abs_diff(theirs.amount.minor);
        let by = amount(Amount::new(by, ours.amount.currency));
        match ours.amount.minor.cmp(&theirs.amount.minor) {
            std::cmp::Ordering::Less => Some(gateway_more(&by)),
            std::cmp::Ordering::Greater => Some(till_more(&by)),
            std::cmp::Ordering::Equal if ours.count != theirs.count => {
                Some(counted(&ours.count.to_string(), &theirs.count.to_string()))
            }
            std::cmp::Ordering::Equal => None,
        }
    };
    let sales: Said = (say::gateway_more_sales, say::till_more_sales, say::counted_sales);
    let returns: Said = (say::gateway_more_returns, say::till_more_returns, say::counted_returns);
    let all = [of(sales, ours.sale, theirs.sale), of(returns, ours.reversal, theirs.reversal)];
    match all.into_iter().flatten().collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => say::totals_agree().to_owned(),
        told => told,
    }
}

/// A row of the comparison.
pub(crate) fn compared(what: &str, ours: Sum, theirs: Option<Sum>) -> Vec<String> {
    let sum = |sum: Sum| format!("{} / {}", sum.count, amount(sum.amount));
    let difference = theirs.map(|theirs| {
        let by = Amount::new(ours.amount.minor.abs_diff(theirs.amount.minor), ours.amount.currency);
        match ours.amount.minor.cmp(&theirs.amount.minor) {
            _ if ours == theirs => say::equal().to_owned(),
            std::cmp::Ordering::Less => format!("+{}", amount(by)),
            std::cmp::Ordering::Greater => format!("\u{2212}{}", amount(by)),
            std::cmp::Ordering::Equal => say::other_count().to_owned(),
        }
    });
    let unknown = || say::cell_not_known().to_owned();
    vec![what.to_owned(), sum(ours), theirs.map_or_else(unknown, sum), difference.unwrap_or_else(unknown)]
}

/// The kind of a movement.
pub(crate) fn kind(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Sale => say::kind_sale(),
        MovementKind::Preauth => say::reserved(),
        MovementKind::Capture => say::collected(),
        MovementKind::Return => say::returned(),
        MovementKind::Void => say::voided(),
        MovementKind::Release => say::released(),
    }
}

/// How a payment ended.
pub(crate) fn result(result: Standing) -> &'static str {
    match result {
        Standing::Approved => say::approved(),
        Standing::Declined => say::declined(),
        Standing::Filtered => say::not_accepted(),
        Standing::Error => say::not_completed(),
        Standing::NotCharged => say::result_not_charged(),
        Standing::Open => say::result_not_known(),
    }
}

/// Day and time, or the words for no moment at all.
pub(crate) fn moment(at: u64) -> String {
    if at == 0 { say::the_beginning().to_owned() } else { crate::moment::day_and_time(at) }
}

/// How many are not final.
pub(crate) fn not_final(open: usize) -> String {
    match open {
        0 => say::everything_final().to_owned(),
        1 => say::one_not_final().to_owned(),
        several => say::several_not_final(&several.to_string()),
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
        assert_eq!(difference(&ours, &day((3, 3_000), (1, 500))), "Sales: the till counts 2, the gateway 3.");
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
