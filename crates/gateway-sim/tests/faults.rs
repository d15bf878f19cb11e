//! Answers that get lost, duplicates, callbacks, and the control API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, Shop, accepted, card, key, refusal};
use gateway_sim::{AnswerFault, Answers, Callbacks, Delivery, Duplicate, Settings};
use paynet::{Callback, CallbackError, Dialect, Order, ReplyError, Status};

fn shop(settings: Settings) -> Shop {
    Shop::new(Settings { processing_ms: 0, ..settings })
}

#[test]
fn sixty_one_cuts_the_answer_off_after_the_order_exists() {
    let mut shop = shop(Settings::default());
    let request = shop.sale_request("A", 1061, &card(Entry::Swipe, 1061));
    assert_eq!(shop.send(&request).delivery, Delivery::CutOff);
    assert_eq!(shop.status("A").status, Status::Approved);
    assert_eq!(shop.counts()["charges"], 1);
    let bad = shop.sale_request("A", 1061, &card(Entry::Swipe, 1061));
    assert_eq!(shop.send(&bad).delivery, Delivery::Whole, "a refusal arrives");
}

#[test]
fn a_lost_order_may_be_visible_only_later() {
    let answers = Answers { sale: AnswerFault::CutOff, ..Answers::default() };
    let mut shop = shop(Settings { visible_after_ms: 8000, answers, ..Settings::default() });
    let request = shop.sale_request("A", 1000, &card(Entry::Swipe, 1000));
    assert_eq!(shop.send(&request).delivery, Delivery::CutOff);
    let order = Order { client_orderid: "A", orderid: None, serial_number: None };
    shop.pass(7999);
    let Err(ReplyError::Refused(refusal)) = shop.ask(&order) else { panic!() };
    assert!(refusal.is_not_found());
    shop.pass(1);
    assert_eq!(shop.status("A").status, Status::Approved);
}

#[test]
fn http_500_and_403_make_no_order_and_silence_makes_one() {
    for (fault, code, delivery, orders) in [
        (AnswerFault::Http500, 500, Delivery::Whole, 0),
        (AnswerFault::Forbidden, 403, Delivery::Whole, 0),
        (AnswerFault::Hang, 200, Delivery::Held, 1),
    ] {
        let mut shop =
            shop(Settings { answers: Answers { sale: fault, ..Answers::default() }, ..Settings::default() });
        let request = shop.sale_request("A", 1000, &card(Entry::Swipe, 1000));
        let reply = shop.send(&request);
        assert_eq!((reply.code, reply.delivery), (code, delivery));
        assert_eq!(shop.counts()["orders"].as_array().unwrap().len(), orders);
    }
}

#[test]
fn a_taken_client_orderid_is_refused_by_default() {
    let mut shop = shop(Settings::default());
    shop.sale("A", 1000, Entry::Swipe).unwrap();
    let refused = shop.sale("A", 1000, Entry::Swipe).unwrap_err();
    assert!(!refused.is_refusal(&Dialect::default()), "the order exists");
    assert!(refusal(Err(refused)).is_duplicate(&Dialect::default()));
    assert_eq!(
        (&shop.counts()["charges"], &shop.counts()["orders"][0]["sale_requests"]),
        (&1.into(), &2.into())
    );
}

#[test]
fn a_taken_client_orderid_may_get_the_same_answer_or_a_second_charge() {
    let mut same = shop(Settings { duplicate: Duplicate::SameAnswer, ..Settings::default() });
    let first = same.sale("A", 1000, Entry::Swipe).unwrap();
    assert_eq!(same.sale("A", 1000, Entry::Swipe).unwrap(), first);
    assert_eq!(same.counts()["charges"], 1);
    let mut second = shop(Settings { duplicate: Duplicate::SecondCharge, ..Settings::default() });
    let first = second.sale("A", 1000, Entry::Swipe).unwrap();
    assert_ne!(second.sale("A", 1000, Entry::Swipe).unwrap().orderid, first.orderid);
    assert_eq!((&second.counts()["charges"], &second.counts()["charged"]), (&2.into(), &2000.into()));
}

#[test]
fn an_advice_whose_answer_is_lost_counts() {
    let answers = Answers { advice: AnswerFault::Hang, ..Answers::default() };
    let mut shop = shop(Settings { answers, ..Settings::default() });
    let order = shop.sale("A", 1000, Entry::Chip).unwrap();
    shop.advise(&order, true).unwrap();
    assert_eq!(shop.status("A").status, Status::Approved);
}

