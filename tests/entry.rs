//! The keypad in a real browser: sums, limits, paste, scanner.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod shell;

use leptos::prelude::*;
use mpos_terminal::desk::{Desk, Network, Question, Reader, Readiness};
use mpos_terminal::{entry::Entry, screens};
use payment::money::{Amount, Currency};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

fn eur(minor: u64) -> Amount {
    Amount::new(minor, Currency::from_code("EUR").unwrap())
}

/// Lets everything that is due happen.
async fn settle() {
    for _ in 0..5 {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    leptos::task::tick().await;
}

fn desk() -> Desk {
    shell::put_in_place();
    let desk = Desk::new();
    desk.readiness.set(Readiness::Ready);
    desk.reader.set(Reader::Ready(None));
    desk.network.set(Network::Online);
    desk.entry.set(Some(Entry::new(eur(100_000))));
    desk
}

/// A keypad on the page, which goes with the second value.
fn keypad(desk: Desk) -> (HtmlElement, impl Sized) {
    let document = web_sys::window().unwrap().document().unwrap();
    let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&root).unwrap();
    let mounted = leptos::mount::mount_to(root.clone(), move || view! { {screens::keypad(desk)} });
    (root, mounted)
}

fn click(root: &HtmlElement, name: &str) {
    let button = root.query_selector(&format!("button[aria-label='{name}']")).unwrap();
    button.unwrap_or_else(|| panic!("no button {name}")).unchecked_into::<HtmlElement>().click();
}

/// Keys of the hardware keyboard, all at once, as a scanner's are.
fn keyboard(keys: &[&str]) {
    let keys: Vec<_> = keys.iter().map(|key| format!("'{key}'")).collect();
    let script = format!(
        "[{}].forEach(key => document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }})))",
        keys.join(",")
    );
    js_sys::eval(&script).unwrap();
}

#[wasm_bindgen_test]
async fn a_sum_shows_its_terms_and_names_the_total() {
    let (root, _mounted) = keypad(desk());
    for key in ["3", "times", "2", "5", "0", "plus", "1"] {
        click(&root, key);
    }
    settle().await;
    let text = root.inner_text();
    assert!(text.contains("3 \u{d7} 2.50 + 0.01"), "{text}");
    assert!(text.contains("Total") && text.contains("7.51 EUR") && text.contains("Pay 7.51"), "{text}");
    let bold = root.query_selector(".sum b").unwrap().unwrap();
    assert_eq!(bold.text_content().unwrap(), "0.01");
    click(&root, "clear");
    click(&root, "clear");
    settle().await;
    assert!(!root.inner_text().contains("Total"));
}

#[wasm_bindgen_test]
async fn what_is_refused_is_said_and_changes_nothing() {
    let desk = desk();
    let (root, _mounted) = keypad(desk);
    click(&root, "times");
    settle().await;
    assert!(
        root.inner_text().contains("\u{d7} comes after a whole number from 1 to 999"),
        "{}",
        root.inner_text()
    );
    desk.paste("1.234");
    settle().await;
    assert!(root.inner_text().contains("Not pasted: thousands or decimals?"), "{}", root.inner_text());
    assert!(desk.alert.get_untracked().contains("Not pasted"));
    desk.paste("1 234,56 EUR");
    settle().await;
    assert!(root.inner_text().contains("The limit is 1,000.00 EUR"), "{}", root.inner_text());
    desk.paste("12,5 \u{20ac}");
    settle().await;
    assert!(root.inner_text().contains("Pay 12.50"), "{}", root.inner_text());
}

#[wasm_bindgen_test]
async fn a_scanner_fills_the_reference_and_pays_nothing() {
    let desk = desk();
    let (root, _mounted) = keypad(desk);
    click(&root, "7");
    keyboard(&["4", "0", "0", "6", "3", "8", "1", "Enter"]);
    settle().await;
    assert_eq!(desk.reference.get_untracked(), "4006381");
    assert!(root.inner_text().contains("Pay 0.07"), "{}", root.inner_text());
    assert!(root.inner_text().contains("Ref. 4006381"), "{}", root.inner_text());
}

#[wasm_bindgen_test]
async fn an_odd_amount_is_asked_about_before_anything_begins() {
    let desk = desk();
    desk.entry.set(Some(Entry::new(eur(1_000_000))));
    let (root, _mounted) = keypad(desk);
    desk.charge();
    settle().await;
    assert!(root.inner_text().contains("Key an amount first"));
    for key in ["5", "7", "0", "5", "7", "0"] {
        click(&root, key);
    }
    desk.charge();
    assert_eq!(desk.question.get_untracked(), Some(Question::Odd));
    assert!(desk.current.with_untracked(Option::is_none));
}
