//! What the gateway's report and the till's orders say differently. Pure: orders and rows in, differences out.

use payment::api::{Kind, LaterKind, Outcome};
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::order::{Later, Order, State, Transfer};
use paynet::Status;
use paynet::report::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// How the books differ, in the order in which a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Differs {
    /// The gateway has an order with an id of a till's, which the till's server does not know; or a second order under
    /// one that it knows.
    GatewayOnly,
    /// The till says that money moved, the gateway's report does not.
    TillOnly,
    /// The gateway says approved and the till says otherwise, or the other way round.
    Status,
    /// Another amount.
    Amount,
    /// Another currency.
    Currency,
    /// A sale here and a preauthorisation there.
    Kind,
    /// The gateway gave money back that the till did not.
    Return,
    /// Final at the gateway, and still open here after it was asked.
    Open,
    /// A capture that the till did not make, a chargeback and whatever else came later.
    Later,
    /// An order whose id no till made: the merchant takes payments elsewhere under the same endpoint.
    Elsewhere,
}

impl Differs {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::GatewayOnly,
        Self::TillOnly,
        Self::Status,
        Self::Amount,
        Self::Currency,
        Self::Kind,
        Self::Return,
        Self::Open,
        Self::Later,
        Self::Elsewhere,
    ];

    /// Its name in the file and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GatewayOnly => "gateway_only",
            Self::TillOnly => "till_only",
            Self::Status => "status",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Kind => "kind",
            Self::Return => "return",
            Self::Open => "open",
            Self::Later => "later",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// How they differ.
    pub differs: Differs,
    /// Whether the gateway took or gave back money by it.
    pub approved: bool,
    /// The merchant's id of the order.
    pub client_orderid: String,
    /// The gateway's id of the order, if it has one.
    pub orderid: String,
    /// What the till says, in words.
    pub till: String,
    /// What the report says, in words.
    pub report: String,
    /// What the gateway answered when it was asked for the status, in words, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// What the till says of the payment itself.
enum Said {
    /// Approved; over how much, where the till knows.
    Approved(Option<Amount>),
    /// Refused with this status; `error` is not among the statuses that the report is documented to have.
    Refused(Status),
    /// Not charged.
    Nothing,
    /// Not known yet.
    Open,
}

/// Compares the orders with the rows of a report. An order that the report lacks is missed only if it was taken within
/// `period` (Unix milliseconds); so the report may cover more, and orders may be older.
#[must_use]
pub fn compare(period: &Range<u64>, orders: &[Order], rows: &[Row]) -> Vec<Difference> {
    let mut reported: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        reported.entry(&row.client_orderid).or_default().push(row);
    }
    reported.values_mut().for_each(|rows| rows.sort());
    let mut found = Vec::new();
    for order in orders {
        let rows = reported.remove(order.terms.attempt.as_str()).unwrap_or_default();
        Pair { order, period }.compare(&rows, &mut found);
    }
    for row in reported.into_values().flatten() {
        let is_tills = row.client_orderid.parse::<AttemptId>().is_ok();
        let differs = if is_tills { Differs::GatewayOnly } else { Differs::Elsewhere };
        found.push(difference(differs, row, "not known".to_owned()));
    }
    found.sort_by(|one, other| {
        one.differs.cmp(&other.differs).then(other.approved.cmp(&one.approved)).then_with(|| one.cmp(other))
    });
    found.dedup();
    found
}

/// An order, and when it has to be in the report.
struct Pair<'a> {
    order: &'a Order,
    period: &'a Range<u64>,
}

