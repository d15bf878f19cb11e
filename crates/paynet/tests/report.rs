//! The transaction report: what is asked and what its CSV says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::dialect::Columns;
use paynet::report::{Row, read};
use paynet::{ControlKey, Dialect, Fields, Login, Merchant, Period, ReportError, Stamp, oauth};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const HEADER: &str = "paynet-order-id,merchant-order-id,transaction-type,status,amount,currency";

fn row(client: &str, kind: &str) -> Row {
    Row {
        client_orderid: client.into(),
        orderid: "4711".into(),
        transaction_type: kind.into(),
        status: "approved".into(),
        amount: "10.42".into(),
        currency: "EUR".into(),
    }
}

fn rows(text: &str) -> Result<Vec<Row>, ReportError> {
    read(text.as_bytes(), &Columns::default())
}

#[test]
fn the_query_takes_part_in_the_signature() {
    let (login, key) = (
        Login::try_from("merchantlogin".to_owned()).unwrap(),
        ControlKey::try_from("B17F59B4-A7DC-41B4-8FF9-37D986B43D20".to_owned()).unwrap(),
    );
    let merchant = Merchant {
        login: login.clone(),
        key: key.clone(),
        endpoint: "1111".into(),
        dialect: Dialect::default(),
    };
    let stamp = Stamp { nonce: "y3qlvMPky7g".into(), timestamp: 1_669_966_913 };
    let period = Period { from: "2026-11-01 00:00:00".into(), to: "2026-11-02 23:59:59".into() };
    let request = merchant.transaction_report(&period, &stamp);
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.url,
        "https://sandbox.payneteasy.com/paynet-ui/services/transaction-report?createdFromDate=2026-11-01%2000%3A00%3A00\
         &createdToDate=2026-11-02%2023%3A59%3A59&endpoints=1111"
    );
    assert!(request.body.is_empty());
    let signed = oauth::sign("GET", &request.url, &Fields::default(), &login, &key, &stamp);
    assert!(signed.base_string.contains("createdFromDate%3D2026-11-01%252000%253A00%253A00"));
    assert_eq!(request.headers, [("Authorization", signed.header)]);
}

#[test]
fn quotes_line_ends_order_and_further_columns_do_not_matter() {
    let plain = format!("{HEADER}\n4711,A,sale,approved,10.42,EUR\n4711,A,reversal,approved,10.42,EUR\n");
    let expected = Ok(vec![row("A", "sale"), row("A", "reversal")]);
    assert_eq!(rows(&plain), expected);
    assert_eq!(rows(&plain.replace('\n', "\r\n")), expected);
    assert_eq!(rows(plain.trim_end()), expected, "the last line end may be left out");
    assert_eq!(rows(&format!("\u{feff}{plain}")), expected);
    let other = "status,\"name, of the \"\"holder\"\"\",currency,amount,transaction-type,merchant-order-id,paynet-order-id\r\n\
                 Approved,\"a\r\nb,c\",\"EUR\",10.42,SALE,A,4711\r\napproved,,EUR,10.42,reversal,\"A\",4711\r\n";
    assert_eq!(rows(other), expected);
    assert_eq!(rows(HEADER), Ok(vec![]));
}

#[test]
fn what_is_not_whole_is_no_report() {
    assert_eq!(rows(""), Err(ReportError::Column("paynet-order-id".into())));
    assert_eq!(rows("<html>"), Err(ReportError::Column("paynet-order-id".into())));
    let renamed = HEADER.replace("amount", "sum");
    assert_eq!(rows(&renamed), Err(ReportError::Column("amount".into())));
    let columns = Columns { amount: "sum".into(), ..Columns::default() };
    assert_eq!(read(renamed.as_bytes(), &columns), Ok(vec![]));
    assert_eq!(rows(&format!("{HEADER}\n4711,A,sale,appr")), Err(ReportError::Line(2)));
    assert_eq!(
        rows(&format!("{HEADER}\n{}", "4711,A,sale,approved,10.42,".repeat(2))),
        Err(ReportError::Line(2))
    );
}
