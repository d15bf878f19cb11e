use super::{Text, element, line, part, text};
use crate::desk::{Desk, Network, Reader};
use crate::words;
use language::say;
use leptos::prelude::*;
use payment::api::Terminal;

/// Till, who is signed in, reader and network in words, always there; the ribbon where no money moves; the bar while a result is open.
pub fn status_strip(desk: Desk) -> AnyView {
    let named = |t: &Terminal| if t.attended { t.till.clone() } else { t.merchant.name.clone() };
    let till = move || desk.terminal.with(|t| t.as_ref().map(named).unwrap_or_default());
    // A payment is not left by the way.
    let lock = part(move || {
        let label = desk.terminal.with(|t| match t.as_ref().and_then(|t| t.operator.as_ref()) {
            Some(operator) => say::lock(&operator.name),
            None => say::staff().to_owned(),
        });
        let class = if desk.current.with(Option::is_none) { "" } else { "gone" };
        let link = element("a").attr("role", "button").attr("href", "/office/#lock").class(class);
        Some(link.text(label).view())
    });
    let sandbox = move || desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let network_bad = move || desk.network.get() != Network::Online;
    let open = move || desk.parked.with(|all| all.iter().filter(|a| !a.is_finished()).count());
    let parked = move || desk.parked.with(Vec::len);
    let told = move || desk.terminal.with(|t| t.as_ref().map(|t| t.notices.len()));
    let bar = move || match (open(), parked()) {
        (0, 0) => told().filter(|told| *told > 0).map(|told| say::notices_count(&told.to_string())),
        (0, ended) => Some(say::results_came_in(&ended.to_string())),
        (open, _) => Some(say::results_not_known(&open.to_string())),
    };
    let class = text(move || if network_bad() { "chip bad" } else { "chip" }.to_owned());
    let network = text(move || words::network(desk.network.get()).to_owned());
    let network =
        element("span").live_attr("class", class).attr("data-testid", "network-state").live_text(network);
    let strip = element("div").class("strip").children([
        element("span").class("till").live_text(text(till)).view(),
        reader_chip(desk),
        network.view(),
        element("time").live_text(text(move || crate::browser::hh_mm(desk.now.get()))).view(),
        lock,
    ]);
    let ribbon = part(move || sandbox().then(|| line("ribbon", say::test_ribbon().to_owned())));
    let bar = part(move || {
        // Other people's payments are not a customer's business.
        let words = bar().filter(|_| !desk.is_self_service())?;
        let class = text(move || if open() == 0 { "bar" } else { "bar hatched" }.to_owned());
        let button = element("button").attr("type", "button").live_attr("class", class);
        let button = button.on("click", move |_| desk.list_open.set(true));
        Some(button.child(element("span").text(words).view()).view())
    });
    element("header").children([strip.view(), ribbon, bar]).view()
}

/// The reader's state, and the way to the reader page.
fn reader_chip(desk: Desk) -> AnyView {
    let is_ready = move || matches!(desk.reader.get(), Reader::Ready(_));
    let class = text(move || if is_ready() { "chip" } else { "chip bad" }.to_owned());
    let button = element("button").attr("type", "button").live_attr("class", class);
    let button = button.attr("data-testid", "reader-state").on("click", move |_| desk.open_reader_page());
    button.live_text(text(move || words::reader(&desk.reader.get()))).view()
}

/// The two live regions: there from the start, filled later.
pub fn live_regions(desk: Desk) -> AnyView {
    let region = |role: &'static str, live: &'static str, words: Text| {
        let region = element("p").class("heard").attr("role", role).attr("aria-live", live);
        region.attr("aria-atomic", "true").live_text(words).view()
    };
    let polite = region("status", "polite", text(move || desk.status.get()));
    let assertive = region("alert", "assertive", text(move || desk.alert.get()));
    vec![polite, assertive].into_any()
}
