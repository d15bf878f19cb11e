use crate::Office;
use crate::parts::{PIN, begin, empty, field, fixed, is_enter, keyed, said, submit};
use language::say;
use leptos::prelude::*;
use mpos_terminal::parts::{element, heading, line, press};
use mpos_terminal::proxy;
use payment::api::{AddOperator, Operator};
use payment::pin::Pin;
use payment::role::Role;

const NAME: &str = "first-name";
const CHOSEN: &str = "first-pin";
const AGAIN: &str = "first-pin-again";

/// A till that has nobody: who comes first is its manager.
pub(crate) fn first_start(office: Office) -> AnyView {
    let least =
        office.entrance.door.with_untracked(|door| door.as_ref().map_or(0, |door| door.manager_pin_digits));
    let all = vec![
        heading(fixed(say::first_start())),
        line("", say::first_start_about(&least.to_string())),
        field(NAME, say::managers_name(), &[("type", "text"), ("maxlength", "30")]),
        field(CHOSEN, say::managers_pin(), PIN),
        field(AGAIN, say::same_pin_again(), PIN),
        said(office),
        submit(say::make_managers_pin(), press(move || found(office))),
    ];
    let section = element("section").class("entrance").on("keydown", move |event| {
        if is_enter(&event) {
            found(office);
        }
    });
    section.children(all).view()
}

fn found(office: Office) {
    let (chosen, again) = (keyed(CHOSEN), keyed(AGAIN));
    let is_same = chosen == again;
    let Some(pin) = Pin::new(chosen).ok().filter(|_| is_same) else {
        empty(CHOSEN);
        empty(AGAIN);
        let why = if is_same { say::pin_twice() } else { say::pins_differ() };
        return office.refuse(why.to_owned());
    };
    let new = AddOperator { name: keyed(NAME), role: Role::Manager, pin };
    begin(async move {
        if office.post::<Vec<Operator>>("operators", Some(proxy::body(&new))).await.is_some() {
            // There will be others who sell.
            office.ask();
            mpos_terminal::browser::go("#operators");
        }
    });
}
