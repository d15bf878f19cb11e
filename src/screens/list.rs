use crate::browser;
use crate::desk::Desk;
use crate::parts::{button, heading, line, part, press, row, shape_icon, text};
use crate::words;
use leptos::prelude::*;
use payment::till::Attempt;

/// Payments that nobody has seen the end of: the oldest first, those that are not known before those that came in.
pub fn parked_list() -> Option<AnyView> {
    let desk = expect_context::<Desk>();
    let rows = part(move || {
        desk.parked.with(|all| {
            let (known, open): (Vec<_>, Vec<_>) = all.iter().partition(|attempt| attempt.is_finished());
            let rows: Vec<_> = open.into_iter().chain(known).map(|attempt| entry(desk, attempt)).collect();
            Some(view! { <ul>{rows}</ul> }.into_any())
        })
    });
    let all = vec![
        heading(text(|| "Results not known yet".to_owned())),
        line("", "We keep asking. Do not charge these again.".to_owned()),
        rows,
        row(vec![button("Back".to_owned(), press(move || desk.list_open.set(false)))]),
    ];
    Some(view! { <section class="list">{all}</section> }.into_any())
}

fn entry(desk: Desk, attempt: &Attempt) -> AnyView {
    let words = words::result(attempt);
    let id = attempt.draft.attempt.clone();
    let card = attempt.followed().map(|f| words::card(&f.terms.card)).unwrap_or_default();
    let amount = words::amount(attempt.draft.amount);
    let at = browser::hh_mm(attempt.draft.paid_at);
    let label = format!("Open {amount} {card}");
    view! {
        <li class:hatched=!attempt.is_finished()>
            {shape_icon(words.shape)}
            <span class="strong"><bdi>{amount}</bdi></span>
            <span>{card}</span>
            <span>{words.title}</span>
            <time>{at}</time>
            {button(label, press(move || desk.open(&id)))}
        </li>
    }
    .into_any()
}
