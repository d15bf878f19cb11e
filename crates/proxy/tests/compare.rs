//! The comparison of the till's orders with the gateway's report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use payment::api::{Kind, LaterKind, NotCharged, Reason};
use payment::attempt::AttemptId;
use payment::money::Amount;
use payment::order::{Answer, Asked, Event, Order, Report, Rules, Status, Submission, Transaction, Transfer};
use paynet::report::Row;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use proxy::books::compare::{Difference, Differs, compare};
use std::ops::Range;
use support::{ID, accepted, report};

/// Orders of these tests are taken at 1000.
const PERIOD: Range<u64> = 0..2_000;
const OTHER: &str = "BBBBBBBBBBBBBBBBBBBB";

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Approved,
    ApprovedForLess,
    Declined,
    Filtered,
    Error,
    Refused,
    Open,
    GivenBack,
    GivingBack,
}

const ENDS: [End; 9] = [
    End::Approved,
    End::ApprovedForLess,
    End::Declined,
    End::Filtered,
    End::Error,
    End::Refused,
    End::Open,
    End::GivenBack,
    End::GivingBack,
];

fn says(id: &str, change: impl FnOnce(&mut Report)) -> Event {
    let mut report = Report { attempt: id.to_owned(), ..report(Status::Approved) };
    change(&mut report);
    Event::Status(Answer::Report(Box::new(report)))
}

fn order(id: &str, end: End) -> Order {
    let terms = serde_json::from_value(support::terms(id)).unwrap();
    let (order, _) = Order::accept(terms, 1_000);
    let status = |status| says(id, |report| report.status = status);
    let returned = |status| {
        says(id, |report| {
            (report.transaction, report.status) = (Some(Transaction::Return), status);
        })
    };
    let submitted = match end {
        End::Refused => Submission::Refused(NotCharged::Refused, Reason::default()),
        _ => accepted(),
    };
    let events = match end {
        End::Refused | End::Open => vec![],
        End::Approved => vec![status(Status::Approved)],
        End::ApprovedForLess => vec![says(id, |report| report.amount.as_mut().unwrap().minor = 700)],
        End::Declined => vec![status(Status::Declined)],
        End::Filtered => vec![status(Status::Filtered)],
        End::Error => vec![status(Status::Error)],
        End::GivenBack => vec![
            status(Status::Approved),
            Event::GiveBack,
            Event::LaterSent { nth: 0, end: accepted() },
            returned(Status::Approved),
        ],
        End::GivingBack => {
            vec![status(Status::Approved), Event::GiveBack, Event::LaterSent { nth: 0, end: accepted() }]
        }
    };
    let rules = Rules::default();
    let handled = |order: Order, event| order.handle(event, &rules, 1_000).0;
    std::iter::once(Event::Submitted(submitted)).chain(events).fold(order, handled)
}

fn row(id: &str, kind: &str, status: &str) -> Row {
    Row {
        client_orderid: id.to_owned(),
        orderid: "4711".to_owned(),
        transaction_type: kind.to_owned(),
        status: status.to_owned(),
        amount: "10.42".to_owned(),
        currency: "EUR".to_owned(),
    }
}

/// What the gateway has of such an order.
fn rows(id: &str, end: End) -> Vec<Row> {
    match end {
        End::Approved | End::GivingBack => vec![row(id, "sale", "approved")],
        End::ApprovedForLess => vec![Row { amount: "7.00".into(), ..row(id, "sale", "approved") }],
        End::Declined => vec![row(id, "sale", "declined")],
        End::Filtered => vec![row(id, "sale", "filtered")],
        // The report is not documented to have a status for it.
        End::Error => vec![row(id, "sale", "declined")],
        End::Refused | End::Open => vec![],
        End::GivenBack => vec![row(id, "sale", "approved"), row(id, "reversal", "approved")],
    }
}

fn found(differences: &[Difference]) -> Vec<(Differs, bool)> {
    differences.iter().map(|difference| (difference.differs, difference.approved)).collect()
}

#[test]
fn equal_books_do_not_differ() {
    for end in ENDS {
        assert_eq!(compare(&PERIOD, &[order(ID, end)], &rows(ID, end)), [], "{end:?}");
    }
}

