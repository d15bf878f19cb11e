use crate::{Office, words};
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{element, part};
use mpos_terminal::proxy;
use payment::api::Deed;
use wasm_bindgen_futures::spawn_local;

/// Who did what, asked for when it is opened.
pub(crate) fn trail(office: Office) -> AnyView {
    let deeds: &'static Watched<Vec<Deed>> = Box::leak(Box::new(Watched::new(vec![])));
    let rows = part(move || {
        deeds.with(|all| Some(element("ol").children(all.iter().map(entry).collect::<Vec<_>>()).view()))
    });
    let summary = element("summary").text("Who did what").view();
    let details = element("details").class("trail").on("toggle", move |_| {
        spawn_local(async move {
            if let Some(all) = office.heard(proxy::call("GET", "operators/trail".to_owned(), None).await) {
                deeds.set(all);
            }
        });
    });
    details.child(summary).child(rows).view()
}

fn entry(deed: &Deed) -> AnyView {
    let time = element("time").text(words::day_and_time(deed.at)).view();
    element("li").child(time).child(element("span").text(words::deed(deed)).view()).view()
}
