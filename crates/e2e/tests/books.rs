//! The till's books beside the gateway's, through the command that operations use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Shop, files, until};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

#[tokio::test]
async fn a_charge_that_a_restored_backup_has_forgotten_is_shown_first() {
    let mut shop = Shop::open("books").await;
    // Notices are for staff.
    shop.till.sign_in_manager().await;
    shop.till.sell(2000).await;
    let (code, books) = shop.proxy.reconcile();
    assert_eq!(
        (code, &books["rows"], &books["differences"]),
        (Some(0), &json!(1), &json!([])),
        "equal books"
    );
    assert_eq!(shop.proxy.metric("mpos_books_differences{kind=\"gateway_only\"}"), 0);

    let backup = shop.folder.join("backup");
    shop.proxy.stop();
    shop.proxy.copy_database(&backup, false);
    shop.proxy.run().await;
    shop.till.see(&["Online"]).await;
    shop.till.sell(1500).await;
    shop.proxy.stop();
    shop.proxy.copy_database(&backup, true);
    shop.proxy.run().await;

    let forgotten = shop.gateway.ledger().orders[1].client_orderid.clone();
    let (code, books) = shop.proxy.reconcile();
    assert_eq!((code, books["differences"].as_array().unwrap().len()), (Some(2), 1), "{books:#}");
    let first = &books["differences"][0];
    assert_eq!((&first["differs"], &first["client_orderid"]), (&json!("gateway_only"), &json!(forgotten)));
    assert_eq!(first["report"], "sale approved 15.00 EUR");
    assert_eq!(shop.proxy.metric("mpos_books_differences{kind=\"gateway_only\"}"), 1);
    assert!(shop.proxy.metric("mpos_books_compared_at_seconds") > 0);
    let file = files(&shop.folder).into_iter().find(|file| file.to_string_lossy().contains("proxy-books-"));
    let mode = file.unwrap().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    shop.till.press("Notices: 1").await;
    shop.till
        .see(&[
            "Notices",
            "Books differ from the gateway",
            "1 payment was charged at the gateway that this till's server does not know",
            "(sale approved 15.00 EUR)",
        ])
        .await;
    shop.till.press("Noted").await;
    shop.till.press("Back").await;
    shop.till.see(&["Pay 0.00"]).await;
    let noted = until(Duration::from_secs(20), async || {
        (!shop.till.text().await.contains("notices: 1")).then_some(())
    });
    assert!(noted.await.is_some(), "the notice is still there");
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.charges, ledger.returned), (2, 0), "telling of it moved no money");
}
