use crate::parts::{begin, watched};
use crate::{Office, moment, words};
use language::say;
use leptos::prelude::*;
use mpos_terminal::parts::{element, part};
use mpos_terminal::proxy;
use payment::api::Deed;

/// Who did what, asked for when it is opened.
pub(crate) fn trail(office: Office) -> AnyView {
    let deeds = watched(Vec::<Deed>::new());
    let rows = part(move || {
        deeds.with(|all| Some(element("ol").children(all.iter().map(entry).collect::<Vec<_>>()).view()))
    });
    let summary = element("summary").text(say::who_did_what()).view();
    let details = element("details").class("trail").on("toggle", move |_| {
        begin(async move {
            if let Some(all) = office.heard(proxy::call("GET", "operators/trail".to_owned(), None).await) {
                deeds.set(all);
            }
        });
    });
    details.child(summary).child(rows).view()
}

fn entry(deed: &Deed) -> AnyView {
    let time = element("time").text(moment::day_and_time_short(deed.at)).view();
    element("li").child(time).child(element("span").text(words::deed(deed)).view()).view()
}
