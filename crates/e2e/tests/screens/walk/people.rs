//! The people at the till: the first start, who there is, signing in.

use crate::look::Walk;
use e2e::{Habits, Shop};

const MANAGER_PIN: &str = "258013";
const CASHIER_PIN: &str = "2580";

pub(crate) async fn walk(walk: &Walk) {
    let shop = Shop::open_with("screens-people", Habits { open: false, ..Habits::default() }).await;
    let till = &shop.till;
    till.see(&["First start", "no default one"]).await;
    walk.see(till, "office-first-start").await;
    till.fill("Manager's name", "Max").await;
    till.fill("Manager's PIN", MANAGER_PIN).await;
    till.fill("The same PIN again", MANAGER_PIN).await;
    till.press("Make this the manager's PIN").await;
    till.see(&["People", "Max", "Manager", "Add a person"]).await;
    for name in ["Ann", "Bartholomew Featherstonehaugh"] {
        till.fill("Name", name).await;
        till.fill("PIN", CASHIER_PIN).await;
        till.press("Add person").await;
        till.see(&["Saved", name]).await;
    }
    walk.see(till, "office-people").await;
    till.press("Change Ann").await;
    till.see(&["New PIN", "Save", "Cancel"]).await;
    super::unfold(&shop).await;
    till.see(&["Max made Ann a cashier"]).await;
    walk.see(till, "office-people-change").await;

    till.press("Lock Max").await;
    till.see(&["Locked", "Corner Shop"]).await;
    walk.see(till, "office-locked").await;
    till.press("Touch to unlock").await;
    till.see(&["Who is signing in?"]).await;
    walk.see(till, "office-who").await;
    till.press("Ann").await;
    till.see(&["Staff PIN, not a card PIN"]).await;
    walk.see(till, "office-pin").await;
    for left in 1..=5 {
        for digit in "0852".chars() {
            till.press(&digit.to_string()).await;
        }
        till.press("Sign in").await;
        till.see(&[if left < 5 { "Wrong PIN" } else { "Too many wrong PINs" }]).await;
        let empty = "return document.querySelector('#pin').value === ''";
        assert_eq!(till.evaluate(empty, vec![]).await, true, "the field is empty for the next try");
        if left == 4 {
            till.see(&["1 try left"]).await;
        } else if left < 4 {
            till.see(&[&format!("{} tries left", 5 - left)]).await;
        }
    }
    walk.see(till, "office-pin-locked").await;
    till.press("Somebody else").await;
    till.press("Max").await;
    for digit in MANAGER_PIN.chars() {
        till.press(&digit.to_string()).await;
    }
    till.press("Sign in").await;
    till.see(&["Till 1", "Lock Max", "Pay 0.00"]).await;
    walk.see(till, "keypad-signed-in").await;
}
