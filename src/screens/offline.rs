use super::list;
use super::reader::first_aid;
use crate::desk::Desk;
use crate::parts::{element, heading, line, row, text};
use language::say;
use leptos::prelude::*;
use payment::till::Attempt;

/// The till was started and the proxy is not there: nothing can be charged, and what this till knows of its payments.
pub fn offline(desk: Desk) -> AnyView {
    desk.say(say::offline_money());
    let entry = |attempt: &Attempt| match attempt.is_finished() {
        true => list::payment_row(attempt).view(),
        false => list::entry(desk, attempt),
    };
    let payments: Vec<_> = desk.history().iter().map(entry).collect();
    let mut all = vec![
        heading(text(|| say::no_connection().to_owned())),
        line("money", say::offline_money().to_owned()),
        line("", say::wait_for_online().to_owned()),
        row(vec![first_aid().view()]),
    ];
    if !payments.is_empty() {
        all.push(line("strong", say::offline_history().to_owned()));
        all.push(element("ul").children(payments).view());
    }
    element("section").class("list").children(all).view()
}