impl Pair<'_> {
    fn compare(&self, rows: &[&Row], found: &mut Vec<Difference>) {
        let order = self.order;
        // An order whose number we never heard is the one that was charged, if any was.
        let own = order.order_id.as_deref().or_else(|| {
            let charged = rows.iter().find(|row| is_payment(row) && is_approved(row));
            charged.or_else(|| rows.first()).map(|row| row.orderid.as_str())
        });
        let (rows, others): (Vec<&Row>, Vec<&Row>) =
            rows.iter().copied().partition(|row| own.is_none_or(|own| own == row.orderid));
        let said = order.order_id.as_ref().map_or_else(|| in_words(order), |id| format!("order {id}"));
        found.extend(others.into_iter().map(|row| difference(Differs::GatewayOnly, row, said.clone())));
        let (mut payments, later): (Vec<&Row>, Vec<&Row>) = rows.into_iter().partition(|row| is_payment(row));
        payments.dedup();
        self.payments(&payments, found);
        self.later(later, found);
    }

    fn payments(&self, rows: &[&Row], found: &mut Vec<Difference>) {
        let said = said(self.order);
        let approved: Vec<_> = rows.iter().copied().filter(|row| is_approved(row)).collect();
        let rows =
            if approved.is_empty() { rows.get(..rows.len().min(1)).unwrap_or_default() } else { &approved };
        if rows.is_empty()
            && matches!(said, Said::Approved(_))
            && self.period.contains(&self.order.accepted_at)
        {
            found.push(self.missing("no such transaction"));
        }
        for row in rows {
            let mut differs = |differs| found.push(difference(differs, row, in_words(self.order)));
            if row.transaction_type != kind(self.order.terms.kind) {
                differs(Differs::Kind);
            }
            match (&said, is_approved(row)) {
                (Said::Approved(amount), true) => {
                    let asked = self.order.terms.amount;
                    if row.currency != asked.currency.code() {
                        differs(Differs::Currency);
                    } else if amount.is_some_and(|amount| read(row, amount.currency) != Some(amount)) {
                        differs(Differs::Amount);
                    }
                }
                (Said::Refused(status), false) => {
                    let is_same = *status == Status::Error || *status == row.status();
                    if !is_same {
                        differs(Differs::Status);
                    }
                }
                (Said::Nothing, false) => {}
                (Said::Approved(_), false) | (Said::Refused(_) | Said::Nothing, true) => {
                    differs(Differs::Status);
                }
                (Said::Open, _) => differs(Differs::Open),
            }
        }
    }

    /// Rows have no number of their own, so two equal ones are two transactions.
    fn later(&self, rows: Vec<&Row>, found: &mut Vec<Difference>) {
        let mut rows: Vec<_> = rows.into_iter().filter(|row| is_approved(row)).collect();
        let said = in_words(self.order);
        let mut unmatched = vec![];
        for (nth, later) in self.order.later.iter().enumerate() {
            if later.transfer != Transfer::Done {
                continue;
            }
            let is_it = |row: &&Row| later_kind(row) == Some(later.kind) && self.fits(nth, later, row);
            match rows.iter().position(is_it) {
                Some(at) => drop(rows.remove(at)),
                None => unmatched.push(later),
            }
        }
        for later in unmatched {
            match rows.iter().position(|row| later_kind(row) == Some(later.kind)) {
                Some(at) => found.push(difference(Differs::Amount, rows.remove(at), said.clone())),
                None if self.period.contains(&later.since) => {
                    found.push(self.missing(&format!("no such {}", later.kind_in_words())));
                }
                None => {}
            }
        }
        for row in rows {
            let kind = later_kind(row);
            let differs = match kind {
                Some(kind) if self.order.open_later().is_some_and(|later| later.kind == kind) => {
                    Differs::Open
                }
                Some(LaterKind::Return | LaterKind::Void) => Differs::Return,
                Some(LaterKind::Capture) | None => Differs::Later,
            };
            found.push(difference(differs, row, said.clone()));
        }
    }

    /// Of a whole return the gateway may name what was asked at first; of a payment that was reported as not charged the
    /// till never heard how much it was.
    fn fits(&self, nth: usize, later: &Later, row: &Row) -> bool {
        let asked = self.order.terms.amount;
        let never_told = !matches!(self.order.state, State::Final(Outcome::Approved { .. }));
        let amount = read(row, asked.currency).filter(|_| row.currency == asked.currency.code());
        let whole = later.amount.is_none() && (never_told || amount == Some(asked));
        whole || amount == Some(self.order.amount_of(nth))
    }

    fn missing(&self, what: &str) -> Difference {
        Difference {
            differs: Differs::TillOnly,
            approved: false,
            client_orderid: self.order.terms.attempt.to_string(),
            orderid: self.order.order_id.clone().unwrap_or_default(),
            till: in_words(self.order),
            report: what.to_owned(),
            status: None,
        }
    }
}

