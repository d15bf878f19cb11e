use super::{amount_line, heading, line, shape_icon, text};
use crate::words::{self, Look, Words};
use leptos::prelude::*;
use payment::money::Amount;

/// The frame of every result: its look, the heading, the amount, the money line, the next step.
#[inline(never)]
pub fn result_frame(words: Words, amount: Amount, below: Vec<AnyView>) -> AnyView {
    let look = match words.look {
        Look::Paid => "result paid",
        Look::NotPaid => "result not-paid",
        Look::NotKnown => "result not-known",
        Look::Neutral => "result neutral",
    };
    view! {
        <section class=look>
            <div class="paper">
                <div class="title">{shape_icon(words.shape)}{heading(text(move || words.title.to_owned()))}</div>
                {amount_line(words::amount(amount))}
                {line("money", words.money)}
                {line("next", words.next)}
                {below}
            </div>
        </section>
    }
    .into_any()
}
