//! What is asked about what was keyed, before a card is.

use super::keypad::{hardware_keys, key_buttons};
use crate::desk::{Desk, Question};
use crate::entry::tip;
use crate::parts::{
    amount_line, button, element, filled, focus_heading, heading, line, live_line, press, row, text,
};
use crate::words;
use language::say;
use leptos::prelude::*;
use payment::money::Amount;

/// The screen of a question.
pub fn question(desk: Desk, asked: Question) -> AnyView {
    let Some(bill) = desk.entry.get_untracked().map(|entry| entry.amount()) else { return ().into_any() };
    let sum = move |tip: u64| Amount::new(bill.minor.saturating_add(tip), bill.currency);
    let tip_of = move |minor| Amount::new(minor, bill.currency);
    let all = match asked {
        Question::Odd => {
            sure(desk, bill, say::is_this_right(&words::figures(bill)), press(move || desk.ask_for_tip()))
        }
        Question::LargeTip => {
            let tip = desk.other_tip();
            let (bill, tip_words) = (words::amount(bill), words::amount(tip_of(tip)));
            let title = say::large_tip(&tip_words, &bill);
            sure(desk, sum(tip), title, press(move || desk.charge_with(tip)))
        }
        Question::Tip => {
            desk.say(format!("{} {}", say::add_tip_question(), words::spoken(bill)));
            let limit =
                desk.entry.with_untracked(|entry| entry.as_ref().map_or(0, |entry| entry.limit().minor));
            let offers = desk.keying().tips.into_iter().map(|percent| (percent, tip::of(bill, percent)));
            let offers = offers.filter(|(_, tip)| *tip > 0 && sum(*tip).minor <= limit);
            let offers = offers.map(|(percent, tip)| {
                let label = say::percent_tip(&percent.to_string(), &words::figures(tip_of(tip)));
                button(label, press(move || desk.charge_with(tip)))
            });
            vec![
                amount_line(words::amount(bill)),
                heading(text(|| say::add_tip_question().to_owned())),
                row(offers
                    .chain([button(say::other_tip().to_owned(), press(move || desk.ask_for_other_tip()))])
                    .collect()),
                filled(
                    desk,
                    text(|| say::no_tip().to_owned()),
                    Desk::can_pay,
                    press(move || desk.charge_with(0)),
                ),
                row(vec![back(desk)]),
            ]
        }
        Question::OtherTip => {
            focus_heading();
            hardware_keys(desk, Desk::add_other_tip);
            let total = text(move || {
                let total = words::amount(sum(desk.other_tip()));
                say::bill_in_all(&words::amount(bill), &total)
            });
            let heading = element("h1").attr("tabindex", "-1");
            let add = text(|| say::add_tip().to_owned());
            let can_add = |desk: Desk| desk.can_pay() && desk.other_tip() > 0;
            let keys = element("div").class("keys").attr("dir", "ltr").children(key_buttons(desk, false));
            vec![
                heading.live_text(text(move || say::tip(&words::amount(tip_of(desk.other_tip()))))).view(),
                live_line("money", total),
                live_line("refused", text(move || desk.refused.get())),
                keys.child(filled(desk, add, can_add, press(move || desk.add_other_tip()))).view(),
                row(vec![back(desk)]),
            ]
        }
    };
    element("section").class("question").children(all).view()
}

/// Asks once more, with both answers outlined.
fn sure(desk: Desk, amount: Amount, title: String, yes: crate::parts::Press) -> Vec<AnyView> {
    desk.alert.set(title.clone());
    vec![
        amount_line(words::amount(amount)),
        heading(text(move || title.clone())),
        line("money", say::nothing_sent_yet().to_owned()),
        row(vec![back(desk), button(say::it_is_right().to_owned(), yes)]),
    ]
}

fn back(desk: Desk) -> AnyView {
    button(say::back().to_owned(), press(move || desk.question.set(None)))
}
