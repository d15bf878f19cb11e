//! Closing the day: what is sent, what an answer means, and what is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use paynet::oauth::Authorization;
use paynet::{
    Amount, CloseDay, ControlKey, DayAnswer, DayTotals, Dialect, Fields, HttpReply, Login, Merchant,
    ReplyError, Stamp, Sum, close_day,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn merchant(dialect: Dialect) -> Merchant {
    Merchant {
        login: Login::try_from("merchantlogin".to_owned()).unwrap(),
        key: ControlKey::try_from("B17F59B4".to_owned()).unwrap(),
        endpoint: "1111".into(),
        dialect,
    }
}

fn sum(count: u64, minor: u64) -> Sum {
    Sum { count, amount: Amount { minor, exponent: 2, currency: "EUR".parse().unwrap() } }
}

fn read(body: &str) -> Result<DayAnswer, ReplyError> {
    close_day::read(&HttpReply { code: 200, error_message: None, body: body.as_bytes() }, &Dialect::default())
}

const CLOSED: &str = "status=approved\n&gateId=7\n&isDayClosing=false\n&gateCloseDate=2026-01-31\n&epntId=1111\n\
    &saleApprovedCount=3\n&saleAmount=30.5\n&reversalApprovedCount=1\n&reversalAmount=4.20\n&code39=00\n\
    &RRN=510321889824\n&theRequestSerialNumber=s-9\n&later=kept\n";

#[test]
fn the_request_is_signed_and_carries_our_totals() {
    let stamp = Stamp { nonce: "n1".into(), timestamp: 1_700_000_000 };
    let totals = DayTotals { sale: sum(3, 3_050), reversal: sum(0, 0) };
    let close = CloseDay { request_id: "ABCDEFGH23", totals: Some(totals) };
    let maker = merchant(Dialect::default());
    let request = maker.close_day(&close, &stamp);
    assert_eq!(request.url, "https://sandbox.payneteasy.com/paynet/api/v2/close-day/1111");
    let form = Fields::decode(request.body.as_bytes());
    let sent: Vec<_> = form.iter().collect();
    assert_eq!(
        sent,
        [
            ("day_close_request_id", "ABCDEFGH23"),
            ("sale_approved_count", "3"),
            ("sale_approved_sum", "30.50"),
            ("reversal_approved_count", "0"),
            ("reversal_approved_sum", "0.00"),
        ]
    );
    let header = request.headers.iter().find(|(name, _)| *name == "Authorization").unwrap();
    let authorization = Authorization::parse(&header.1).unwrap();
    assert!(authorization.verifies("POST", &request.url, &form, &maker.key));

    let mut silent = Dialect::default();
    silent.close_day.send_totals = false;
    let request = merchant(silent).close_day(&close, &stamp);
    assert_eq!(Fields::decode(request.body.as_bytes()).iter().count(), 1);
}

#[test]
fn a_closed_day_has_the_gateways_totals_and_the_banks_words() {
    let answer = read(CLOSED).unwrap();
    assert!(!answer.is_day_closing && answer.is_agreed(&Dialect::default()));
    assert_eq!(answer.totals(2), Some([(3, 3_050), (1, 420)]));
    assert_eq!((answer.code39.as_deref(), answer.rrn.as_deref()), (Some("00"), Some("510321889824")));
    assert_eq!(answer.serial_number.as_deref(), Some("s-9"));
    assert_eq!(answer.fields.get("later"), Some("kept"));
    let blocked = read("status=processing\n&isDayClosing=TRUE\n").unwrap();
    assert!(blocked.is_day_closing && !blocked.is_agreed(&Dialect::default()));
}

#[test]
fn totals_are_whole_or_unknown() {
    for (from, to) in [
        ("saleAmount=30.5", "saleAmount=30.505"),
        ("saleApprovedCount=3", "saleApprovedCount="),
        ("reversalAmount", "x"),
    ] {
        assert_eq!(read(&CLOSED.replace(from, to)).unwrap().totals(2), None, "{to}");
    }
}

#[test]
fn the_banks_code_decides_and_the_status_where_there_is_none() {
    let agreed = |body: &str| read(body).unwrap().is_agreed(&Dialect::default());
    assert!(!agreed(&CLOSED.replace("code39=00", "code39=96")), "whatever the status says");
    let without_code = |status: &str| format!("status={status}\n&theRequestSerialNumber=s-9\n");
    assert!(agreed(&without_code("Approved")));
    assert!(!agreed(&without_code("some new word")));
    assert!(!agreed("isDayClosing=false\n"));
}

#[test]
fn an_answer_that_ends_before_the_banks_code_agrees_to_nothing() {
    let refused = CLOSED.replace("code39=00", "code39=96");
    for (at, _) in refused.match_indices('&') {
        assert!(!read(&refused[..at]).is_ok_and(|answer| answer.is_agreed(&Dialect::default())), "{at}");
    }
}

#[test]
fn half_an_answer_and_other_peoples_are_none() {
    assert_eq!(read(CLOSED.trim_end()), Err(ReplyError::Truncated));
    assert_eq!(read("<html>busy</html>"), Err(ReplyError::Malformed("type")));
    assert_eq!(read("gateId=7\n"), Err(ReplyError::Malformed("type")));
    assert_eq!(read("status=ok\n&isDayClosing=perhaps\n"), Err(ReplyError::Malformed("isDayClosing")));
    assert_eq!(read(&format!("{CLOSED}&saleAmount=1\n")), Err(ReplyError::Malformed("saleAmount")));
    let answer = |code| HttpReply { code, error_message: Some("no"), body: CLOSED.as_bytes() };
    let dialect = Dialect::default();
    assert_eq!(close_day::read(&answer(500), &dialect), Err(ReplyError::HttpStatus(500)));
    assert_eq!(close_day::read(&answer(403), &dialect), Err(ReplyError::Forbidden));
}

#[test]
fn a_used_id_is_told_from_other_refusals() {
    let refusal = |body| match read(body) {
        Err(ReplyError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let dialect = Dialect::default();
    let used =
        "type=validation-error\n&error-message=day_close_request_id+X+is+already+used\n&error-code=1\n";
    assert!(refusal(used).is_closed_before(&dialect));
    let other = "type=validation-error\n&error-message=Parameter+x+is+required\n&error-code=1\n";
    assert!(!refusal(other).is_closed_before(&dialect));
    assert!(!refusal(&used.replace("validation-error", "error")).is_closed_before(&dialect));
}