/// What it is, the till's orders, the gateway's rows, what is found, and whether a person has to look.
type Case = (&'static str, Vec<Order>, Vec<Row>, Differs, bool);

#[test]
fn each_difference_is_found() {
    let approved = row(ID, "sale", "approved");
    let table: [Case; 17] = [
        ("a charge nobody knows", vec![], vec![approved.clone()], Differs::GatewayOnly, true),
        ("a refusal nobody knows", vec![], vec![row(ID, "sale", "declined")], Differs::GatewayOnly, false),
        (
            "a second charge under one id",
            vec![order(ID, End::Approved)],
            vec![approved.clone(), Row { orderid: "4712".into(), ..approved.clone() }],
            Differs::GatewayOnly,
            true,
        ),
        ("an approval the gateway lacks", vec![order(ID, End::Approved)], vec![], Differs::TillOnly, false),
        (
            "a return the gateway lacks",
            vec![order(ID, End::GivenBack)],
            vec![approved.clone()],
            Differs::TillOnly,
            false,
        ),
        (
            "charged, told as declined",
            vec![order(ID, End::Declined)],
            vec![approved.clone()],
            Differs::Status,
            true,
        ),
        (
            "charged, told as not charged",
            vec![order(ID, End::Refused)],
            vec![approved.clone()],
            Differs::Status,
            true,
        ),
        (
            "declined, told as approved",
            vec![order(ID, End::Approved)],
            vec![row(ID, "sale", "declined")],
            Differs::Status,
            false,
        ),
        (
            "filtered, told as declined",
            vec![order(ID, End::Declined)],
            vec![row(ID, "sale", "filtered")],
            Differs::Status,
            false,
        ),
        (
            "another amount",
            vec![order(ID, End::Approved)],
            vec![Row { amount: "10.41".into(), ..approved.clone() }],
            Differs::Amount,
            true,
        ),
        (
            "no amount",
            vec![order(ID, End::Approved)],
            vec![Row { amount: String::new(), ..approved.clone() }],
            Differs::Amount,
            true,
        ),
        (
            "another currency",
            vec![order(ID, End::Approved)],
            vec![Row { currency: "USD".into(), ..approved.clone() }],
            Differs::Currency,
            true,
        ),
        (
            "reserved, told as charged",
            vec![order(ID, End::Approved)],
            vec![row(ID, "preauth", "approved")],
            Differs::Kind,
            true,
        ),
        (
            "a return the till did not make",
            vec![order(ID, End::Approved)],
            vec![approved.clone(), row(ID, "reversal", "approved")],
            Differs::Return,
            true,
        ),
        (
            "a return that is not told yet",
            vec![order(ID, End::GivingBack)],
            vec![approved.clone(), row(ID, "reversal", "approved")],
            Differs::Open,
            true,
        ),
        ("final there, open here", vec![order(ID, End::Open)], vec![approved.clone()], Differs::Open, true),
        (
            "a chargeback",
            vec![order(ID, End::Approved)],
            vec![approved.clone(), row(ID, "chargeback", "approved")],
            Differs::Later,
            true,
        ),
    ];
    for (what, orders, rows, differs, approved) in table {
        assert_eq!(found(&compare(&PERIOD, &orders, &rows)), [(differs, approved)], "{what}");
    }
    let elsewhere = Row { client_orderid: "invoice-1".into(), ..approved.clone() };
    assert_eq!(found(&compare(&PERIOD, &[], &[elsewhere])), [(Differs::Elsewhere, true)]);
    let second_return = Row { amount: "1.00".into(), ..row(ID, "reversal", "approved") };
    let rows = [rows(ID, End::GivenBack), vec![second_return]].concat();
    let differences = compare(&PERIOD, &[order(ID, End::GivenBack)], &rows);
    assert_eq!(found(&differences), [(Differs::Return, true)]);
    assert_eq!(differences[0].report, "reversal approved 1.00 EUR", "the other is ours, by its amount");
}

#[test]
fn refused_attempts_at_a_later_transaction_moved_nothing() {
    let rows = [row(ID, "sale", "approved"), row(ID, "reversal", "declined"), row(ID, "capture", "filtered")];
    assert_eq!(compare(&PERIOD, &[order(ID, End::Approved)], &rows), []);
}

#[test]
fn what_is_older_or_newer_than_the_period_is_not_missed() {
    for period in [0..1_000, 1_001..2_000] {
        for end in [End::Approved, End::GivenBack] {
            assert_eq!(compare(&period, &[order(ID, end)], &[]), []);
        }
    }
}

#[test]
fn what_only_the_gateway_knows_stands_first_and_charges_before_refusals() {
    let orders = [order(OTHER, End::Approved)];
    let all = [
        Row { client_orderid: "invoice-1".into(), ..row(ID, "sale", "approved") },
        row("CCCCCCCCCCCCCCCCCCCC", "sale", "declined"),
        row("DDDDDDDDDDDDDDDDDDDD", "sale", "approved"),
    ];
    let differences = compare(&PERIOD, &orders, &all);
    let expected = [
        (Differs::GatewayOnly, true),
        (Differs::GatewayOnly, false),
        (Differs::TillOnly, false),
        (Differs::Elsewhere, true),
    ];
    assert_eq!(found(&differences), expected);
    assert_eq!(differences[0].client_orderid, "DDDDDDDDDDDDDDDDDDDD");
    assert_eq!(
        (differences[0].till.as_str(), differences[0].report.as_str()),
        ("not known", "sale approved 10.42 EUR")
    );
    assert_eq!(differences[2].till, "sale approved 10.42 EUR");
}

fn ends() -> impl Strategy<Value = Vec<(String, End)>> {
    let books = prop::collection::btree_map("[A-D]{2}", prop::sample::select(ENDS.to_vec()), 0..8);
    books.prop_map(|books| {
        let id = |short: String| format!("{short}AAAAAAAAAAAAAAAAAA");
        books.into_iter().map(|(short, end)| (id(short), end)).collect()
    })
}

fn any_row() -> impl Strategy<Value = Row> {
    let client = prop_oneof!["[A-D]{2}AAAAAAAAAAAAAAAAAA", "\\PC{0,24}"];
    let kind = prop_oneof!["sale|preauth|reversal|cancel|chargeback|capture", "\\PC{0,8}"];
    let status = prop_oneof!["approved|declined|filtered", "\\PC{0,8}"];
    let amount = prop_oneof!["10\\.42|7\\.00", "\\PC{0,8}"];
    (client, "4711|4712|", kind, status, amount, "EUR|USD|\\PC{0,3}").prop_map(
        |(client_orderid, orderid, transaction_type, status, amount, currency)| Row {
            client_orderid,
            orderid,
            transaction_type,
            status,
            amount,
            currency,
        },
    )
}

fn books(ends: &[(String, End)]) -> (Vec<Order>, Vec<Row>) {
    let orders = ends.iter().map(|(id, end)| order(id, *end)).collect();
    (orders, ends.iter().flat_map(|(id, end)| rows(id, *end)).collect())
}

/// The csv of rows, as a gateway with other habits may write it.
fn written(rows: &[Row], line_end: &str) -> String {
    let quoted = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
    let mut text =
        format!("note,status,currency,amount,merchant-order-id,paynet-order-id,transaction-type{line_end}");
    for row in rows {
        let Row { client_orderid, orderid, transaction_type, status, amount, currency } = row;
        let fields = ["a, \"b\"", status, currency, amount, client_orderid, orderid, transaction_type];
        text.push_str(&(fields.map(quoted).join(",") + line_end));
    }
    text
}

proptest! {
    #[test]
    fn equal_books_of_any_size_do_not_differ(ends in ends()) {
        let (orders, rows) = books(&ends);
        prop_assert_eq!(compare(&PERIOD, &orders, &rows), []);
    }

    #[test]
    fn a_charge_that_is_taken_out_of_the_till_stands_first(ends in ends(), at in any::<prop::sample::Index>()) {
        let charged: Vec<_> = ends.iter().filter(|(_, end)| *end == End::Approved).collect();
        prop_assume!(!charged.is_empty());
        let lost = at.get(&charged).0.clone();
        let (mut orders, rows) = books(&ends);
        orders.retain(|order| order.terms.attempt.as_str() != lost);
        let differences = compare(&PERIOD, &orders, &rows);
        prop_assert_eq!(found(&differences), [(Differs::GatewayOnly, true)]);
        prop_assert_eq!(&differences[0].client_orderid, &lost);
    }

    #[test]
    fn neither_order_nor_repetition_of_payments_matters(ends in ends(), more in prop::collection::vec(any_row(), 0..12)) {
        let (mut orders, mut rows) = books(&ends);
        rows.extend(more);
        let before = compare(&PERIOD, &orders, &rows);
        let is_payment = |row: &&Row| matches!(row.transaction_type.as_str(), "sale" | "preauth");
        rows.extend(rows.iter().filter(is_payment).cloned().collect::<Vec<_>>());
        rows.reverse();
        orders.reverse();
        prop_assert_eq!(compare(&PERIOD, &orders, &rows), before);
    }

    #[test]
    fn how_the_report_is_written_does_not_matter(ends in ends(), windows in any::<bool>()) {
        let (orders, rows) = books(&ends);
        let text = written(&rows, if windows { "\r\n" } else { "\n" });
        let read = paynet::report::read(text.as_bytes(), &paynet::dialect::Columns::default());
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(compare(&PERIOD, &orders, &read), []);
    }

    #[test]
    fn every_row_of_an_order_that_is_not_known_is_named(rows in prop::collection::vec(any_row(), 0..12)) {
        let differences = compare(&PERIOD, &[], &rows);
        for row in &rows {
            let differs = if row.client_orderid.parse::<AttemptId>().is_ok() {
                Differs::GatewayOnly
            } else {
                Differs::Elsewhere
            };
            let named = |d: &&Difference| d.client_orderid == row.client_orderid && d.orderid == row.orderid;
            prop_assert!(differences.iter().filter(named).any(|d| d.differs == differs));
        }
    }
}

/// An approved order of this kind with these later transactions, all of them done; `None` is the whole.
fn later(kind: Kind, done: &[(LaterKind, Option<u64>)]) -> Order {
    let mut order = order(ID, End::Approved);
    order.terms.kind = kind;
    let rules = Rules { void: true, ..Rules::default() };
    let eur = order.terms.amount.currency;
    for (nth, (kind, minor)) in done.iter().enumerate() {
        let asked = Asked {
            request: AttemptId::from_random([u8::try_from(nth).unwrap(); 20]),
            amount: minor.map(|minor| Amount::new(minor, eur)),
            reason: "r".into(),
            operator: None,
        };
        let serial_number = Some(format!("sn-{nth}"));
        order = order.ask_later(*kind, asked, &rules, 1_000).unwrap().0;
        let end = Submission::Accepted { order_id: "4711".into(), serial_number: serial_number.clone() };
        let amount = Some(order.amount_of(nth));
        let transaction = order.later[nth].transaction();
        let told = says(ID, |report| {
            (report.transaction, report.amount, report.serial_number) =
                (Some(transaction), amount, serial_number);
        });
        order = order.handle(Event::LaterSent { nth, end }, &rules, 1_000).0;
        order = order.handle(told, &rules, 1_000).0;
        assert_eq!(order.later[nth].transfer, Transfer::Done);
    }
    order
}

fn part(kind: &str, amount: &str) -> Row {
    Row { amount: amount.to_owned(), ..row(ID, kind, "approved") }
}

#[test]
fn captures_parts_and_voids_are_matched_one_by_one() {
    use LaterKind::{Capture, Return, Void};
    let captured = later(Kind::Preauth, &[(Capture, Some(700)), (Return, Some(200)), (Return, Some(200))]);
    let rows = [
        row(ID, "preauth", "approved"),
        part("capture", "7.00"),
        part("reversal", "2.00"),
        part("reversal", "2.00"),
    ];
    assert_eq!(compare(&PERIOD, std::slice::from_ref(&captured), &rows), []);
    for (missing, what) in [(1, "no such capture"), (3, "no such return")] {
        let rows: Vec<_> =
            rows.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, row)| row.clone()).collect();
        let differences = compare(&PERIOD, std::slice::from_ref(&captured), &rows);
        assert_eq!(found(&differences), [(Differs::TillOnly, false)]);
        assert_eq!(differences[0].report, what);
        assert_eq!(
            differences[0].till,
            "preauth approved 10.42 EUR, capture 7.00 EUR, return 2.00 EUR, return 2.00 EUR"
        );
    }
    let more = |row: Row| [&rows[..], &[row]].concat();
    for (row, differs) in [
        (part("reversal", "2.00"), Differs::Return),
        (part("void", "3.00"), Differs::Return),
        (part("capture", "3.42"), Differs::Later),
    ] {
        let differences = compare(&PERIOD, std::slice::from_ref(&captured), &more(row));
        assert_eq!(found(&differences), [(differs, true)]);
    }
    let mut other = rows.clone();
    other[3] = part("reversal", "2.01");
    assert_eq!(found(&compare(&PERIOD, &[captured], &other)), [(Differs::Amount, true)]);

    let voided = later(Kind::Sale, &[(Void, None)]);
    let rows = [row(ID, "sale", "approved"), row(ID, "void", "approved")];
    assert_eq!(compare(&PERIOD, std::slice::from_ref(&voided), &rows), []);
    assert_eq!(found(&compare(&PERIOD, &[voided], &rows[..1])), [(Differs::TillOnly, false)]);
}
