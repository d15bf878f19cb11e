//! What each amount, entry and advice leads to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Entry, Shop, refusal};
use gateway_sim::Settings;
use paynet::{Order, Status};

fn shop() -> Shop {
    Shop::new(Settings { processing_ms: 1000, ..Settings::default() })
}

fn stage(shop: &mut Shop, id: &str) -> String {
    shop.status(id).stage.unwrap().as_str().to_owned()
}

#[test]
fn a_chip_sale_is_approved_after_the_advice() {
    let mut shop = shop();
    let order = shop.sale("A", 1042, Entry::Chip).unwrap();
    assert_eq!(stage(&mut shop, "A"), "sale_emv_processing");
    shop.pass(1000);
    let waiting = shop.status("A");
    assert!(waiting.stage.as_ref().unwrap().is_emv_validating());
    assert_eq!((waiting.status.clone(), waiting.auth_response_code()), (Status::Processing, Some("00")));
    let issuer = waiting.issuer_response().unwrap();
    assert_eq!(tlv::find(&issuer, tlv::tag::ISSUER_AUTHENTICATION_DATA).unwrap().unwrap().len(), 10);

    shop.pass(3_600_000);
    assert!(shop.status("A").stage.unwrap().is_emv_validating(), "without an advice it stays");
    assert_eq!(shop.counts()["charges"], 0);

    shop.advise(&order, true).unwrap();
    assert_eq!(stage(&mut shop, "A"), "sale_emv_validated");
    shop.pass(500);
    assert_eq!(stage(&mut shop, "A"), "sale_emv_advice_processing");
    shop.advise(&order, true).unwrap();
    shop.pass(500);
    let status = shop.status("A");
    assert_eq!((status.status.clone(), status.amount_minor(2)), (Status::Approved, Some(Ok(1042))));
    let counts = shop.counts();
    assert_eq!((&counts["charges"], &counts["charged"]), (&1.into(), &1042.into()));
    assert_eq!(counts["orders"][0]["advice_requests"], 2);
}

#[test]
fn status_carries_the_fields_of_the_vendors_client() {
    let mut shop = shop();
    shop.sale("A", 1000, Entry::Contactless).unwrap();
    shop.pass(1000);
    let status = shop.status("A");
    for name in [
        "terminal-id",
        "paynet-processing-date",
        "acquirer-processing-date",
        "reader-processing-date",
        "emv-terminal-aid-9f06",
        "emv-tvr-95",
        "emv-app-label-50",
        "emv-cvm-9f34",
        "emv-pan-sequence-5f34",
        "emv-cid-9f27",
        "emv-app-cryptogram-9f26",
        "cardholder-name",
        "card-type",
        "last-four-digits",
        "receipt-id",
        "processor-rrn",
        "approval-code",
        "auth-response-code",
    ] {
        assert!(status.fields.get(name).is_some_and(|value| !value.is_empty()), "{name}");
    }
    assert_eq!(status.fields.get("emv-tvr-95"), Some("0000008000"));
    assert_eq!(status.fields.get("emv-app-label-50"), Some("VISA CREDIT"));
    assert_eq!(status.fields.get("last-four-digits"), Some("0010"));
    assert!(status.fields.iter().all(|(_, value)| !value.contains(common::PAN)));
}

#[test]
fn a_card_that_declines_ends_the_sale() {
    let mut shop = shop();
    let order = shop.sale("A", 1000, Entry::Chip).unwrap();
    shop.pass(1000);
    shop.advise(&order, false).unwrap();
    shop.pass(1000);
    assert_eq!(shop.status("A").status, Status::Declined);
    assert_eq!(shop.counts()["charges"], 0);
}

#[test]
fn an_order_can_be_approved_although_the_card_declined() {
    let mut shop =
        Shop::new(Settings { processing_ms: 10, approve_despite_advice: true, ..Settings::default() });
    let order = shop.sale("A", 1000, Entry::Chip).unwrap();
    shop.pass(10);
    shop.advise(&order, false).unwrap();
    shop.pass(10);
    assert_eq!(shop.status("A").status, Status::Approved);
    assert_eq!(shop.counts()["orders"][0]["advice"], "declined");
}

#[test]
fn a_chip_without_advice_is_approved_by_the_banks_word_if_the_gateway_does_not_wait() {
    let mut shop = Shop::new(Settings {
        processing_ms: 1000,
        approve_without_advice_ms: Some(5000),
        ..Settings::default()
    });
    let order = shop.sale("A", 1000, Entry::Chip).unwrap();
    shop.pass(5999);
    assert_eq!((stage(&mut shop, "A").as_str(), shop.callbacks(Some(200)).len()), ("sale_emv_validating", 0));
    assert_eq!(shop.gateway.poll_timeout(), Some(shop.now + 1));
    shop.pass(1);
    assert_eq!(shop.status("A").status, Status::Approved);
    assert_eq!(shop.callbacks(Some(200)).len(), 1);
    assert_eq!(refusal(shop.advise(&order, false)).message, "The order does not wait for an EMV advice");
    assert_eq!((shop.counts()["charges"].clone(), shop.status("A").status), (1.into(), Status::Approved));
}

#[test]
fn contactless_and_swipe_need_no_advice() {
    for entry in [Entry::Contactless, Entry::Swipe] {
        let mut shop = shop();
        let order = shop.sale("A", 1000, entry).unwrap();
        assert_eq!(stage(&mut shop, "A"), "sale_processing");
        shop.pass(1000);
        assert_eq!(shop.status("A").status, Status::Approved, "{entry:?}");
        assert_eq!(refusal(shop.advise(&order, true)).message, "The order does not wait for an EMV advice");
    }
}

