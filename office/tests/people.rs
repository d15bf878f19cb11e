//! Signing in and the people's screens in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "../../tests/shell/mod.rs"]
mod shell;

use leptos::prelude::*;
use office::{Entrance, Face, Office, Screen, words};
use payment::api::{Deed, Did, Door, Operator, Tile};
use payment::role::Role;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// Lets everything that is due happen.
async fn settle() {
    for _ in 0..5 {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    leptos::task::tick().await;
}

fn root() -> HtmlElement {
    shell::put_in_place();
    let document = web_sys::window().unwrap().document().unwrap();
    let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&root).unwrap();
    root
}

fn button(root: &HtmlElement, name: &str) -> HtmlElement {
    let all = root.query_selector_all("button").unwrap();
    let mut buttons = (0..all.length()).map(|at| all.item(at).unwrap().unchecked_into::<HtmlElement>());
    let is_named = |button: &HtmlElement| {
        let label = button.get_attribute("aria-label").unwrap_or_else(|| button.inner_text());
        label.trim() == name
    };
    buttons.find(is_named).unwrap_or_else(|| panic!("no button {name} in {}", root.inner_text()))
}

fn field(root: &HtmlElement) -> HtmlInputElement {
    root.query_selector("#pin").unwrap().expect("a field").unchecked_into()
}

fn door(people: &[&str]) -> Door {
    let tile = |name: &&str| Tile { name: (*name).to_owned(), locked_until: None };
    Door { people: people.iter().map(tile).collect(), unresolved: 2, pin_digits: 4, manager_pin_digits: 6 }
}

/// The sign-in screen of a till with these people.
async fn sign_in(door: Door) -> (Office, HtmlElement) {
    let (office, root) = (Office::at(Screen::SignIn), root());
    office.entrance.door.set(Some(door));
    mount_to(root.clone(), move || Screen::SignIn.show(office)).forget();
    settle().await;
    (office, root)
}

#[wasm_bindgen_test]
async fn a_pin_is_keyed_on_the_pad_and_stays_in_its_field() {
    let (office, root) = sign_in(door(&["Ann", "Max"])).await;
    assert!(root.inner_text().contains("Results not known yet: 2"));
    button(&root, "Touch to unlock").click();
    settle().await;
    assert_eq!(office.entrance.face.get_untracked(), Face::Names);
    button(&root, "Ann").click();
    settle().await;
    assert!(root.inner_text().contains("Staff PIN, not a card PIN"));
    for key in ["2", "5", "8", "delete", "0"] {
        button(&root, key).click();
    }
    assert_eq!((field(&root).value(), field(&root).type_()), ("250".to_owned(), "password".to_owned()));
    assert!(!root.inner_html().contains("250"), "what is keyed is not in the page's markup");
    button(&root, "Sign in").click();
    settle().await;
    assert!(office.said.get_untracked().starts_with("A staff PIN has 4 to 12 digits"));
    for _ in 0..20 {
        button(&root, "8").click();
    }
    assert_eq!(field(&root).value().len(), 12, "no longer than a PIN may be");
    button(&root, "Somebody else").click();
    settle().await;
    button(&root, "Max").click();
    settle().await;
    assert_eq!(field(&root).value(), "", "nobody finds another one's digits");
    root.remove();
}

#[wasm_bindgen_test]
async fn what_is_keyed_stays_when_somebody_else_is_locked_out_meanwhile() {
    let mut door = door(&["Ann", "Max"]);
    let (office, root) = sign_in(door.clone()).await;
    office.entrance.turn(Face::Pin("Max".to_owned()));
    settle().await;
    button(&root, "2").click();
    door.people[0].locked_until = Some(1);
    office.entrance.door.set(Some(door));
    settle().await;
    button(&root, "5").click();
    assert_eq!(field(&root).value(), "25");
    root.remove();
}

#[wasm_bindgen_test]
async fn a_till_without_people_asks_for_its_manager_twice() {
    let (office, root) = sign_in(door(&[])).await;
    let text = root.inner_text();
    assert!(text.contains("First start") && text.contains("at least 6 digits"), "{text}");
    let key = |id: &str, text: &str| {
        let field: HtmlInputElement = root.query_selector(id).unwrap().unwrap().unchecked_into();
        field.set_value(text);
    };
    key("#first-pin", "258013");
    key("#first-pin-again", "258014");
    button(&root, "Make this the manager's PIN").click();
    settle().await;
    assert_eq!(office.said.get_untracked(), "The PINs differ. Key both again.");
    let field: HtmlInputElement = root.query_selector("#first-pin").unwrap().unwrap().unchecked_into();
    assert_eq!(field.value(), "");
    root.remove();
}

#[wasm_bindgen_test]
async fn who_is_locked_out_is_told_until_when() {
    let mut door = door(&["Ann"]);
    door.people[0].locked_until = Some(0);
    let (office, root) = sign_in(door).await;
    office.entrance.turn(Face::Names);
    settle().await;
    assert!(root.inner_text().contains(&words::locked(0)), "{}", root.inner_text());
    root.remove();
}

#[wasm_bindgen_test]
fn names_go_away_when_nobody_touches_them() {
    let entrance = Entrance::default();
    entrance.turn(Face::Pin("Ann".to_owned()));
    for somebody in [false, true].into_iter().cycle().take(200) {
        entrance.beat(somebody);
    }
    assert_eq!(entrance.face.get_untracked(), Face::Pin("Ann".to_owned()));
    (0..59).for_each(|_| entrance.beat(false));
    assert_ne!(entrance.face.get_untracked(), Face::StandBy);
    entrance.beat(false);
    assert_eq!(entrance.face.get_untracked(), Face::StandBy);
}

#[wasm_bindgen_test]
fn addresses_name_screens() {
    for (address, screen) in [
        ("", Screen::History),
        ("#operators", Screen::Operators),
        ("#sign-in", Screen::SignIn),
        ("#lock", Screen::Lock),
        ("#nothing/of/that", Screen::History),
    ] {
        assert_eq!(Screen::of(address), screen, "{address}");
    }
}

#[wasm_bindgen_test]
fn deeds_and_standings_are_sentences() {
    shell::put_in_place();
    let deed = |did, who: Option<&str>, whom: Option<&str>| {
        words::deed(&Deed { at: 0, who: who.map(str::to_owned), did, whom: whom.map(str::to_owned) })
    };
    assert_eq!(deed(Did::MadeCashier, Some("Max"), Some("Ann")), "Max made Ann a cashier");
    assert_eq!(deed(Did::ResetPin, Some("Max"), None), "Max gave themselves a new PIN");
    assert_eq!(deed(Did::ResetPin, None, Some("Max")), "On the machine itself, somebody gave Max a new PIN");
    let ann = Operator {
        name: "Ann".into(),
        role: Role::Cashier,
        disabled: false,
        locked_until: None,
        last_seen: None,
    };
    assert_eq!(words::standing(&ann), "Not seen yet");
    let locked = Operator { locked_until: Some(0), ..ann.clone() };
    assert_eq!(words::standing(&locked), words::locked(0));
    assert_eq!(words::standing(&Operator { disabled: true, ..locked }), "May not sign in");
}
