//! What the gateway refuses: signatures, missing parameters, card data, unknown orders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, HOST, Shop, accepted, card, card_objects, pin_objects, refusal, resigned, template};
use gateway_sim::{Gateway, Request, Settings};
use paynet::{ControlKey, EncryptedData, Fields, Order, RefusalKind, ReplyError};
use proptest::prelude::*;
use tlv::{object, tag};

fn shop() -> Shop {
    Shop::new(Settings::default())
}

fn sale(shop: &mut Shop) -> paynet::Request {
    shop.sale_request("A", 1000, &card(Entry::Chip, 1000))
}

#[test]
fn a_replayed_nonce_is_forbidden() {
    let mut shop = shop();
    let request = sale(&mut shop);
    assert!(accepted(&shop.send(&request)).is_ok());
    assert_eq!(accepted(&shop.send(&request)), Err(ReplyError::Forbidden));
    shop.control("POST", "/control/reset", "");
    assert_eq!(accepted(&shop.send(&request)), Err(ReplyError::Forbidden));
    assert_eq!(shop.counts()["orders"].as_array().unwrap().len(), 0);
}

#[test]
fn a_stale_or_early_timestamp_is_forbidden() {
    for (signed_at, is_good) in [(299, true), (300, true), (301, false), (-300, true), (-301, false)] {
        let mut shop = shop();
        shop.now = common::START.checked_add_signed(signed_at * 1000).unwrap();
        let request = sale(&mut shop);
        shop.now = common::START;
        assert_eq!(accepted(&shop.send(&request)).is_ok(), is_good, "{signed_at}");
    }
}

#[test]
fn a_moved_clock_does_not_make_signatures_stale() {
    let mut shop = shop();
    shop.control("POST", "/control/clock", "{\"advance_ms\": 3600000}");
    let request = sale(&mut shop);
    assert!(accepted(&shop.send(&request)).is_ok());
}

#[test]
fn wrong_key_login_endpoint_and_changed_bodies_are_forbidden() {
    let mut wrong_key = shop();
    wrong_key.merchant.key = ControlKey::try_from("WRONG".to_owned()).unwrap();
    let mut wrong_login = shop();
    wrong_login.merchant.login = "other".to_owned().try_into().unwrap();
    let mut wrong_endpoint = shop();
    wrong_endpoint.merchant.endpoint = "2222".into();
    for mut shop in [wrong_key, wrong_login, wrong_endpoint] {
        let request = sale(&mut shop);
        assert_eq!(accepted(&shop.send(&request)), Err(ReplyError::Forbidden));
    }
    let mut shop = shop();
    let mut changed = sale(&mut shop);
    *changed.body = changed.body.replace("amount=10.00", "amount=10.01");
    assert_eq!(accepted(&shop.send(&changed)), Err(ReplyError::Forbidden));
    let mut unsigned = sale(&mut shop);
    unsigned.headers.retain(|(name, _)| *name != "Authorization");
    assert_eq!(accepted(&shop.send(&unsigned)), Err(ReplyError::Forbidden));
    assert_eq!(shop.counts()["orders"].as_array().unwrap().len(), 0);
}

#[test]
fn a_missing_parameter_is_named_in_the_documented_words() {
    for name in ["client_orderid", "order_desc", "address1", "city", "zip_code", "country", "email", "amount"]
        .iter()
        .chain(&["currency", "ipaddress", "encrypted-type", "encrypted-data"])
    {
        let mut shop = shop();
        let request = sale(&mut shop);
        let form = Fields::decode(request.body.as_bytes());
        let without: Fields = form.iter().filter(|(field, _)| field != name).collect();
        let request = resigned(&mut shop, &request, &without);
        let refusal = refusal(accepted(&shop.send(&request)));
        assert_eq!((refusal.kind, refusal.code), (RefusalKind::Validation, Some(1)));
        assert_eq!(refusal.message, format!("Parameter {name} is required"));
    }
}

