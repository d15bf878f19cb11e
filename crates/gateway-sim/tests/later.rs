//! What comes after the sale: captures, returns, voids, and the receipts of all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, Shop, refusal};
use gateway_sim::{AnswerFault, Answers, Delivery, Settings};
use paynet::{Callback, Fields, Order, RefusalKind, Status, control};

fn shop() -> Shop {
    let parts = Settings { partial_capture: true, partial_return: true, ..Settings::default() };
    Shop::new(Settings { processing_ms: 0, ..parts })
}

fn money(shop: &mut Shop) -> [u64; 3] {
    let counts = shop.counts();
    ["charged", "captured", "returned"].map(|name| counts[name].as_u64().unwrap())
}

#[test]
fn less_than_reserved_is_captured_once_and_returned_in_parts() {
    let mut shop = shop();
    let order = shop.preauth("A", 2_000, Entry::Swipe).unwrap();
    assert_eq!(refusal(shop.capture(&order, Some(2_001))).message, "Parameter amount is invalid");
    assert_eq!(refusal(shop.give_back(&order, Some(500))).message, "A preauth is cancelled as a whole");
    let capture = shop.capture(&order, Some(1_500)).unwrap();
    let status = shop.status("A");
    assert_eq!((status.transaction_type(), status.status.clone()), (Some("capture"), Status::Approved));
    assert_eq!(status.amount_minor(2), Some(Ok(1_500)));
    assert_eq!(Some(status.serial_number), capture.serial_number);
    assert_eq!(
        refusal(shop.capture(&order, Some(100))).message,
        "Only an approved preauth can be captured, once"
    );
    shop.give_back(&order, Some(500)).unwrap();
    shop.give_back(&order, Some(500)).unwrap();
    assert_eq!(refusal(shop.give_back(&order, Some(501))).message, "Parameter amount is invalid");
    shop.give_back(&order, None).unwrap();
    assert_eq!(shop.status("A").transaction_type(), Some("reversal"));
    assert_eq!(money(&mut shop), [2_000, 1_500, 1_500]);
    let all = &shop.counts()["orders"][0]["later"];
    let all: Vec<_> = all.as_array().unwrap().iter().map(|later| later["type"].as_str().unwrap()).collect();
    assert_eq!(all, ["capture", "reversal", "reversal", "reversal"]);
}

#[test]
fn parts_are_refused_where_the_gate_has_none() {
    let mut shop = Shop::new(Settings { processing_ms: 0, void: false, ..Settings::default() });
    let order = shop.preauth("A", 2_000, Entry::Swipe).unwrap();
    let status = shop.status("A");
    assert_eq!(status.fields.get("gate-partial-capture"), Some("disabled"));
    assert_eq!(refusal(shop.capture(&order, Some(1_500))).message, "Partial capture is disabled");
    shop.capture(&order, None).unwrap();
    assert_eq!(refusal(shop.void(&order)).message, "The gate does not support void");
    assert_eq!(refusal(shop.give_back(&order, Some(100))).message, "Partial return is disabled");
}

#[test]
fn a_sale_or_capture_is_voided_as_long_as_nothing_went_back() {
    let mut shop = shop();
    let sale = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    shop.void(&sale).unwrap();
    assert_eq!(shop.status("A").transaction_type(), Some("void"));
    assert_eq!(shop.status("A").stage.unwrap().as_str(), "void_approved");
    assert_eq!(refusal(shop.give_back(&sale, None)).message, "Parameter amount is invalid");
    let reserved = shop.preauth("B", 1_000, Entry::Swipe).unwrap();
    assert_eq!(refusal(shop.void(&reserved)).message, "Only an approved sale or capture can be voided");
    let part = shop.sale("C", 1_000, Entry::Swipe).unwrap();
    shop.give_back(&part, Some(300)).unwrap();
    assert_eq!(refusal(shop.void(&part)).message, "Only an approved sale or capture can be voided");
    assert_eq!(money(&mut shop), [3_000, 0, 1_300]);
}

#[test]
fn one_at_a_time_and_only_after_the_payment() {
    let mut shop = Shop::new(Settings { partial_return: true, ..Settings::default() });
    let order = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    assert_eq!(refusal(shop.void(&order)).message, "The order is not approved");
    shop.pass(2_000);
    shop.give_back(&order, Some(300)).unwrap();
    assert_eq!(refusal(shop.give_back(&order, Some(300))).message, "A transaction of the order is under way");
    assert_eq!(refusal(shop.void(&order)).message, "A transaction of the order is under way");
    shop.pass(2_000);
    shop.give_back(&order, Some(300)).unwrap();
}

#[test]
fn status_speaks_of_the_latest_or_of_the_request_that_is_named() {
    let mut shop = shop();
    let order = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    let first = shop.give_back(&order, Some(300)).unwrap();
    let second = shop.give_back(&order, Some(300)).unwrap();
    assert_eq!(Some(shop.status("A").serial_number), second.serial_number);
    let named = Order { client_orderid: "A", orderid: None, serial_number: first.serial_number.as_deref() };
    assert_eq!(Some(shop.ask(&named).unwrap().serial_number), first.serial_number);
}

