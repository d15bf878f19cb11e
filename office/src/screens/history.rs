use super::rows::rows;
use crate::parts::{choice, fixed, labelled, value};
use crate::{Office, order_words as words};
use leptos::prelude::*;
use mpos_terminal::parts::{element, heading, line, part, text};

/// The payments, newest first; what is not known yet above all.
pub(crate) fn history(office: Office) -> AnyView {
    let all = [heading(fixed("History")), list(office)];
    element("section").class("history").children(all).view()
}

/// The search field, the filters and the list. Reads the list anew, unless it was left further down.
pub(super) fn list(office: Office) -> AnyView {
    // A list that was left further down is found as it was.
    if office.book.scrolled.get_untracked() == 0 {
        office.read_book();
    }
    let note = part(move || office.book.is_local.get().then(|| line("offline", words::OFFLINE.to_owned())));
    element("div").class("book").children([search(office), filters(office), note, rows(office)]).view()
}

fn search(office: Office) -> AnyView {
    let keyed = office.book.query.with_untracked(|query| query.keyed.clone());
    let input = element("input")
        .attr("type", "search")
        .attr("inputmode", "search")
        .attr("placeholder", "Amount, last four digits, order")
        .attr("autocomplete", "off")
        .live_attr("value", fixed(keyed))
        .on("input", move |event| look(office, value(&event)))
        .on("change", move |event| look(office, value(&event)));
    labelled("Search", input.view())
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
        ("", "All"),
        ("approved", "Approved"),
        ("not_paid", "Not paid"),
        ("returned", "Returned"),
        ("open", "Not known yet"),
    ];
    let kinds = [("", "All"), ("sale", "Sale"), ("preauth", "Reserve")];
    let date =
        |begin: String| element("input").attr("type", "date").live_attr("value", text(move || begin.clone()));
    let (from, to, who) = office
        .book
        .query
        .with_untracked(|query| (query.from.clone(), query.to.clone(), query.operator.clone()));
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
        choice("Status", options(&statuses), move |status| office.look_for(|query| query.status = status)),
        choice("Kind", options(&kinds), move |kind| office.look_for(|query| query.kind = kind)),
        labelled("From", from.view()),
        labelled("To", to.view()),
        labelled("Operator", operator.view()),
        file.text("Export CSV").view(),
    ];
    let fields = element("div").class("fields").children(fields).view();
    element("details")
        .class("filters")
        .child(element("summary").text("Filter and export").view())
        .child(fields)
        .view()
}
