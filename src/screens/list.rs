use crate::browser;
use crate::desk::Desk;
use crate::parts::{Button, Heading, part, text};
use crate::words;
use leptos::prelude::*;
use payment::till::Attempt;

/// Payments that nobody has seen the end of: the oldest first, those that are not known before those that came in.
#[component]
pub fn ParkedList() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let rows = move || {
        desk.parked.with(|all| {
            let (known, open): (Vec<_>, Vec<_>) = all.iter().partition(|attempt| attempt.is_finished());
            Some(open.into_iter().chain(known).map(|attempt| row(desk, attempt)).collect_view().into_any())
        })
    };
    view! {
        <section class="list">
            <Heading text=text(|| "Results not known yet".to_owned()) />
            <p>"We keep asking. Do not charge these again."</p>
            <ul>{part(rows)}</ul>
            <p class="row"><Button label="Back" on_press=move || desk.list_open.set(false) /></p>
        </section>
    }
}

fn row(desk: Desk, attempt: &Attempt) -> impl IntoView + use<> {
    let words = words::result(attempt);
    let id = attempt.draft.attempt.clone();
    let card = attempt.followed().map(|f| words::card(&f.terms.card)).unwrap_or_default();
    let amount = words::amount(attempt.draft.amount);
    let at = browser::hh_mm(attempt.draft.paid_at);
    let label = format!("Open {amount} {card}");
    view! {
        <li class:hatched=!attempt.is_finished()>
            <crate::parts::ShapeIcon shape=words.shape />
            <span class="strong"><bdi>{amount}</bdi></span>
            <span>{card}</span>
            <span>{words.title}</span>
            <time>{at}</time>
            <Button label on_press=move || desk.open(&id) />
        </li>
    }
}
