use crate::parts::link;
use crate::{Office, Screen, screen::PLACES};
use leptos::prelude::*;
use mpos_terminal::parts::{element, line, part, text};
use mpos_terminal::words;

/// The office.
#[component]
pub fn App() -> impl IntoView {
    let office = Office::open();
    let main = element("main").child(part(move || Some(office.screen.get().show(office)))).view();
    let places = part(move || (!office.screen.get().is_entrance()).then(|| places(office)));
    let polite = element("p").class("heard").attr("role", "status");
    let polite = polite.live_text(text(move || office.polite.get())).view();
    element("div").class("terminal office").children([strip(office), places, main, polite]).view()
}

/// Till, and whether the proxy is there; a ribbon where no money moves.
fn strip(office: Office) -> AnyView {
    let operator = move || office.terminal.with(|t| Some(t.as_ref()?.operator.as_ref()?.name.clone()));
    let till = move || office.terminal.with(|t| t.as_ref().map(|t| t.till.clone())).unwrap_or_default();
    let network = move || if office.away.get() { "No connection" } else { "Online" }.to_owned();
    let strip = element("div").class("strip");
    let strip = strip.child(element("span").class("till").live_text(text(till)).view());
    let strip = strip.child(element("span").class("chip").live_text(text(network)).view());
    let strip = strip.child(part(move || operator().map(who)));
    let is_test = move || office.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let ribbon = part(move || is_test().then(|| line("ribbon", words::TEST.to_owned())));
    element("header").children([strip.view(), ribbon]).view()
}

/// What whoever is signed in can do about that.
fn who(name: String) -> AnyView {
    vec![link("Switch person", "#sign-in"), link(format!("Lock {name}"), "#lock")].into_any()
}

fn places(office: Office) -> AnyView {
    let place = move |&(address, name): &(&'static str, &'static str)| {
        let here = move || office.screen.get() == Screen::of(address);
        let link = move || {
            let link = element("a").attr("role", "button").attr("href", address);
            let here = text(move || if here() { "page" } else { "false" }.to_owned());
            link.live_attr("aria-current", here).text(name).view()
        };
        part(move || Screen::of(address).right().is_none_or(|right| office.may(right)).then(link))
    };
    element("nav")
        .attr("aria-label", "Office")
        .child(link("Back to the till", "/"))
        .children(PLACES.iter().map(place))
        .view()
}