#[test]
fn values_that_will_not_do_are_named() {
    let long = "x".repeat(129);
    for (name, value) in [
        ("amount", "0.00"),
        ("amount", "10,00"),
        ("amount", "10.001"),
        ("currency", "USD"),
        ("encrypted-type", "spire"),
        ("encrypted-data", "XY"),
        ("client_orderid", long.as_str()),
    ] {
        let mut shop = shop();
        let request = sale(&mut shop);
        let form = Fields::decode(request.body.as_bytes());
        let changed: Fields = form.iter().map(|(n, v)| (n, if n == name { value } else { v })).collect();
        let request = resigned(&mut shop, &request, &changed);
        let message = refusal(accepted(&shop.send(&request))).message;
        assert_eq!(message, format!("Parameter {name} is invalid"), "{value}");
    }
}

fn refused_card(data: &EncryptedData) -> String {
    let mut shop = shop();
    let request = shop.sale_request("A", 1000, data);
    let message = refusal(accepted(&shop.send(&request))).message;
    assert_eq!(shop.counts()["orders"].as_array().unwrap().len(), 0);
    message
}

#[test]
fn card_data_that_does_not_decrypt_is_refused() {
    let other_ksn = object(tag::SRED_KSN, &[0xFF, 0xFF, 0x98, 0x76, 0x54, 0x32, 0x10, 0xE0, 0, 2]);
    let mut wrong_key = card_objects(Entry::Chip, 1000);
    wrong_key[1] = other_ksn;
    let mut cut = card_objects(Entry::Chip, 1000);
    cut[0] = object(tag::SRED_DATA, &[1, 2, 3]);
    let none = card_objects(Entry::Chip, 1000)[1..].to_vec();
    for objects in [wrong_key, cut, none] {
        assert_eq!(refused_card(&template(Entry::Chip, &objects)), "Can not decrypt card data");
    }
    assert_eq!(refused_card(&EncryptedData::from_hex("E4").unwrap()), "Can not decrypt card data");
    let offline = object(tag::APPROVED, &card_objects(Entry::Chip, 1000).concat());
    let offline = EncryptedData::from_hex(&hex::encode(offline)).unwrap();
    assert_eq!(refused_card(&offline), "Can not decrypt card data");
}

#[test]
fn a_pin_block_must_be_of_this_card() {
    let mut objects = card_objects(Entry::Chip, 1000);
    objects.extend(pin_objects(common::PAN));
    let mut shop = shop();
    let request = shop.sale_request("A", 1000, &template(Entry::Chip, &objects));
    assert!(accepted(&shop.send(&request)).is_ok());
    let mut objects = card_objects(Entry::Chip, 1000);
    objects.extend(pin_objects("5413330089020011"));
    assert_eq!(refused_card(&template(Entry::Chip, &objects)), "Can not decrypt card data");
}

#[test]
fn card_data_in_clear_is_refused() {
    for tag in [tag::TRACK_2, tag::TRACK_2_EQUIVALENT, tag::PAN] {
        let mut objects = card_objects(Entry::Chip, 1000);
        objects.push(object(tag, b"x"));
        assert_eq!(refused_card(&template(Entry::Chip, &objects)), "Card data is not encrypted");
    }
}

#[test]
fn the_card_must_have_signed_this_amount_and_currency() {
    assert!(refused_card(&card(Entry::Chip, 999)).starts_with("Amount or currency differs"));
    assert!(refused_card(&card(Entry::Contactless, 10_000)).starts_with("Amount or currency differs"));
    let mut dollars = card_objects(Entry::Chip, 1000);
    dollars[3] = object(tag::CURRENCY, &[0x08, 0x40]);
    assert!(refused_card(&template(Entry::Chip, &dollars)).starts_with("Amount or currency differs"));
}

