use crate::desk::Desk;
use crate::parts::{Button, Heading, text};
use crate::words;
use leptos::prelude::*;

/// The same card and amount once more: asked before anything is sent, with both answers outlined.
#[component]
pub fn Repeated() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let amount = desk.current.with_untracked(|a| a.as_ref().map(|a| a.draft.amount));
    let amount = amount.map(words::amount).unwrap_or_default();
    let card = desk.repeated.with_untracked(|read| read.as_ref().map(|read| words::card(&read.card)));
    let card = card.unwrap_or_default();
    desk.alert.set(format!("{card} has just paid {amount}, or may have. Charge it again?"));
    view! {
        <section class="repeated">
            <p class="amount"><bdi>{amount.clone()}</bdi></p>
            <Heading text=text(|| "Charge the same again?".to_owned()) />
            <p class="money">"Nothing was sent yet."</p>
            <p>{format!("{card} has paid {amount} in the last minutes, or that payment is not known yet.")}</p>
            <div class="row">
                <Button label="Cancel" on_press=move || desk.answer_repeated(false) />
                <Button label="Charge again" on_press=move || desk.answer_repeated(true) />
            </div>
        </section>
    }
}
