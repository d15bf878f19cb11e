use crate::{Office, screen::PLACES};
use leptos::prelude::*;
use mpos_terminal::parts::{element, line, part, text};
use mpos_terminal::words;

/// The office.
#[component]
pub fn App() -> impl IntoView {
    let office = Office::open();
    let main = element("main").child(part(move || Some(office.screen.get().show(office)))).view();
    let said = element("p").class("heard").attr("role", "status").live_text(text(move || office.said.get()));
    element("div")
        .class("terminal office")
        .children([strip(office), places(office), main, said.view()])
        .view()
}

/// Till, and whether the proxy is there; a ribbon where no money moves.
fn strip(office: Office) -> AnyView {
    let till = move || office.terminal.with(|t| t.as_ref().map(|t| t.till.clone())).unwrap_or_default();
    let network = move || if office.away.get() { "No connection" } else { "Online" }.to_owned();
    let strip = element("header").class("strip");
    let strip = strip.child(element("span").class("till").live_text(text(till)).view());
    let strip = strip.child(element("span").class("chip").live_text(text(network)).view());
    let is_test = move || office.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let ribbon = part(move || is_test().then(|| line("ribbon", words::TEST.to_owned())));
    vec![strip.view(), ribbon].into_any()
}

fn places(office: Office) -> AnyView {
    let place = move |&(address, name): &(&'static str, &'static str)| {
        let here = move || office.screen.get() == crate::Screen::of(address);
        element("a")
            .attr("role", "button")
            .attr("href", address)
            .live_attr("aria-current", text(move || if here() { "page" } else { "false" }.to_owned()))
            .text(name)
            .view()
    };
    let till = element("a").attr("role", "button").attr("href", "/").text("Back to the till").view();
    element("nav").attr("aria-label", "Office").child(till).children(PLACES.iter().map(place)).view()
}