#[test]
fn the_amount_of_a_part_decides_and_the_settings_do_for_all() {
    let mut shop = shop();
    let order = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    shop.give_back(&order, Some(116)).unwrap();
    let declined = shop.status("A");
    assert_eq!((declined.status.clone(), declined.fields.get("error-code")), (Status::Declined, Some("116")));
    shop.give_back(&order, Some(217)).unwrap();
    assert_eq!(shop.status("A").status, Status::Unknown);
    shop.pass(30_000);
    assert_eq!(shop.status("A").status, Status::Approved);
    shop.give_back(&order, Some(161)).unwrap();
    assert_eq!(shop.delivered, Delivery::CutOff);
    assert_eq!(shop.status("A").amount_minor(2), Some(Ok(161)), "carried out, and the answer lost");
    assert_eq!(shop.control("POST", "/control/settings", r#"{"later": "decline"}"#).0, 200);
    shop.give_back(&order, None).unwrap();
    assert_eq!(shop.status("A").status, Status::Declined);
    assert_eq!(money(&mut shop), [1_000, 0, 217 + 161]);
}

#[test]
fn each_answer_can_be_lost() {
    let lost = AnswerFault::CutOff;
    let answers = Answers { capture: lost, void: lost, reversal: lost, ..Answers::default() };
    let mut shop = Shop::new(Settings { processing_ms: 0, answers, ..Settings::default() });
    let order = shop.preauth("A", 2_000, Entry::Swipe).unwrap();
    shop.capture(&order, None).unwrap();
    assert_eq!(shop.delivered, Delivery::CutOff);
    shop.void(&order).unwrap();
    assert_eq!(shop.delivered, Delivery::CutOff);
    let order = shop.sale("B", 1_000, Entry::Swipe).unwrap();
    shop.give_back(&order, None).unwrap();
    assert_eq!(shop.delivered, Delivery::CutOff);
    assert_eq!(money(&mut shop), [3_000, 2_000, 3_000]);
}

/// A form with its `control`, sent to one of the calls.
fn raw(shop: &mut Shop, call: &str, fields: &[(&str, &str)], signed: Option<(u64, &str)>) -> paynet::Refusal {
    let key = common::key();
    let mut form: Fields = fields.iter().copied().collect();
    let (login, order) =
        (common::login(), shop.counts()["orders"][0]["orderid"].as_str().unwrap().to_owned());
    form.push("login", "merchantlogin");
    form.push("client_orderid", "A");
    form.push("orderid", order.clone());
    form.push("control", control::reversal(&login, "A", &order, signed, &key));
    let request = paynet::Request {
        method: "POST",
        url: format!("http://{}/paynet/api/v2/{call}/1111", common::HOST),
        headers: vec![("Content-Type", "application/x-www-form-urlencoded".to_owned())],
        body: form.encode(),
    };
    refusal(common::accepted(&shop.send(&request)))
}

#[test]
fn what_is_not_the_merchants_or_not_whole_is_refused() {
    let mut shop = shop();
    shop.sale("A", 1_000, Entry::Swipe).unwrap();
    let wrong = "Invalid login or control";
    let comment = ("comment", "x");
    let long = "x".repeat(51);
    for (call, fields, signed, message) in [
        ("return", vec![comment, ("amount", "3.00")], Some((300, "EUR")), "Parameter currency is required"),
        (
            "return",
            vec![comment, ("amount", "3.00"), ("currency", "USD")],
            Some((300, "USD")),
            "Parameter currency is invalid",
        ),
        ("return", vec![comment, ("amount", "3.00"), ("currency", "EUR")], None, wrong),
        ("return", vec![comment, ("amount", "3.00"), ("currency", "EUR")], Some((3, "EUR")), wrong),
        ("return", vec![comment], Some((300, "EUR")), wrong),
        ("capture", vec![], Some((300, "EUR")), wrong),
        ("void", vec![comment], Some((300, "EUR")), wrong),
        ("void", vec![], None, "Parameter comment is required"),
        ("return", vec![], None, "Parameter comment is required"),
        ("void", vec![("comment", &long)], None, "Parameter comment is invalid"),
    ] {
        // Without its currency an amount signs as text alone.
        let signed = if message.ends_with("currency is required") { Some((300, "")) } else { signed };
        let refused = raw(&mut shop, call, &fields, signed);
        assert_eq!(
            (refused.kind, refused.message.as_str()),
            (RefusalKind::Validation, message),
            "{call} {fields:?}"
        );
    }
    assert_eq!(money(&mut shop), [1_000, 0, 0]);
}

#[test]
fn each_is_called_back_and_has_a_receipt() {
    let mut shop = shop();
    let order = shop.preauth("A", 2_000, Entry::Swipe).unwrap();
    let mut receipts = vec![shop.status("A").fields.get("receipt-id").unwrap().to_owned()];
    shop.capture(&order, Some(1_500)).unwrap();
    receipts.push(shop.status("A").fields.get("receipt-id").unwrap().to_owned());
    shop.void(&order).unwrap();
    receipts.push(shop.status("A").fields.get("receipt-id").unwrap().to_owned());
    let called: Vec<_> = shop
        .callbacks(Some(200))
        .iter()
        .map(|query| {
            let callback = Callback::parse(query, &common::key()).unwrap();
            (callback.transaction_type.clone(), callback.fields.get("amount").unwrap().to_owned())
        })
        .collect();
    let expected = [("preauth", "20.00"), ("capture", "15.00"), ("void", "15.00")];
    assert_eq!(called, expected.map(|(kind, amount)| (kind.to_owned(), amount.to_owned())));
    for (receipt, (kind, amount)) in receipts.iter().zip(expected) {
        let page = shop.page(&format!("/paynet/view-receipt/1111/{receipt}"));
        assert_eq!(page.0, 200);
        assert!(
            page.1.contains(&format!("<td>{kind}</td>")) && page.1.contains(&format!("{amount} EUR")),
            "{}",
            page.1
        );
    }
    for path in ["1111/other", "2222/other", "1111", ""] {
        assert_eq!(shop.page(&format!("/paynet/view-receipt/{path}")).0, 404, "{path}");
    }
    assert_eq!(
        shop.page(&format!("/paynet/view-receipt/2222/{}", receipts[0])).0,
        404,
        "of another endpoint"
    );
}
