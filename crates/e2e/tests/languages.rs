//! The till in every language, one of which is downloaded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::Shop;
use language::{Language, Part, file_of, say, speak};
use serde_json::json;

const PHONE: &str = "Visa on a phone, tap only";

/// The language, picked beside the keypad, where there is room for what is seldom keyed.
async fn pick(shop: &Shop, language: Language) {
    shop.till.choose(&format!("//select/option[@value='{}']", language.code())).await;
    // From here on what the till says is looked for in that language.
    speak(file_of(language, Part::Till).to_owned());
    shop.till.wait_for(&format!("document.documentElement.lang === '{}'", language.code())).await;
    shop.till.wait_for(&format!("document.title === '{}'", say::page_name())).await;
    shop.till.see(&[say::staff(), say::network_online(), say::language()]).await;
}

/// The files of texts that the page has fetched since it was loaded.
const FETCHED: &str = "
    const names = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    return names.filter(name => name.endsWith('.txt')).map(name => name.slice(1, 8));";

/// Words that are in a language of none of its letters would be English ones that were forgotten.
fn is_written_in(language: Language, text: &str) -> bool {
    match language {
        Language::Russian => text.chars().any(|letter| ('а'..='я').contains(&letter)),
        Language::Arabic => text.chars().any(|letter| ('\u{621}'..='\u{64a}').contains(&letter)),
        _ => true,
    }
}

// One test: the texts that are looked for are the process's.
#[tokio::test]
async fn every_language_takes_a_payment_and_says_what_became_of_it() {
    let shop = Shop::open("languages").await;
    shop.till.see(&["Pay 0.00"]).await;
    assert_eq!(shop.till.evaluate(FETCHED, vec![]).await, json!(["till-en"]));
    let others = [Language::Russian, Language::German, Language::Spanish, Language::Arabic];
    for (sale, language) in (1_u64..).zip(others) {
        pick(&shop, language).await;
        let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
        assert_eq!(shop.till.evaluate("return document.documentElement.dir", vec![]).await, direction);

        // The browser's marks are those that receipts have.
        let figures = language.figures(&format!("2{sale}.00"));
        shop.till.press_all(&["2", &sale.to_string(), "00"]).await;
        shop.till.press(&say::pay(&figures)).await;
        shop.till.see(&[say::present_card(), say::cancel()]).await;
        for (width, height) in [(320, 640), (1280, 1000)] {
            shop.till.resize(width, height).await;
            assert_eq!(shop.till.sticks_out().await, 0, "{language:?} at {width}");
        }
        shop.till.hold_out("Tap", PHONE).await;
        let money = say::was_charged(&format!("{figures} EUR"), "Visa **** 0119");
        assert!(is_written_in(language, &money) && is_written_in(language, say::approved()), "{money}");
        shop.till.see(&[say::approved(), &money, say::hand_over()]).await;
        let ledger = shop.gateway.ledger();
        assert_eq!(
            (ledger.charges, ledger.charged),
            (sale, (1..=sale).map(|sale| 2000 + 100 * sale).sum::<u64>())
        );
        shop.till.press("Remove card").await;
        shop.till.press(say::new_sale()).await;
        shop.till.see(&[&say::pay(&language.figures("0.00"))]).await;

        shop.till.reload().await;
        shop.till.see(&[&say::pay(&language.figures("0.00")), say::staff()]).await;
        let own = format!("till-{}", language.code());
        assert_eq!(shop.till.evaluate(FETCHED, vec![]).await, json!([own]), "one language is downloaded");
    }

    // A till that starts without a network still speaks the language that was chosen.
    pick(&shop, Language::German).await;
    shop.till.see_kept().await;
    let names =
        "(await Promise.all((await caches.keys()).map(async name => (await caches.open(name)).keys())))";
    for kept in ["till-de", ".wasm"] {
        shop.till.wait_for(&format!("{names}.flat().some(({{ url }}) => url.includes('{kept}'))")).await;
    }
    let Shop { till, mut proxy, gateway: _gateway, .. } = shop;
    proxy.stop();
    till.reload().await;
    till.see(&[say::no_connection(), say::offline_money()]).await;
    assert_eq!(say::no_connection(), "Keine Verbindung");
}
