use super::trail;
use crate::parts::{PIN, begin, empty, field, fixed, keyed, said, submit, watched};
use crate::{Office, words};
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{button, element, flag, heading, line, part, press, row};
use mpos_terminal::proxy;
use payment::api::{AddOperator, Change, ChangeOperator, Operator};
use payment::pin::Pin;
use payment::role::{Right, Role};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

const NAME: &str = "new-name";
const NEW_PIN: &str = "new-pin";
const OTHER_PIN: &str = "other-pin";

/// What is known of the people, and what is being keyed about them.
#[derive(Clone, Copy)]
struct People {
    all: &'static Watched<Vec<Operator>>,
    /// Whose role or PIN is being changed, and to what role.
    changing: &'static Watched<Option<(String, Role)>>,
    /// The role of somebody who is to be added.
    role: &'static Watched<Role>,
}

/// The people at the till: add, change, and who did what.
pub(crate) fn operators(office: Office) -> AnyView {
    let people = People { all: watched(vec![]), changing: watched(None), role: watched(Role::Cashier) };
    begin(async move {
        if let Some(all) = office.heard(proxy::call("GET", "operators".to_owned(), None).await) {
            people.all.set(all);
        }
    });
    let rows = part(move || {
        let changing = people.changing.get();
        people.all.with(|all| {
            let rows = all.iter().map(|operator| person(office, people, operator, changing.as_ref()));
            Some(element("ul").children(rows.collect::<Vec<_>>()).view())
        })
    });
    let changes = part(move || {
        let all = || element("div").class("changes").children([add(office, people), trail(office)]).view();
        office.may(Right::Operators).then(all)
    });
    let all = [heading(fixed(say::people())), said(office), rows, changes];
    element("section").class("list people").children(all).view()
}

fn person(office: Office, people: People, operator: &Operator, changing: Option<&(String, Role)>) -> AnyView {
    let own = office.terminal.with_untracked(|t| t.as_ref().and_then(|t| t.operator.clone()));
    let is_own = own.is_some_and(|own| own.name == operator.name);
    let name = operator.name.clone();
    let role = operator.role;
    let change = {
        let name = name.clone();
        move |change: Change| tell(office, people, name.clone(), change)
    };
    let act = |label: String, what: Change| {
        let change = change.clone();
        button(label, press(move || change(what.clone())))
    };
    let begin = {
        let name = name.clone();
        press(move || people.changing.set(Some((name.clone(), role))))
    };
    let mut acts = vec![button(say::change_person(&name), begin)];
    if operator.locked_until.is_some() {
        acts.push(act(say::unlock_person(&name), Change::Unlock));
    }
    if !is_own {
        acts.push(match operator.disabled {
            true => act(say::enable_person(&name), Change::Enable),
            false => act(say::disable_person(&name), Change::Disable),
        });
    }
    let strong = element("span").class("strong").child(element("bdi").text(name.clone()).view());
    let about = element("div").class("who").children([
        strong.view(),
        element("span").text(words::role(role)).view(),
        element("span").class("small").text(words::standing(operator)).view(),
    ]);
    let item = element("li").child(about.view()).child(row(acts));
    match changing {
        Some((whom, to)) if *whom == name => item.child(form(office, people, operator, *to, is_own)).view(),
        _ => item.view(),
    }
}

/// Another role, another PIN, or both.
fn form(office: Office, people: People, operator: &Operator, to: Role, is_own: bool) -> AnyView {
    let (name, role) = (operator.name.clone(), operator.role);
    let chosen = name.clone();
    let choose = move |to| people.changing.set(Some((chosen.clone(), to)));
    let roles = (!is_own).then(|| roles("changed-role", to, choose));
    let label = if to == role { say::new_pin() } else { say::new_pin_or_empty() };
    let label = if to == Role::Manager && role != to { say::new_pin_manager() } else { label };
    let save = press(move || {
        let pin = keyed(OTHER_PIN);
        let pin = if pin.is_empty() { None } else { Pin::new(pin).ok().map(Some).unwrap_or_default() };
        if pin.is_none() && (to == role || !keyed(OTHER_PIN).is_empty()) {
            return office.refuse(say::pin_in_full().to_owned());
        }
        let change = match pin {
            Some(pin) if to == role => Change::Pin { pin },
            pin => Change::Role { role: to, pin },
        };
        empty(OTHER_PIN);
        tell(office, people, name.clone(), change);
    });
    let cancel = press(move || people.changing.set(None));
    let form = element("div").class("form").children(roles).child(field(OTHER_PIN, label, PIN));
    form.child(row(vec![button(say::save().to_owned(), save), button(say::cancel().to_owned(), cancel)]))
        .view()
}

fn tell(office: Office, people: People, name: String, change: Change) {
    begin(async move {
        let change = proxy::body(&ChangeOperator { name, change });
        if let Some(all) = office.post("operators/change", Some(change)).await {
            people.changing.set(None);
            people.all.set(all);
            office.said.set(say::saved().to_owned());
        }
    });
}

fn add(office: Office, people: People) -> AnyView {
    let roles = part(move || {
        let role = people.role.get();
        Some(roles("new-role", role, move |role| people.role.set(role)))
    });
    let add = press(move || {
        let Ok(pin) = Pin::new(keyed(NEW_PIN)) else {
            return office.refuse(say::pin_in_full().to_owned());
        };
        let new = AddOperator { name: keyed(NAME), role: people.role.get_untracked(), pin };
        begin(async move {
            if let Some(all) = office.post("operators", Some(proxy::body(&new))).await {
                people.all.set(all);
                office.said.set(say::saved().to_owned());
                empty(NAME);
                empty(NEW_PIN);
            }
        });
    });
    let all = vec![
        element("h2").text(say::add_a_person()).view(),
        line("", say::add_a_person_about().to_owned()),
        field(NAME, say::name(), &[("type", "text"), ("maxlength", "30")]),
        field(NEW_PIN, say::pin(), PIN),
        roles,
        submit(say::add_person(), add),
    ];
    element("section").class("form").children(all).view()
}

/// The roles to choose from.
fn roles(group: &'static str, chosen: Role, choose: impl Fn(Role) + Clone + 'static) -> AnyView {
    let choice = |role: Role| {
        let choose = choose.clone();
        let radio = element("input").attr("type", "radio").attr("name", group);
        let radio = radio.prop("checked", flag(move || role == chosen)).on("change", move |event| {
            let is_chosen = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if is_chosen.is_some_and(|radio| radio.checked()) {
                choose(role);
            }
        });
        element("label").child(radio.view()).child(element("span").text(words::role(role)).view()).view()
    };
    let legend = element("legend").class("heard").text(say::role()).view();
    element("fieldset").class("kinds").child(legend).children(words::ROLES.map(choice)).view()
}
