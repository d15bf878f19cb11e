use super::rows::rows;
use crate::Office;
use crate::book::Query;
use crate::parts::{choice, fixed, labelled, value};
use language::say;
use leptos::prelude::*;
use mpos_terminal::parts::{element, heading, line, part, text};

/// The payments, newest first; what is not known yet above all.
pub(crate) fn history(office: Office) -> AnyView {
    let all = [heading(fixed(say::history())), list(office)];
    element("section").class("history").children(all).view()
}

/// The search field, the filters and the list. Reads the list anew, unless it was left further down.
pub(super) fn list(office: Office) -> AnyView {
    // A list that was left further down is found as it was.
    if office.book.scrolled.get_untracked() == 0 {
        office.read_book();
    }
    let note = part(move || office.book.is_local.get().then(|| line("offline", say::offline().to_owned())));
    element("div").class("book").children([search(office), filters(office), note, rows(office)]).view()
}

fn search(office: Office) -> AnyView {
    let keyed = office.book.query.with_untracked(|query| query.keyed.clone());
    let input = element("input")
        .attr("type", "search")
        .attr("inputmode", "search")
        .attr("placeholder", say::search_hint())
        .attr("autocomplete", "off")
        .live_attr("value", fixed(keyed))
        .on("input", move |event| look(office, value(&event)))
        .on("change", move |event| look(office, value(&event)));
    labelled(say::search(), input.view())
}

fn look(office: Office, keyed: String) {
    office.look_for(|query| query.keyed = keyed);
}

/// What else the list can be narrowed by, and the file of it all.
fn filters(office: Office) -> AnyView {
    let options = |all: &[(&str, &str)]| {
        all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let statuses = [
        ("", say::all()),
        ("approved", say::approved()),
        ("not_paid", say::not_paid()),
        ("returned", say::returned()),
        ("open", say::result_not_known()),
    ];
    let kinds = [("", say::all()), ("sale", say::kind_sale()), ("preauth", say::kind_preauth())];
    let date =
        |begin: String| element("input").attr("type", "date").live_attr("value", text(move || begin.clone()));
    let Query { from, to, operator: who, status, kind, .. } = office.book.query.get_untracked();
    let from = date(from).on("change", move |event| {
        let day = value(&event);
        office.look_for(|query| query.from = day);
    });
    let to = date(to).on("change", move |event| {
        let day = value(&event);
        office.look_for(|query| query.to = day);
    });
    let operator = element("input").attr("type", "text").attr("autocomplete", "off");
    let operator = operator.live_attr("value", text(move || who.clone())).on("change", move |event| {
        let who = value(&event);
        office.look_for(|query| query.operator = who);
    });
    let file =
        text(move || format!("/api/v1/history.csv?{}", office.book.query.with(|query| query.address())));
    let file = element("a").attr("role", "button").attr("download", "payments.csv").live_attr("href", file);
    let fields = [
        choice(say::status(), options(&statuses), &status, move |status| {
            office.look_for(|query| query.status = status)
        }),
        choice(say::choice_kind(), options(&kinds), &kind, move |kind| {
            office.look_for(|query| query.kind = kind)
        }),
        labelled(say::from(), from.view()),
        labelled(say::to(), to.view()),
        labelled(say::operator(), operator.view()),
        file.text(say::export_csv()).view(),
    ];
    let fields = element("div").class("fields").children(fields).view();
    element("details")
        .class("filters")
        .child(element("summary").text(say::filter_and_export()).view())
        .child(fields)
        .view()
}
