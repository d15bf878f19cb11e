//! Closing the day: its totals, its blocked gate, and its faults.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, HOST, Shop, http};
use gateway_sim::{AnswerFault, Answers, Closing, Delivery, Repeat, Reply, Settings};
use paynet::{CloseDay, DayAnswer, DayTotals, Dialect, Fields, ReplyError, Sum, close_day};

fn shop(closing: Closing) -> Shop {
    Shop::new(Settings { processing_ms: 0, closing, ..Settings::default() })
}

fn send(shop: &mut Shop, id: &str) -> Reply {
    let sum = |count, minor| Sum { count, amount: common::eur(minor) };
    let totals = Some(DayTotals { sale: sum(2, 3_000), reversal: sum(1, 1_000) });
    let stamp = shop.stamp();
    let request = shop.merchant.close_day(&CloseDay { request_id: id, totals }, &stamp);
    shop.send(&request)
}

fn close(shop: &mut Shop, id: &str) -> Result<DayAnswer, ReplyError> {
    close_day::read(&http(&send(shop, id)), &Dialect::default())
}

fn refused(shop: &mut Shop, id: &str) -> bool {
    match close(shop, id) {
        Err(ReplyError::Refused(refusal)) => refusal.is_closed_before(&Dialect::default()),
        other => panic!("{other:?}"),
    }
}

fn closings(shop: &mut Shop) -> usize {
    shop.counts()["closings"].as_array().unwrap().len()
}

#[test]
fn a_day_is_what_was_approved_since_the_last_one() {
    let mut shop = shop(Closing::default());
    let first = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    shop.sale("B", 2_000, Entry::Swipe).unwrap();
    shop.sale("C", 2_001, Entry::Swipe).unwrap();
    shop.preauth("D", 5_000, Entry::Swipe).unwrap();
    shop.give_back(&first, None).unwrap();
    shop.pass(1_000);
    let answer = close(&mut shop, "DAYCLOSE1").unwrap();
    assert_eq!(answer.totals(2), Some([(2, 3_000), (1, 1_000)]));
    assert!(answer.is_agreed(&Dialect::default()) && !answer.is_day_closing);
    assert_eq!((answer.rrn.unwrap().len(), answer.code39.as_deref()), (12, Some("00")));
    shop.pass(1_000);
    shop.sale("E", 700, Entry::Swipe).unwrap();
    shop.pass(1_000);
    assert_eq!(close(&mut shop, "DAYCLOSE2").unwrap().totals(2), Some([(1, 700), (0, 0)]));
}

#[test]
fn an_id_closes_one_day() {
    let mut shop = shop(Closing::default());
    close(&mut shop, "DAYCLOSE1").unwrap();
    assert!(refused(&mut shop, "DAYCLOSE1"));
    shop.control("POST", "/control/settings", r#"{"closing": {"repeat": "answer"}}"#);
    assert!(close(&mut shop, "DAYCLOSE1").is_ok());
    assert_eq!((closings(&mut shop), &shop.counts()["closings"][0]["requests"]), (1, &3.into()));
    for wrong in ["SHORT", "with-a-dash", &"A".repeat(33)] {
        assert!(!refused(&mut shop, wrong), "{wrong}");
    }
}

#[test]
fn nothing_passes_a_blocked_gate() {
    let mut shop = shop(Closing { blocked_ms: 5_000, repeat: Repeat::Answer, ..Closing::default() });
    let sale = shop.sale("A", 1_000, Entry::Swipe).unwrap();
    let answer = close(&mut shop, "DAYCLOSE1").unwrap();
    assert!(answer.is_day_closing && answer.code39.is_none());
    let Err(ReplyError::Refused(refusal)) = shop.sale("B", 1_000, Entry::Swipe) else { panic!() };
    assert_eq!(refusal.message, "The day is being closed");
    assert!(shop.give_back(&sale, None).is_err());
    assert_eq!(shop.status("A").status, paynet::Status::Approved, "questions are answered");
    assert!(!refused(&mut shop, "DAYCLOSE2"));
    shop.pass(5_000);
    let answer = close(&mut shop, "DAYCLOSE1").unwrap();
    assert!(!answer.is_day_closing && answer.is_agreed(&Dialect::default()));
    assert!(shop.sale("B", 1_000, Entry::Swipe).is_ok());
}

#[test]
fn totals_and_the_banks_code_may_be_others() {
    let mut shop = shop(Closing { sale_off_by: -100, code39: "96".into(), ..Closing::default() });
    shop.sale("A", 1_000, Entry::Swipe).unwrap();
    shop.pass(1);
    let answer = close(&mut shop, "DAYCLOSE1").unwrap();
    assert_eq!(answer.totals(2), Some([(1, 900), (0, 0)]));
    assert!(!answer.is_agreed(&Dialect::default()));
}

#[test]
fn an_answer_may_be_slow_or_lost_before_or_after_the_day_was_closed() {
    for (fault, delivery, closed) in [
        (AnswerFault::CutOff, Delivery::CutOff, 1),
        (AnswerFault::Hang, Delivery::Held, 1),
        (AnswerFault::Lost, Delivery::CutOff, 0),
        (AnswerFault::Http500, Delivery::Whole, 0),
    ] {
        let mut shop = shop(Closing::default());
        shop.gateway = gateway_sim::Gateway::new(
            common::account(),
            Settings {
                answers: Answers { close_day: fault, ..Answers::default() },
                answer_delay_ms: 700,
                ..Settings::default()
            },
            1,
        );
        let reply = send(&mut shop, "DAYCLOSE1");
        assert_eq!((reply.delivery, closings(&mut shop)), (delivery, closed), "{fault:?}");
        if closed == 1 {
            assert_eq!(reply.delay_ms, 700);
        }
    }
}

#[test]
fn only_the_merchant_closes_the_day() {
    let mut shop = shop(Closing::default());
    let stamp = shop.stamp();
    let mut request = shop.merchant.close_day(&CloseDay { request_id: "DAYCLOSE1", totals: None }, &stamp);
    request.body = Fields::from_iter([("day_close_request_id", "DAYCLOSE2")]).encode();
    assert!(request.url.contains(HOST));
    assert_eq!(shop.send(&request).code, 403);
    request.headers.retain(|(name, _)| *name != "Authorization");
    assert_eq!((shop.send(&request).code, closings(&mut shop)), (403, 0));
}
