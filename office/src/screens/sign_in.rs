use super::{first_start, stand_by, ways_out};
use crate::entrance::Face;
use crate::parts::{begin, empty, fixed, focus, input, is_enter, keyed, said, submit, watched};
use crate::{Office, words};
use language::say;
use leptos::prelude::*;
use mpos_terminal::parts::{button, element, follow, heading, line, part, press, row};
use mpos_terminal::{proxy, sound, sound::Sound};
use payment::api::{SignIn, Tile};
use payment::pin::Pin;

/// The field of the PIN.
const FIELD: &str = "pin";
/// The pad's keys in their rows; the empty one keeps its place free.
const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "\u{232b}"];

/// Signing in: nobody here, who, the PIN; or the first start of a till that has nobody.
pub(crate) fn sign_in(office: Office) -> AnyView {
    begin(async move { office.entrance.look(office).await });
    // By nothing else of the door, which changes while somebody keys a PIN: what is keyed stays in its field.
    let is_empty = watched(None);
    follow(move || {
        is_empty.renew(office.entrance.door.with(|door| door.as_ref().map(|door| door.people.is_empty())));
    });
    part(move || {
        Some(match (is_empty.get()?, office.entrance.face.get()) {
            (true, _) => first_start(office),
            (false, Face::StandBy) => stand_by(office),
            (false, Face::Names) => names(office),
            (false, Face::Pin(name)) => pin(office, name),
        })
    })
}

fn names(office: Office) -> AnyView {
    let tiles = part(move || {
        office.entrance.door.with(|door| {
            let tiles = door.iter().flat_map(|door| &door.people).map(|person| tile(office, person));
            Some(element("div").class("tiles").children(tiles.collect::<Vec<_>>()).view())
        })
    });
    let title = heading(fixed(say::who_is_signing_in()));
    element("section").class("entrance").children([title, tiles, said(office), ways_out(office)]).view()
}

fn tile(office: Office, person: &Tile) -> AnyView {
    let name = person.name.clone();
    let tile = element("button").attr("type", "button").class("tile");
    let tile = tile.on("click", move |_| {
        office.said.set(String::new());
        office.entrance.turn(Face::Pin(name.clone()));
    });
    let name = element("span").class("strong").child(element("bdi").text(person.name.clone()).view()).view();
    let locked = person.locked_until.map(|until| element("span").text(words::locked(until)).view());
    tile.child(name).children(locked).view()
}

fn pin(office: Office, name: String) -> AnyView {
    let title = name.clone();
    let field = element("input")
        .attr("id", FIELD)
        .attr("type", "password")
        .attr("dir", "ltr")
        .attr("autocomplete", "off");
    // The pad is the keyboard of a touch screen.
    let field = field.attr("inputmode", "none").attr("maxlength", "12").attr("aria-label", say::staff_pin());
    let keys = element("div").class("keys").attr("dir", "ltr").attr("role", "group");
    let keys = keys.attr("aria-label", say::pin_pad()).children(KEYS.map(key));
    let enter = {
        let name = name.clone();
        move || try_pin(office, name.clone())
    };
    let pressed = enter.clone();
    let other = press(move || {
        office.said.set(String::new());
        office.entrance.turn(Face::Names);
    });
    let other = button(say::somebody_else().to_owned(), other);
    let all = vec![
        element("h1").child(element("bdi").text(title).view()).view(),
        line("", say::not_a_card_pin().to_owned()),
        field.view(),
        said(office),
        keys.view(),
        submit(say::sign_in(), press(pressed)),
        row(vec![other]),
    ];
    focus(FIELD);
    let section = element("section").class("entrance pin").on("keydown", move |event| {
        if is_enter(&event) {
            enter();
        }
    });
    section.children(all).view()
}

fn key(label: &'static str) -> AnyView {
    if label.is_empty() {
        return element("span").view();
    }
    let name = if label == "\u{232b}" { say::key_delete() } else { label };
    let key = element("button").attr("type", "button").class("key").attr("aria-label", name);
    key.on("click", move |_| push(label)).text(label).view()
}

fn push(label: &str) {
    let Some(field) = input(FIELD) else { return };
    let mut digits = field.value();
    if label == "\u{232b}" {
        digits.pop();
    } else if digits.len() < Pin::LONGEST {
        digits.push_str(label);
    }
    sound::play(Sound::Key);
    field.set_value(&digits);
}

fn try_pin(office: Office, name: String) {
    let Ok(pin) = Pin::new(keyed(FIELD)) else {
        return office.refuse(say::staff_pin_in_full().to_owned());
    };
    empty(FIELD);
    focus(FIELD);
    begin(async move {
        let asked = proxy::body(&SignIn { name, pin });
        if let Some(terminal) = office.post("sign-in", Some(asked)).await {
            office.enter(terminal);
        }
    });
}