#[test]
fn callbacks_come_with_each_final_status_until_they_are_answered() {
    let mut shop = Shop::new(Settings { processing_ms: 1000, ..Settings::default() });
    let order = shop.sale("A", 1000, Entry::Swipe).unwrap();
    assert_eq!(shop.callbacks(Some(200)).len(), 0);
    assert_eq!(shop.gateway.poll_timeout(), Some(common::START + 1000));
    shop.pass(1000);
    let sent = shop.callbacks(Some(500));
    assert_eq!(sent.len(), 1);
    let callback = Callback::parse(&sent[0], &key()).unwrap();
    assert_eq!((callback.status, callback.client_orderid.as_str()), (Status::Approved, "A"));
    assert_eq!((callback.orderid, callback.transaction_type.as_str()), (order.orderid.clone(), "sale"));
    assert_eq!(callback.fields.get("amount"), Some("10.00"));
    assert_eq!(callback.fields.get("merchant_order"), Some("A"));

    let mut waits = Vec::new();
    while let Some(due) = shop.gateway.poll_timeout() {
        waits.push(due - shop.now);
        shop.now = due;
        assert_eq!(shop.callbacks(None), sent);
    }
    assert_eq!(waits.len(), 29, "thirty attempts in all");
    assert!(waits.is_sorted() && waits.iter().sum::<u64>() < 14 * 86_400_000);

    shop.give_back(&order, None).unwrap();
    shop.pass(1000);
    let sent = shop.callbacks(Some(200));
    assert_eq!(Callback::parse(&sent[0], &key()).unwrap().transaction_type, "reversal");
    assert_eq!(shop.gateway.poll_timeout(), None);
}

#[test]
fn callbacks_can_be_doubled_forged_and_late() {
    let callbacks = Callbacks { copies: 2, delay_ms: 5000, forged: true };
    let mut shop = shop(Settings { callbacks, ..Settings::default() });
    shop.sale("A", 1001, Entry::Swipe).unwrap();
    shop.pass(4999);
    assert_eq!(shop.callbacks(Some(200)).len(), 0);
    shop.pass(1);
    let sent = shop.callbacks(Some(200));
    assert_eq!(Callback::parse(&sent[0], &key()), Err(CallbackError::Forged));
    assert_eq!(Callback::parse(&sent[1], &key()).unwrap().status, Status::Declined);
    assert_eq!((sent.len(), &sent[1]), (3, &sent[2]));
}

#[test]
fn nobody_is_called_about_what_is_not_final() {
    let mut shop = shop(Settings::default());
    shop.sale("A", 1060, Entry::Chip).unwrap();
    shop.sale("B", 1000, Entry::Chip).unwrap();
    shop.pass(86_400_000);
    assert_eq!((shop.callbacks(Some(200)).len(), shop.gateway.poll_timeout()), (0, None));
}

#[test]
fn the_clock_and_the_settings_can_be_changed_while_it_runs() {
    let mut shop = Shop::new(Settings::default());
    shop.sale("A", 1017, Entry::Swipe).unwrap();
    let moved = shop.control("POST", "/control/clock", "{\"advance_ms\": 31500}");
    assert_eq!(moved, (200, serde_json::json!({ "moved_by_ms": 31500 })));
    assert_eq!(shop.status("A").status, Status::Approved);
    assert_eq!(shop.callbacks(Some(200)).len(), 1);
    for body in ["", "{}", "{\"advance_ms\": -1}", "{\"advance_ms\": 99999999999999999}"] {
        assert_eq!(shop.control("POST", "/control/clock", body).0, 400, "{body}");
    }

    let (code, changed) = shop.control("POST", "/control/settings", r#"{"answers": {"sale": "http-500"}}"#);
    assert_eq!((code, &changed["answers"]["sale"]), (200, &"http-500".into()));
    assert_eq!(changed["processing_ms"], 1500);
    let request = shop.sale_request("B", 1000, &card(Entry::Swipe, 1000));
    assert_eq!(accepted(&shop.send(&request)), Err(ReplyError::HttpStatus(500)));
    assert_eq!(shop.control("POST", "/control/settings", r#"{"anwsers": 1}"#).0, 400);

    shop.control("POST", "/control/reset", "");
    assert_eq!(shop.counts()["orders"].as_array().unwrap().len(), 0);
    assert!(shop.sale("B", 1000, Entry::Swipe).is_ok());
}

#[test]
fn the_readme_shows_all_settings_with_their_defaults() {
    let readme = include_str!("../README.md");
    let block = readme.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    assert_eq!(toml::from_str::<Settings>(block).unwrap(), Settings::default());
    let names: toml::Table = toml::from_str(&block.replace("# approve_at_most", "approve_at_most")).unwrap();
    let all = Settings { approve_at_most: Some(700), ..Settings::default() };
    assert_eq!(names, toml::Table::try_from(all).unwrap());
}
