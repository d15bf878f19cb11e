//! The till in the languages that are longer, in other letters, or from right to left.

use super::{CHIP, PHONE, open};
use crate::look::Walk;
use serde_json::json;

pub(crate) async fn walk(walk: &Walk) {
    let shop = open("languages", "").await;
    let till = &shop.till;
    let screens: [(&str, [&'static str; 4]); 4] = [
        ("ru", ["russian-keypad", "russian-present", "russian-approved", "russian-declined"]),
        ("de", ["german-keypad", "german-present", "german-approved", "german-declined"]),
        ("es", ["spanish-keypad", "spanish-present", "spanish-approved", "spanish-declined"]),
        ("ar", ["arabic-keypad", "arabic-present", "arabic-approved", "arabic-declined"]),
    ];
    for (number, (code, [keypad, present, approved, declined])) in (1..).zip(screens) {
        till.choose(&format!("//select/option[@value='{code}']")).await;
        till.wait_for(&format!("document.documentElement.lang === {}", json!(code))).await;
        let digit = number.to_string();
        till.press_all(&["2", &digit, "00"]).await;
        walk.see(till, keypad).await;
        till.choose("//button[@class='filled' and @aria-disabled='false']").await;
        till.wait_for("!!document.querySelector('.present .ring')").await;
        till.wait_for("!document.querySelector('.virtual-reader pre').innerText.includes('Welcome')").await;
        walk.see(till, present).await;
        till.hold_out("Tap", PHONE).await;
        till.wait_for("!!document.querySelector('.result.paid')").await;
        walk.see(till, approved).await;
        till.press("Remove card").await;
        till.choose("//button[@class='filled' and @aria-disabled='false']").await;

        till.press_all(&["1", &digit, "1", "6"]).await;
        till.choose("//button[@class='filled' and @aria-disabled='false']").await;
        till.wait_for("!!document.querySelector('.present .ring')").await;
        till.hold_out("Insert", CHIP).await;
        till.wait_for("!!document.querySelector('.result.not-paid')").await;
        walk.see(till, declined).await;
        till.press("Remove card").await;
        till.choose("//*[@class='actions']/button[2]").await;
    }
}
