//! The page's parts in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod shell;

use leptos::prelude::*;
use mpos_terminal::desk::{Desk, Network, Reader, Readiness};
use mpos_terminal::{browser, entry::Entry, journal::Journal, lock, parts, screens};
use payment::api::Kind;
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::till::{Attempt, Draft, End, Event, NotSent, State};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

fn eur(minor: u64) -> Amount {
    Amount::new(minor, Currency::from_code("EUR").unwrap())
}

fn attempt(letter: u8) -> Attempt {
    let draft = Draft {
        attempt: AttemptId::from_random([letter; 20]),
        kind: Kind::Sale,
        amount: eur(2000),
        tip: None,
        reference: None,
        description: None,
        email: None,
        paid_at: 0,
    };
    Attempt::pay(draft).0
}

/// Lets everything that is due happen.
async fn settle() {
    for _ in 0..5 {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    leptos::task::tick().await;
}

fn root() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&root).unwrap();
    root
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

fn click(root: &HtmlElement, name: &str) {
    let all = root.get_elements_by_tag_name("button");
    for at in 0..all.length() {
        let button: HtmlElement = all.item(at).unwrap().unchecked_into();
        if button.get_attribute("aria-label").as_deref() == Some(name) || button.inner_text() == name {
            return button.click();
        }
    }
    panic!("no button {name}");
}

#[wasm_bindgen_test]
async fn keys_shift_the_amount_in_and_pay_carries_it() {
    let root = root();
    let _mounted = leptos::mount::mount_to(root.clone(), || {
        view! { {screens::keypad(desk())} }
    });
    for key in ["1", "2", "5", "0", "delete", "00"] {
        click(&root, key);
    }
    settle().await;
    assert!(root.inner_text().contains("125.00 EUR"), "{}", root.inner_text());
    assert!(root.inner_text().contains("Pay 125.00"));
    click(&root, "clear");
    settle().await;
    assert!(root.inner_text().contains("Pay 0.00"));
}

#[wasm_bindgen_test]
async fn an_amount_over_the_limit_is_refused_in_words() {
    let root = root();
    let _mounted = leptos::mount::mount_to(root.clone(), || {
        view! { {screens::keypad(desk())} }
    });
    for _ in 0..6 {
        click(&root, "9");
    }
    settle().await;
    assert!(root.inner_text().contains("999.99 EUR"), "{}", root.inner_text());
    assert!(root.inner_text().contains("The limit is 1,000.00 EUR"));
}

#[wasm_bindgen_test]
async fn a_result_says_its_title_and_the_money_and_takes_the_focus() {
    let desk = desk();
    let (finished, _) = attempt(1).handle(Event::NotSent(NotSent::CardTakenOut), 1);
    desk.current.set(Some(finished));
    let root = root();
    let _mounted = leptos::mount::mount_to(root.clone(), move || {
        view! { {parts::live_regions(desk)}{screens::outcome_screen(desk)} }
    });
    settle().await;
    let heading = root.query_selector("h1").unwrap().unwrap();
    assert_eq!(heading.text_content().unwrap(), "Card taken out early");
    assert!(root.inner_text().contains("Nothing was sent. The card was not charged."));
    let focused = web_sys::window().unwrap().document().unwrap().active_element().unwrap();
    assert_eq!(focused, heading);
    let alert = root.query_selector("[role=alert]").unwrap().unwrap().text_content().unwrap();
    assert!(alert.starts_with("Card taken out early."), "{alert}");
    assert!(root.query_selector("[role=status][aria-live=polite]").unwrap().is_some());
}

#[wasm_bindgen_test]
async fn without_a_network_staff_see_what_was_paid_and_customers_do_not() {
    for (attended, is_seen) in [("yes", true), ("", false)] {
        browser::remember("mpos-terminal.attended", attended);
        let root = root();
        let _mounted = leptos::mount::mount_to(root.clone(), || {
            let desk = desk();
            desk.parked.set(vec![attempt(4).handle(Event::NotSent(NotSent::Cancelled), 5).0]);
            view! { {screens::offline(desk)} }
        });
        settle().await;
        let text = root.text_content().unwrap();
        assert!(text.contains("Nothing can be charged now."), "{text}");
        assert_eq!(text.contains("20.00 EUR"), is_seen, "{text}");
        assert!(root.query_selector(".filled").unwrap().is_none());
    }
}

#[wasm_bindgen_test]
async fn the_journal_gives_back_what_it_was_given() {
    let journal = Journal::open("test-journal").await.unwrap();
    let (first, second) = (attempt(2), attempt(3));
    journal.write(&first).await.unwrap();
    journal.write(&second).await.unwrap();
    let (changed, _) = first.clone().handle(Event::NotSent(NotSent::Cancelled), 5);
    journal.write(&changed).await.unwrap();
    drop(journal);

    let journal = Journal::open("test-journal").await.unwrap();
    let kept = journal.read().await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.contains(&second));
    assert!(matches!(
        kept.iter().find(|a| a.draft == first.draft).unwrap().state,
        State::Finished(_, End::NotSent(NotSent::Cancelled))
    ));
    journal.remove(&first.draft.attempt).await.unwrap();
    assert_eq!(journal.read().await.unwrap(), [second]);
}

#[wasm_bindgen_test]
async fn a_lock_has_one_owner() {
    assert!(lock::own("test-lock", false).await);
    assert!(!lock::own("test-lock", false).await);
}
