use crate::parts::link;
use crate::{Office, Screen, screen::places};
use language::say;
use leptos::prelude::*;
use mpos_terminal::parts::{element, language_choice, line, part, text};
use mpos_terminal::{shell, speech};

/// The office.
#[component]
pub fn App() -> impl IntoView {
    let office = Office::open();
    let all = part(move || {
        speech::follow();
        // The list has words of its own: it is read anew.
        office.book.scrolled.set(0);
        shell::entitle(say::page_title());
        Some(all(office))
    });
    element("div").class("terminal office").child(all).view()
}

fn all(office: Office) -> AnyView {
    let main = element("main").child(part(move || Some(office.screen.get().show(office)))).view();
    // Whoever is signed in goes on from first aid to anywhere else.
    let leads_on = move || match office.screen.get() {
        Screen::FirstAid => office.signed_in(),
        screen => !screen.is_entrance(),
    };
    let navigation = part(move || leads_on().then(|| navigation(office)));
    let polite = element("p").class("heard").attr("role", "status");
    let polite = polite.live_text(text(move || office.polite.get())).view();
    vec![strip(office), navigation, main, polite].into_any()
}

/// Till, whether the proxy is there, and the language; a ribbon where no money moves.
fn strip(office: Office) -> AnyView {
    let operator = move || office.terminal.with(|t| Some(t.as_ref()?.operator.as_ref()?.name.clone()));
    let till = move || office.terminal.with(|t| t.as_ref().map(|t| t.till.clone())).unwrap_or_default();
    let network =
        move || if office.away.get() { say::no_connection() } else { say::network_online() }.to_owned();
    // Its place is kept: the strip stays as high as it was.
    let gone = move || if office.screen.get().is_at_work() { "gone" } else { "" };
    let languages = element("span").live_attr("class", text(move || gone().to_owned()));
    let languages = languages.child(language_choice());
    let strip = element("div").class("strip");
    let strip = strip.child(element("span").class("till").live_text(text(till)).view());
    let strip = strip.child(element("span").class("chip").live_text(text(network)).view());
    let strip = strip.child(part(move || operator().map(who))).child(languages.view());
    let is_test = move || office.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let ribbon = part(move || is_test().then(|| line("ribbon", say::test_ribbon().to_owned())));
    element("header").children([strip.view(), ribbon]).view()
}

/// What whoever is signed in can do about that.
fn who(name: String) -> AnyView {
    vec![link(say::switch_person(), "#sign-in"), link(say::lock(&name), "#lock")].into_any()
}

fn navigation(office: Office) -> AnyView {
    let place = move |(address, name): (&'static str, &'static str)| {
        let here = move || office.screen.get() == Screen::of(address);
        let link = move || {
            let link = element("a").attr("role", "button").attr("href", address);
            let here = text(move || if here() { "page" } else { "false" }.to_owned());
            link.live_attr("aria-current", here).text(name).view()
        };
        part(move || Screen::of(address).right().is_none_or(|right| office.may(right)).then(link))
    };
    element("nav")
        .attr("aria-label", say::office())
        .child(link(say::back_to_till(), "/"))
        .children(places().map(place))
        .view()
}
