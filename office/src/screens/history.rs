use crate::Office;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{element, heading, part, text};
use mpos_terminal::{browser, proxy, words};
use payment::api::PaymentView;
use wasm_bindgen_futures::spawn_local;

/// The payments, newest first.
pub(crate) fn history(office: Office) -> AnyView {
    let payments: &'static Watched<Vec<PaymentView>> = Box::leak(Box::new(Watched::new(vec![])));
    spawn_local(async move {
        if let Some(found) = office.heard(proxy::payments().await) {
            payments.set(found);
        }
    });
    let rows = move || payments.with(|all| Some(element("ul").children(all.iter().map(row)).view()));
    let all = [heading(text(|| "History".to_owned())), part(rows)];
    element("section").class("list").children(all).view()
}

fn row(payment: &PaymentView) -> AnyView {
    let amount = words::amount(payment.terms.amount);
    let strong = element("span").class("strong").child(element("bdi").text(amount).view());
    element("li")
        .child(strong.view())
        .child(element("span").text(words::card(&payment.terms.card)).view())
        .child(element("time").text(browser::hh_mm(payment.accepted_at)).view())
        .view()
}
