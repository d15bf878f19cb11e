use super::keypad::{reader_choice, why_not};
use crate::desk::Desk;
use crate::parts::{element, filled, heading, line, live_line, part, press, text};
use language::say;
use leptos::prelude::*;

/// A kiosk that waits for a customer, or says calmly that it is out of order.
pub fn attract(desk: Desk) -> AnyView {
    let shop = desk.terminal.with_untracked(|t| t.as_ref().map(|t| t.merchant.name.clone()));
    let title = move || if desk.can_pay() { say::card_payment() } else { say::out_of_order() };
    let about = move || if desk.can_pay() { say::present_card() } else { say::pay_at_counter() };
    let start = text(|| say::touch_to_start().to_owned());
    let all = vec![
        line("strong", shop.unwrap_or_default()),
        heading(text(move || title().to_owned())),
        live_line("money", text(move || about().to_owned())),
        filled(desk, start, Desk::can_pay, press(move || desk.begin())),
        live_line("small", text(move || why_not(desk))),
        part(move || reader_choice(desk)),
    ];
    element("section").class("attract").children(all).on("click", move |_| desk.begin()).view()
}
