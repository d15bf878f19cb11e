use crate::Office;
use crate::entrance::Face;
use crate::parts::{fixed, link, submit};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::parts::{element, heading, live_line, part, press, row, text};

/// Nobody is here: till, shop and time, and how much is not known yet, without amounts. A touch anywhere opens it.
pub(crate) fn stand_by(office: Office) -> AnyView {
    let shop =
        move || office.terminal.with(|t| t.as_ref().map(|t| t.merchant.name.clone()).unwrap_or_default());
    let till = move || office.terminal.with(|t| t.as_ref().map(|t| t.till.clone()).unwrap_or_default());
    let unresolved = part(move || {
        let count = office.entrance.door.with(|door| door.as_ref().map_or(0, |door| door.unresolved));
        let words = say::results_not_known(&count.to_string());
        (count > 0)
            .then(|| element("p").class("bar hatched").child(element("span").text(words).view()).view())
    });
    let unlock = move || office.entrance.turn(Face::Names);
    let all = vec![
        live_line("strong", text(shop)),
        live_line("", text(till)),
        live_line("clock", text(move || browser::hh_mm(office.now.get()))),
        heading(fixed(say::locked())),
        unresolved,
        submit(say::touch_to_unlock(), press(unlock)),
        ways_out(office),
    ];
    let section = element("section").class("entrance stand-by").attr("role", "status");
    section.on("click", move |_| unlock()).children(all).view()
}

/// First aid; and the way back to a till that sells, because somebody is signed in or because nobody has to be.
pub(crate) fn ways_out(office: Office) -> AnyView {
    let sells = move || office.terminal.with(|t| t.as_ref().is_some_and(|t| !t.locked));
    let back = part(move || sells().then(|| link(say::back_to_till(), "/")));
    row(vec![link(say::first_aid(), "#first-aid"), back])
}
