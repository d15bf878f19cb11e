use crate::{moment, order_words as words};
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::parts::element;
use payment::api::Happened;

/// Every step of a payment with its time and who brought it about; the day where it changes.
pub(super) fn timeline(steps: &[Happened]) -> AnyView {
    let mut day = steps.first().map(|step| moment::day(step.at)).unwrap_or_default();
    let mut list = element("ol").class("timeline");
    for step in steps {
        let own = moment::day(step.at);
        let time = if own == day { browser::hh_mm_ss(step.at) } else { moment::day_and_second(step.at) };
        day = own;
        list = list.child(entry(time, words::source(step.source).to_owned(), words::step(step)));
    }
    list.view()
}

/// When, who, what.
pub(super) fn entry(time: String, who: String, what: String) -> AnyView {
    let time = element("time").text(time).view();
    let who = element("span").class("source").text(who).view();
    element("li").children([time, who, element("span").text(what).view()]).view()
}
