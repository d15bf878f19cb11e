use crate::Office;
use crate::entrance::Face;
use crate::parts::submit;
use leptos::prelude::*;
use mpos_terminal::parts::{element, heading, line, live_line, part, press, text};
use mpos_terminal::{browser, words};

/// Nobody is here: till, shop and time, and how much is not known yet, without amounts. A touch anywhere opens it.
pub(crate) fn stand_by(office: Office) -> AnyView {
    let shop =
        move || office.terminal.with(|t| t.as_ref().map(|t| t.merchant.name.clone()).unwrap_or_default());
    let till = move || office.terminal.with(|t| t.as_ref().map(|t| t.till.clone()).unwrap_or_default());
    let unresolved = part(move || {
        let count = office.entrance.door.with(|door| door.as_ref().map_or(0, |door| door.unresolved));
        let words = words::not_known_count(usize::try_from(count).unwrap_or(usize::MAX));
        (count > 0)
            .then(|| element("p").class("bar hatched").child(element("span").text(words).view()).view())
    });
    let unlock = move || office.entrance.turn(Face::Names);
    let all = vec![
        live_line("strong", text(shop)),
        live_line("", text(till)),
        live_line("clock", text(move || browser::hh_mm(office.now.get()))),
        heading(text(|| "Locked".to_owned())),
        unresolved,
        submit("Touch to unlock", press(unlock)),
        open_till(office),
    ];
    let section = element("section").class("entrance stand-by").attr("role", "status");
    section.on("click", move |_| unlock()).children(all).view()
}

/// The way back to a till that sells without anybody signed in.
fn open_till(office: Office) -> AnyView {
    part(move || {
        let is_open = office.terminal.with(|t| t.as_ref().is_some_and(|t| !t.locked));
        let link = || element("a").attr("role", "button").attr("href", "/").text("Back to the till").view();
        is_open.then(link).or_else(|| Some(line("", String::new())))
    })
}