fn difference(differs: Differs, row: &Row, till: String) -> Difference {
    let Row { client_orderid, orderid, transaction_type, status, amount, currency } = row;
    Difference {
        differs,
        approved: is_approved(row),
        client_orderid: client_orderid.clone(),
        orderid: orderid.clone(),
        till,
        report: format!("{transaction_type} {status} {amount} {currency}"),
        status: None,
    }
}

fn said(order: &Order) -> Said {
    match &order.state {
        State::Final(Outcome::Approved { amount }) | State::KeepOrGiveBack { amount } => {
            Said::Approved(Some(*amount))
        }
        // What was reported as not charged and was given back when it turned up.
        State::Final(_) if !order.later.is_empty() => Said::Approved(None),
        State::Final(Outcome::GivenBack { .. }) => Said::Approved(None),
        State::Final(Outcome::Declined(_)) => Said::Refused(Status::Declined),
        State::Final(Outcome::Filtered(_)) => Said::Refused(Status::Filtered),
        State::Final(Outcome::Error(_)) => Said::Refused(Status::Error),
        State::Final(Outcome::NotCharged { .. }) => Said::Nothing,
        State::Submitting | State::Searching(_) | State::Following { .. } => Said::Open,
    }
}

fn in_words(order: &Order) -> String {
    let what = kind(order.terms.kind);
    let asked = order.terms.amount;
    let sum = match said(order) {
        Said::Approved(amount) => format!("{what} approved {}", amount.unwrap_or(asked)),
        Said::Refused(status) => format!("{what} {} {asked}", status.as_str()),
        Said::Nothing => format!("{what} not charged {asked}"),
        Said::Open => format!("{what} open {asked}"),
    };
    let later = order.later.iter().enumerate().map(|(nth, later)| {
        let (what, amount) = (later.kind_in_words(), order.amount_of(nth));
        match (later.kind, later.amount, later.transfer) {
            (LaterKind::Return, None, Transfer::Done) => ", given back".to_owned(),
            (LaterKind::Return, None, Transfer::Refused | Transfer::Denied) => ", return refused".to_owned(),
            (LaterKind::Return, None, _) => ", being given back".to_owned(),
            (_, _, Transfer::Done) => format!(", {what} {amount}"),
            (_, _, Transfer::Refused | Transfer::Denied) => format!(", {what} {amount} refused"),
            _ => format!(", {what} {amount} open"),
        }
    });
    std::iter::once(sum).chain(later).collect()
}

fn read(row: &Row, currency: Currency) -> Option<Amount> {
    Amount::from_major(&row.amount, currency).ok()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Sale => "sale",
        Kind::Preauth => "preauth",
    }
}

fn is_payment(row: &Row) -> bool {
    matches!(row.transaction_type.as_str(), "sale" | "preauth")
}

fn later_kind(row: &Row) -> Option<LaterKind> {
    match row.transaction_type.as_str() {
        "capture" => Some(LaterKind::Capture),
        "reversal" | "cancel" | "refund" => Some(LaterKind::Return),
        "void" => Some(LaterKind::Void),
        _ => None,
    }
}

fn is_approved(row: &Row) -> bool {
    row.status() == Status::Approved
}
