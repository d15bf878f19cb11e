//! The transaction report: signed, of a period, and of what was really charged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, HOST, Shop};
use gateway_sim::{Reply, Settings};
use paynet::dialect::Columns;
use paynet::report::{Row, read};
use paynet::{Fields, Period, Request, oauth};

fn period(from: &str, to: &str) -> Period {
    Period { from: from.into(), to: to.into() }
}

/// The sandbox's day, 2027-01-15 in Moscow.
fn today() -> Period {
    period("2027-01-15 00:00:00", "2027-01-15 23:59:59")
}

fn ask(shop: &mut Shop, period: &Period) -> Reply {
    let stamp = shop.stamp();
    let request = shop.merchant.transaction_report(period, &stamp);
    shop.send(&request)
}

fn rows(reply: &Reply) -> Vec<Row> {
    assert_eq!(reply.code, 200, "{reply:?}");
    read(reply.body.as_bytes(), &Columns::default()).unwrap()
}

fn facts(rows: &[Row]) -> Vec<(&str, &str, &str, &str)> {
    rows.iter()
        .map(|row| (&*row.client_orderid, &*row.transaction_type, &*row.status, &*row.amount))
        .collect()
}

#[test]
fn it_lists_what_was_charged_declined_and_given_back() {
    let mut shop = Shop::new(Settings::default());
    let paid = shop.sale("A", 1042, Entry::Contactless).unwrap();
    shop.sale("B", 1016, Entry::Contactless).unwrap();
    shop.sale("C", 1060, Entry::Contactless).unwrap();
    shop.pass(5_000);
    shop.give_back(&paid, None).unwrap();
    shop.pass(5_000);
    let reply = ask(&mut shop, &today());
    let all = rows(&reply);
    assert_eq!(
        facts(&all),
        [
            ("A", "sale", "approved", "10.42"),
            ("A", "reversal", "approved", "10.42"),
            ("B", "sale", "declined", "10.16"),
        ],
        "one that is never final is not listed"
    );
    assert!(all.iter().all(|row| row.currency == "EUR" && row.orderid.parse::<u64>().is_ok()));
    assert_eq!(facts(&rows(&ask(&mut shop, &period("2027-01-16 00:00:00", "2027-01-16 23:59:59")))), []);
}

/// The same question with other parameters, signed anew.
fn ask_with(shop: &mut Shop, more: &str) -> Reply {
    let stamp = shop.stamp();
    let Request { url, body, .. } = shop.merchant.transaction_report(&today(), &stamp);
    let url = format!("{}{more}", url.replace("&endpoints=1111", ""));
    let (login, key) = (common::login(), common::key());
    let signed = oauth::sign("GET", &url, &Fields::default(), &login, &key, &stamp);
    shop.send(&Request { method: "GET", url, headers: vec![("Authorization", signed.header)], body })
}

#[test]
fn filters_leave_out_what_was_not_asked_for() {
    let mut shop = Shop::new(Settings::default());
    shop.sale("A", 1042, Entry::Contactless).unwrap();
    shop.sale("B", 1016, Entry::Contactless).unwrap();
    shop.pass(5_000);
    for (more, left) in [
        ("", 2),
        ("&endpoints=1111%2C2222", 2),
        ("&endpoints=2222", 0),
        ("&transactionStatuses=approved", 1),
        ("&transactionTypes=reversal%2Ccapture", 0),
    ] {
        assert_eq!(rows(&ask_with(&mut shop, more)).len(), left, "{more}");
    }
}

#[test]
fn strangers_and_long_periods_are_refused() {
    let mut shop = Shop::new(Settings::default());
    let (code, refused) = (|reply: Reply| reply.code, period("2027-01-01 00:00:00", "2027-02-01 00:00:01"));
    assert_eq!(code(ask(&mut shop, &refused)), 400, "31 days and a second");
    assert_eq!(code(ask(&mut shop, &period("2027-01-01 00:00:00", "2027-02-01 00:00:00"))), 200);
    assert_eq!(code(ask(&mut shop, &period("2027-01-02 00:00:00", "2027-01-01 00:00:00"))), 400);
    assert_eq!(code(ask(&mut shop, &period("yesterday", "today"))), 400);
    let stamp = shop.stamp();
    let request = shop.merchant.transaction_report(&today(), &stamp);
    let widened = Request { url: request.url.replace("2027-01-15", "2027-01-14"), ..request.clone() };
    assert_eq!(shop.send(&widened).code, 403, "the query is signed");
    assert_eq!(shop.send(&Request { headers: vec![], ..request.clone() }).code, 403);
    assert_eq!(shop.send(&Request { method: "POST", ..request.clone() }).code, 405);
    assert_eq!(shop.send(&request).code, 200);
    assert_eq!(shop.send(&request).code, 403, "a nonce counts once");
    assert!(request.url.starts_with(&format!("http://{HOST}/paynet-ui/")));
}