#[test]
fn a_wrong_control_and_an_unknown_order_are_told_apart() {
    let mut shop = shop();
    let order = Order { client_orderid: "A", orderid: None, serial_number: None };
    let Err(ReplyError::Refused(unknown)) = shop.ask(&order) else { panic!() };
    assert!(unknown.is_not_found() && unknown.code == Some(101));
    shop.sale("A", 1000, Entry::Swipe).unwrap();
    let Err(ReplyError::Refused(other_id)) = shop.ask(&Order { orderid: Some("1"), ..order }) else {
        panic!()
    };
    assert!(other_id.is_not_found());
    let Err(ReplyError::Refused(serial)) = shop.ask(&Order { serial_number: Some("x"), ..order }) else {
        panic!()
    };
    assert!(serial.is_not_found());
    shop.merchant.key = ControlKey::try_from("WRONG".to_owned()).unwrap();
    let Err(ReplyError::Refused(forged)) = shop.ask(&order) else { panic!() };
    assert_eq!((forged.kind, forged.is_not_found()), (RefusalKind::Validation, false));
}

#[test]
fn status_may_be_signed_as_well_but_not_wrongly() {
    let mut shop = shop();
    shop.merchant.dialect.oauth_everywhere = true;
    shop.sale("A", 1000, Entry::Swipe).unwrap();
    shop.status("A");
    let stamp = shop.stamp();
    let order = Order { client_orderid: "A", orderid: None, serial_number: None };
    let mut request = shop.merchant.status(&order, &stamp);
    shop.send(&request);
    assert_eq!(shop.send(&request).code, 403);
    request.headers.retain(|(name, _)| *name != "Authorization");
    assert_eq!(shop.send(&request).code, 200);
}

#[test]
fn an_advice_must_be_a_cards_decision_about_a_known_order() {
    let mut shop = shop();
    let mut order = shop.sale("A", 1000, Entry::Chip).unwrap();
    assert_eq!(refusal(shop.advise(&order, true)).message, "The order does not wait for an EMV advice");
    order.orderid = "1".into();
    assert!(refusal(shop.advise(&order, true)).is_not_found());
}

#[test]
fn what_is_no_call_is_not_answered_as_one() {
    let mut shop = shop();
    let mut send = |method, target, content_type| {
        let request = Request { method, host: HOST, target, authorization: None, content_type, body: b"" };
        shop.gateway.handle(common::START, &request)
    };
    assert_eq!(send("POST", "/paynet/api/v2/blank/1111", None).code, 404);
    assert_eq!(send("POST", "/", None).code, 404);
    assert_eq!(send("GET", "/paynet/mapi/v1/sale/1111", None).code, 405);
    let json = send("POST", "/paynet/mapi/v1/sale/1111", Some("application/json"));
    assert_eq!((json.code, json.error_message.is_some()), (400, true));
}

proptest! {
    #[test]
    fn no_blob_panics(blob in any::<Vec<u8>>()) {
        let mut shop = shop();
        if let Ok(data) = EncryptedData::from_hex(&hex::encode(&blob)) {
            let request = shop.sale_request("A", 1000, &data);
            prop_assert!(accepted(&shop.send(&request)).is_err());
        }
    }

    #[test]
    fn no_request_panics(target in "/paynet/[a-z0-9/]{0,20}|/control/[a-z]{0,8}", header in ".*", body in any::<Vec<u8>>()) {
        let content_type = Some("application/x-www-form-urlencoded");
        let request = Request {
            method: "POST", host: HOST, target: &target, authorization: Some(&header), content_type, body: &body,
        };
        shop().gateway.handle(common::START, &request);
    }
}

#[test]
fn an_order_is_known_at_its_own_endpoint_only() {
    let account = common::account().also("2222".into(), "USD".parse().unwrap()).unwrap();
    let mut shop = Shop { gateway: Gateway::new(account, Settings::default(), 1), ..shop() };
    shop.sale("A", 1000, Entry::Swipe).unwrap();
    let order = Order { client_orderid: "A", orderid: None, serial_number: None };
    assert!(shop.ask(&order).is_ok());
    shop.merchant.endpoint = "2222".into();
    let Err(ReplyError::Refused(elsewhere)) = shop.ask(&order) else { panic!() };
    assert!(elsewhere.is_not_found());
    let refused = common::refusal(shop.sale("B", 1000, Entry::Swipe));
    assert!(refused.message.contains("currency"), "{refused:?}");
    shop.merchant.endpoint = "3333".into();
    let stamp = shop.stamp();
    let request = shop.merchant.status(&order, &stamp);
    assert_eq!(shop.send(&request).code, 403, "not ours");
}
