//! What every reader can do.

use super::rig::{Rig, STRIPE, STRIPE_CARD, now};

/// Approved and declined by every way that a card comes in; cancelled on the page and on the reader.
pub async fn pay_by_every_way(rig: &Rig) {
    let kind = rig.kind;
    rig.pays().await;
    if kind.has_slot {
        chip(rig).await;
    }
    if kind.swipes {
        let minor = rig.amount();
        rig.begin(minor).await;
        rig.reader(STRIPE);
        rig.approved(minor, STRIPE_CARD).await;
        rig.leave().await;
    }
    rig.begin(rig.amount() + 16).await;
    rig.reader(kind.quick);
    rig.till().see(&["Declined", "The card was not charged", "not enough funds"]).await;
    rig.count();
    rig.leave().await;

    rig.begin(rig.amount()).await;
    rig.till().press("Cancel").await;
    rig.nothing_sent("Cancelled").await;
    rig.leave().await;
    if kind.has_slot {
        rig.begin(rig.amount()).await;
        rig.reader("press cancel");
        rig.nothing_sent("Cancelled").await;
        rig.leave().await;
    }
    rig.pays().await;
    assert_eq!(rig.till().console().await, Vec::<String>::new());
}

async fn chip(rig: &Rig) {
    let till = rig.till();
    let insert = async |minor: u64| {
        rig.begin(minor).await;
        rig.reader("insert Visa, chip and PIN");
        rig.reader("wait keypad");
        rig.reader("pin 1234");
    };
    let minor = rig.amount();
    insert(minor).await;
    rig.approved(minor, "Visa **** 0010").await;
    till.see(&["Remove the card"]).await;
    rig.reader("remove");
    rig.leave().await;
    let order = rig.shop.gateway.ledger().orders.pop().unwrap();
    assert_eq!((order.entry.as_str(), order.advice.as_deref()), ("chip", Some("approved")));

    insert(rig.amount() + 16).await;
    till.see(&["Declined", "The card was not charged", "Remove the card"]).await;
    rig.count();
    rig.reader("remove");
    rig.leave().await;
}

/// Garbage on the line while nothing goes on, and while a card is awaited; a reader that falls silent.
pub async fn survive_a_bad_line(rig: &Rig) {
    let till = rig.till();
    rig.garbage();
    till.see(&["Reader not answering", "it reconnects by itself"]).await;
    rig.pays().await;

    rig.begin(rig.amount()).await;
    rig.garbage();
    rig.nothing_sent("Reader not answering").await;
    rig.leave().await;
    rig.pays().await;

    if rig.kind.device.family == "miura" {
        // It has been told everything that ends a payment.
        rig.reader("wait text welcome");
    }
    let silent = now();
    rig.fault("silent", true);
    let shown = rig.shown("Reader not answering", silent).await;
    assert!(shown <= 5_000, "silent, and shown only after {shown} ms");
    rig.fault("silent", false);
    rig.pays().await;
}

/// Readers that must not be used: clear card data, no keys left, no keys.
pub async fn refuse_an_unsafe_reader(rig: &Rig) {
    let till = rig.till();
    rig.fault("clear_data", true);
    rig.begin(rig.amount()).await;
    rig.reader(rig.kind.quick);
    rig.nothing_sent("Reader not allowed").await;
    rig.fault("clear_data", false);
    rig.leave().await;
    rig.pays().await;

    rig.fault("keys_exhausted", true);
    till.pay(rig.amount()).await;
    if !rig.kind.taps {
        till.see(&[rig.kind.prompt]).await;
        rig.reader(rig.kind.quick);
    }
    till.see(&["Reader needs service"]).await;
    rig.fault("keys_exhausted", false);
    till.see(&["Nothing was sent. The card was not charged."]).await;
    rig.count();
    rig.leave().await;
    rig.pays().await;
}
