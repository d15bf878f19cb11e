//! What is keyed before a card is asked for.

use super::{PHONE, open};
use crate::look::Walk;
use serde_json::json;

const SETTINGS: &str = "[limits]\ntill = { EUR = 90000 }\n[till.keying]\ntips = [5, 10, 15]\n\
                        presets = [{ minor = 500, currency = \"EUR\" }, { minor = 1000, currency = \"EUR\" }, \
                        { minor = 2000, currency = \"EUR\" }]\n[[gateway.endpoints]]\nendpoint = \"2222\"\n\
                        currency = \"USD\"\nlimit_minor = 50000\n";

pub(crate) async fn walk(walk: &Walk) {
    let shop = open("keying", SETTINGS).await;
    let till = &shop.till;
    till.see(&["Pay 0.00", "Reader ready"]).await;
    walk.see(till, "keypad").await;
    // The sum as long as it is ever shown, and a key that was refused.
    shop.till
        .press_all(&["1", "2", "5", "0", "plus", "3", "times", "2", "5", "0", "plus", "9", "9", "9"])
        .await;
    shop.till.press_all(&["00"]).await;
    till.see(&["The limit is 900.00 EUR", "Total"]).await;
    walk.see(till, "keypad-sum").await;
    shop.till.press_all(&["clear", "clear", "2", "0", "00"]).await;
    till.resize(360, 740).await;
    shop.till.press_all(&["More"]).await;
    till.see(&["Order reference", "E-mail for the receipt"]).await;
    walk.see(till, "keypad-more").await;
    till.resize(360, 740).await;
    shop.till.press_all(&["Done"]).await;
    till.resize(1280, 1000).await;

    shop.till.press_all(&["Pay 20.00"]).await;
    till.see(&["Add a tip?", "No tip"]).await;
    walk.see(till, "tip").await;
    shop.till.press_all(&["Other tip", "1", "2", "00"]).await;
    till.see(&["Tip 12.00 EUR"]).await;
    walk.see(till, "tip-other").await;
    shop.till.press_all(&["Add tip"]).await;
    till.see(&["is this right?"]).await;
    walk.see(till, "question").await;
    shop.till.press_all(&["Back", "Pay 20.00", "No tip"]).await;
    till.present("Tap", PHONE).await;
    till.see(&["Approved"]).await;
    till.next_customer().await;

    till.open_second_tab(&shop.proxy.address).await;
    till.see(&["Open in another tab"]).await;
    walk.see(till, "other-tab").await;
    till.close_other_tabs().await;

    till.block(&["*/api/v1/terminal*"]).await;
    till.open(&shop.proxy.address).await;
    till.see(&["No connection", "Nothing can be charged now.", "20.00 EUR"]).await;
    walk.see(till, "offline").await;
    till.block(&[]).await;
    let full = "IDBFactory.prototype.open = () => { throw new DOMException('no room', 'UnknownError') }";
    till.command("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": full })).await;
    till.reload().await;
    till.see(&["Till cannot save"]).await;
    walk.see(till, "cannot-save").await;
}
