use crate::browser;
use crate::desk::Desk;
use crate::parts::{Element, button, element, heading, line, part, press, row, shape_icon, text};
use crate::words;
use language::say;
use leptos::prelude::*;
use payment::api::{Notice, Terminal};
use payment::till::Attempt;

/// What staff have to hear of, then payments that nobody has seen the end of: the oldest first, those that are not known
/// before those that came in.
pub fn parked_list(desk: Desk) -> Option<AnyView> {
    let rows = part(move || {
        desk.parked.with(|all| {
            let (known, open): (Vec<_>, Vec<_>) = all.iter().partition(|attempt| attempt.is_finished());
            let rows = open.into_iter().chain(known).map(|attempt| entry(desk, attempt));
            let told = |t: &Option<Terminal>| {
                t.iter().flat_map(|t| &t.notices).map(|notice| told(desk, notice)).collect::<Vec<_>>()
            };
            let mut all = desk.terminal.with(told);
            all.extend(rows);
            Some(element("ul").children(all).view())
        })
    });
    // Nothing is parked or opened while the list is there.
    let (title, about) = match desk.parked.with_untracked(Vec::is_empty) {
        true => (say::notices(), say::notices_about()),
        false => (say::not_known_list(), say::not_known_list_about()),
    };
    let all = vec![
        heading(text(move || title.to_owned())),
        line("", about.to_owned()),
        rows,
        row(vec![button(say::back().to_owned(), press(move || desk.list_open.set(false)))]),
    ];
    Some(element("section").class("list").children(all).view())
}

fn told(desk: Desk, notice: &Notice) -> AnyView {
    let id = notice.id;
    element("li")
        .children([line("strong", notice.title.clone()), line("", notice.text.clone())])
        .child(element("time").text(browser::hh_mm(notice.at)).view())
        .child(button(say::noted().to_owned(), press(move || desk.acknowledge(id))))
        .view()
}

/// A payment, and the way to it.
pub(super) fn entry(desk: Desk, attempt: &Attempt) -> AnyView {
    let id = attempt.draft.attempt.clone();
    let card = attempt.followed().map(|f| words::card(&f.terms.card)).unwrap_or_default();
    let label = say::open_payment(&words::amount(attempt.draft.amount), &card);
    payment_row(attempt).child(button(label, press(move || desk.open(&id)))).view()
}

/// A payment as a row: shape, amount, card, word, time.
pub(super) fn payment_row(attempt: &Attempt) -> Element {
    let words = words::result(attempt);
    let card = attempt.followed().map(|f| words::card(&f.terms.card)).unwrap_or_default();
    let amount = words::amount(attempt.draft.amount);
    let at = browser::hh_mm(attempt.draft.paid_at);
    let class = if attempt.is_finished() { "" } else { "hatched" };
    let strong = element("span").class("strong").child(element("bdi").text(amount).view());
    let row = element("li").class(class).child(shape_icon(words.shape)).child(strong.view());
    row.child(element("span").text(card).view())
        .child(element("span").text(words.title).view())
        .child(element("time").text(at).view())
}
