//! What customers and cards do, and what a reader with display and keypad makes of it.

use super::rig::Rig;
use serde_json::Value;

const PIN_CARD: &str = "Visa **** 0010";

/// Wrong and last PIN tries, a choice of applications, a swiped chip card, a broken chip, a stubborn one.
pub async fn help_customers(rig: &Rig) {
    chip_that_was_swiped(rig).await;
    broken_chip(rig).await;
    stubborn_chip(rig).await;
    if rig.kind.device.family == "miura" {
        wrong_pin(rig).await;
        last_pin_try(rig).await;
        choice_of_applications(rig).await;
        low_battery(rig).await;
    }
}

async fn chip_that_was_swiped(rig: &Rig) {
    let minor = rig.amount();
    rig.begin(minor).await;
    rig.reader("swipe Visa, chip and PIN");
    rig.till().see(&["Insert the card", "chip first", "Nothing charged yet"]).await;
    rig.reader("insert Visa, chip and PIN");
    pin_and_remove(rig, minor).await;
}

async fn broken_chip(rig: &Rig) {
    let minor = rig.amount();
    rig.begin(minor).await;
    rig.reader("insert broken chip");
    rig.till().see(&["Swipe the card", "remove the card, then swipe"]).await;
    rig.reader("remove");
    rig.reader("swipe broken chip");
    rig.approved(minor, "Mastercard **** 9049").await;
    rig.leave().await;
}

async fn stubborn_chip(rig: &Rig) {
    rig.begin(rig.amount()).await;
    rig.reader("insert declines after");
    rig.till().see(&["Declined", "The card was not charged", "Remove the card"]).await;
    rig.count();
    rig.reader("remove");
    rig.leave().await;
}

async fn wrong_pin(rig: &Rig) {
    let minor = rig.amount();
    rig.begin(minor).await;
    rig.reader("insert Visa, chip and PIN");
    rig.reader("wait keypad");
    rig.reader("pin 9999");
    rig.till().see(&["Wrong PIN", "enter the PIN once more"]).await;
    pin_and_remove(rig, minor).await;
}

async fn last_pin_try(rig: &Rig) {
    rig.fault("last_pin_try", true);
    rig.begin(rig.amount()).await;
    rig.reader("insert Visa, chip and PIN");
    rig.till().see(&["Last PIN try", "the card is blocked"]).await;
    rig.reader("pin 9999");
    rig.nothing_sent("Card declined").await;
    rig.fault("last_pin_try", false);
    rig.reader("remove");
    rig.leave().await;
}

async fn choice_of_applications(rig: &Rig) {
    rig.fault("choose_application", true);
    let minor = rig.amount();
    rig.begin(minor).await;
    rig.reader("insert Visa, chip and PIN");
    rig.till().see(&["Choose on the reader"]).await;
    rig.reader("press 1");
    rig.fault("choose_application", false);
    pin_and_remove(rig, minor).await;
}

async fn low_battery(rig: &Rig) {
    rig.fault("low_battery", true);
    rig.till().see(&["Reader ready 4%"]).await;
    rig.till().pay(rig.amount()).await;
    rig.nothing_sent("Battery almost empty").await;
    let screen: Value = rig.shop.testbed().reader(rig.kind.device.name).screen();
    assert_eq!(screen["contactless"], false, "no card was asked for");
    rig.fault("low_battery", false);
    rig.till().see(&["Reader ready 85%"]).await;
    rig.leave().await;
    rig.pays().await;
}

async fn pin_and_remove(rig: &Rig, minor: u64) {
    rig.reader("wait keypad");
    rig.reader("pin 1234");
    rig.approved(minor, PIN_CARD).await;
    rig.till().see(&["Remove the card"]).await;
    rig.reader("remove");
    rig.leave().await;
}
