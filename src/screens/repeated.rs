use crate::desk::Desk;
use crate::parts::{amount_line, button, element, heading, line, press, row, text};
use crate::words;
use language::say;
use leptos::prelude::*;

/// The same card and amount once more: asked before anything is sent, with both answers outlined.
pub fn repeated(desk: Desk) -> Option<AnyView> {
    let amount = desk.current.with_untracked(|a| a.as_ref().map(|a| a.draft.amount));
    let amount = amount.map(words::amount).unwrap_or_default();
    let card = desk.repeated.with_untracked(|read| read.as_ref().map(|read| words::card(&read.card)));
    let card = card.unwrap_or_default();
    desk.alert.set(say::same_again_spoken(&card, &amount));
    let why = say::same_again_why(&card, &amount);
    let all = vec![
        amount_line(amount),
        heading(text(|| say::same_again().to_owned())),
        line("money", say::nothing_sent_yet().to_owned()),
        line("", why),
        row(vec![
            button(say::cancel().to_owned(), press(move || desk.answer_repeated(false))),
            button(say::charge_again().to_owned(), press(move || desk.answer_repeated(true))),
        ]),
    ];
    Some(element("section").class("repeated").children(all).view())
}
