use super::{amount_line, element, heading, line, shape_icon, text};
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
    let title = element("div").class("title").child(shape_icon(words.shape));
    let title = title.child(heading(text(move || words.title.to_owned())));
    let paper = element("div").class("paper").child(title.view()).child(amount_line(words::amount(amount)));
    let paper = paper.child(line("money", words.money)).child(line("next", words.next)).children(below);
    element("section").class(look).child(paper.view()).view()
}
