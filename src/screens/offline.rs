use super::list;
use crate::desk::Desk;
use crate::parts::{element, heading, line, text};
use crate::words::shell as words;
use leptos::prelude::*;
use payment::till::Attempt;

/// The till was started and the proxy is not there: nothing can be charged, and what this till knows of its payments.
pub fn offline(desk: Desk) -> AnyView {
    desk.say(words::OFFLINE_MONEY);
    let row = |attempt: &Attempt| match attempt.is_finished() {
        true => list::payment_row(attempt).view(),
        false => list::entry(desk, attempt),
    };
    let payments: Vec<_> = desk.history().iter().map(row).collect();
    let mut all = vec![
        heading(text(|| words::OFFLINE.to_owned())),
        line("money", words::OFFLINE_MONEY.to_owned()),
        line("", words::OFFLINE_NEXT.to_owned()),
    ];
    if !payments.is_empty() {
        all.push(line("strong", words::OFFLINE_HISTORY.to_owned()));
        all.push(element("ul").children(payments).view());
    }
    element("section").class("list").children(all).view()
}
