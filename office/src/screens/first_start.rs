use crate::Office;
use crate::parts::{PIN, begin, empty, field, fixed, is_enter, keyed, said, submit};
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
    let about = format!(
        "This till has no manager yet. Manager: choose a PIN of at least {least} digits. There is no default one, and \
         it opens everything here. It is a staff PIN, not a card PIN."
    );
    let all = vec![
        heading(fixed("First start")),
        line("", about),
        field(NAME, "Manager's name", &[("type", "text"), ("maxlength", "30")]),
        field(CHOSEN, "Manager's PIN", PIN),
        field(AGAIN, "The same PIN again", PIN),
        said(office),
        submit("Make this the manager's PIN", press(move || found(office))),
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
        let why = if is_same {
            "A PIN has 4 to 12 digits. Key it twice."
        } else {
            "The PINs differ. Key both again."
        };
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
