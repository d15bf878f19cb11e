use super::{Heading, ShapeIcon, text};
use crate::words::{self, Look, Words};
use leptos::prelude::*;
use payment::money::Amount;

/// The frame of every result: its look, the heading, the amount, the money line, the next step.
#[component]
pub fn ResultFrame(
    /// What it says.
    words: Words,
    /// The amount that the result is about.
    amount: Amount,
    /// What follows below: buttons and small print.
    children: Children,
) -> impl IntoView {
    let look = match words.look {
        Look::Paid => "result paid",
        Look::NotPaid => "result not-paid",
        Look::NotKnown => "result not-known",
        Look::Neutral => "result neutral",
    };
    view! {
        <section class=look>
            <div class="paper">
                <div class="title"><ShapeIcon shape=words.shape /><Heading text=text(move || words.title.to_owned()) /></div>
                <p class="amount"><bdi>{words::amount(amount)}</bdi></p>
                <p class="money">{words.money}</p>
                <p class="next">{words.next}</p>
                {children()}
            </div>
        </section>
    }
}