#[test]
fn a_preauth_reserves_and_a_return_cancels_it() {
    let mut shop = shop();
    let order = shop.preauth("A", 1000, Entry::Chip).unwrap();
    shop.pass(1000);
    assert_eq!(stage(&mut shop, "A"), "auth_emv_validating");
    shop.advise(&order, true).unwrap();
    shop.pass(1000);
    assert_eq!(shop.status("A").transaction_type(), Some("preauth"));
    shop.give_back(&order, None).unwrap();
    shop.pass(1000);
    let status = shop.status("A");
    assert_eq!(
        (status.transaction_type(), status.stage.as_ref().unwrap().as_str()),
        (Some("cancel"), "cancel_approved")
    );
}

#[test]
fn the_last_two_digits_decide() {
    for (minor, status, code, response) in [
        (1001, Status::Declined, "101", Some("54")),
        (1009, Status::Declined, "209", Some("43")),
        (1016, Status::Declined, "116", Some("51")),
        (1019, Status::Declined, "119", Some("57")),
        (1055, Status::Declined, "117", Some("55")),
        (1051, Status::Filtered, "51", None),
        (1052, Status::Error, "52", None),
    ] {
        for entry in [Entry::Chip, Entry::Contactless, Entry::Swipe] {
            let mut shop = shop();
            shop.sale("A", minor, entry).unwrap();
            assert_eq!(shop.status("A").status, Status::Processing);
            shop.pass(1000);
            let found = shop.status("A");
            assert_eq!(found.status, status, "{minor}");
            assert_eq!((found.fields.get("error-code"), found.auth_response_code()), (Some(code), response));
            assert!(!found.fields.get("error-message").unwrap().is_empty());
            assert_eq!(shop.counts()["charges"], 0);
        }
    }
}

#[test]
fn seventeen_is_unknown_for_thirty_seconds() {
    let mut shop = shop();
    shop.sale("A", 1017, Entry::Swipe).unwrap();
    shop.pass(1000);
    assert_eq!(shop.status("A").status, Status::Unknown);
    shop.pass(29_999);
    assert_eq!(shop.status("A").status, Status::Unknown);
    shop.pass(1);
    assert_eq!(shop.status("A").status, Status::Approved);

    let order = shop.sale("B", 1017, Entry::Chip).unwrap();
    shop.pass(1000);
    shop.advise(&order, true).unwrap();
    shop.pass(1000);
    assert_eq!(shop.status("B").status, Status::Unknown);
    shop.pass(30_000);
    assert_eq!(shop.status("B").status, Status::Approved);
}

#[test]
fn sixty_is_processed_for_ever_and_sixty_two_redirects() {
    let mut shop = shop();
    shop.sale("A", 1060, Entry::Chip).unwrap();
    shop.sale("B", 1062, Entry::Chip).unwrap();
    shop.control("POST", "/control/clock", "{\"advance_ms\": 2592000000}");
    assert_eq!(shop.status("A").status, Status::Processing);
    let redirected = shop.status("B");
    assert!(redirected.status == Status::Processing && redirected.wants_3ds());
    assert!(!shop.status("A").wants_3ds());
}

#[test]
fn the_bank_may_approve_less() {
    let mut shop =
        Shop::new(Settings { processing_ms: 10, approve_at_most: Some(700), ..Settings::default() });
    shop.sale("A", 1000, Entry::Swipe).unwrap();
    assert_eq!(shop.status("A").amount_minor(2), Some(Ok(1000)));
    shop.pass(10);
    assert_eq!(shop.status("A").amount_minor(2), Some(Ok(700)));
    assert_eq!(shop.counts()["charged"], 700);
}

#[test]
fn a_sale_is_given_back_once_and_status_reports_the_latest() {
    let mut shop = shop();
    let order = shop.sale("A", 1000, Entry::Swipe).unwrap();
    assert_eq!(refusal(shop.give_back(&order, None)).message, "The order is not approved");
    shop.pass(1000);
    assert_eq!(refusal(shop.give_back(&order, Some(400))).message, "Partial return is disabled");
    let reversal = shop.give_back(&order, None).unwrap();
    assert_eq!(refusal(shop.give_back(&order, None)).message, "A transaction of the order is under way");
    shop.pass(1000);
    let latest = shop.status("A");
    assert_eq!(
        (latest.transaction_type(), latest.serial_number.as_str()),
        (Some("reversal"), reversal.serial_number.as_deref().unwrap())
    );
    let sale = Order { client_orderid: "A", orderid: None, serial_number: order.serial_number.as_deref() };
    assert_eq!(shop.ask(&sale).unwrap().transaction_type(), Some("sale"));
    assert_eq!(refusal(shop.give_back(&order, None)).message, "Parameter amount is invalid");
    assert_eq!(shop.counts()["returned"], 1000);
}

#[test]
fn a_part_is_given_back_where_that_is_enabled() {
    let mut shop = Shop::new(Settings { processing_ms: 0, partial_return: true, ..Settings::default() });
    let order = shop.sale("A", 1000, Entry::Swipe).unwrap();
    shop.give_back(&order, Some(400)).unwrap();
    assert_eq!(shop.status("A").amount_minor(2), Some(Ok(400)));
    assert_eq!(refusal(shop.give_back(&order, Some(601))).message, "Parameter amount is invalid");
    shop.give_back(&order, None).unwrap();
    assert_eq!(shop.counts()["returned"], 1000);
}
