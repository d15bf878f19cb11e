use super::history::list;
use super::later::{Ask, ask};
use super::timeline::timeline;
use super::trace::trace;
use crate::parts::{begin, fixed, link, watched};
use crate::standing::{approved, is_reserved, returned, words_of};
use crate::{Office, local, moment, order_words as words};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{
    Element, amount_line, button, element, heading, line, part, press, row, shape_icon,
};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words::{self as till, Look};
use payment::api::{Entry, Happened, LaterKind, PaymentView};
use payment::attempt::AttemptId;

/// Between two questions, while something is open and once nothing is.
const OPEN_MS: i32 = 1_000;
const SETTLED_MS: i32 = 10_000;

/// One payment while it is looked at.
pub(super) struct Looked {
    pub(super) view: Watched<Option<PaymentView>>,
    steps: Watched<Vec<Happened>>,
    /// What the proxy says instead of a payment.
    missing: Watched<Option<String>>,
    /// What is being asked for: a capture, return or void.
    pub(super) asked: Watched<Option<Ask>>,
}

/// A payment: how it stands, what may be done, what happened. On a wide screen the list stands beside it.
pub(crate) fn order(office: Office, id: AttemptId) -> AnyView {
    let looked: &'static Looked = Box::leak(Box::new(Looked {
        view: Watched::new(None),
        steps: Watched::new(vec![]),
        missing: Watched::new(None),
        asked: Watched::new(None),
    }));
    follow(office, id, looked);
    let detail = part(move || {
        if let Some(asked) = looked.asked.get() {
            return Some(ask(office, looked, asked));
        }
        if let Some(missing) = looked.missing.get() {
            return Some(line("none", missing));
        }
        looked.view.with(|view| view.as_ref().map(|view| detail(office, looked, view)))
    });
    let back = link(say::back_to_list(), "#history");
    let detail = element("div").class("detail").children([row(vec![back]), detail]).view();
    element("section").class("pair").children([list(office), detail]).view()
}

/// Asks how the payment stands, as long as this screen is there.
fn follow(office: Office, id: AttemptId, looked: &'static Looked) {
    let is_there = watched(true);
    on_cleanup(move || is_there.set(false));
    begin(async move {
        while is_there.get_untracked() {
            let answer = proxy::call::<PaymentView>("GET", format!("payments/{id}"), None).await;
            office.away.set(matches!(answer, Answer::Nothing));
            match answer {
                Answer::Got(view) => {
                    show(office, looked, view);
                    let steps =
                        proxy::call::<Vec<Happened>>("GET", format!("payments/{id}/timeline"), None).await;
                    if let Some(steps) = steps.got() {
                        looked.steps.renew(steps);
                    }
                }
                Answer::Refused(problem) => looked.missing.set(Some(problem.cashier)),
                Answer::Nothing if looked.view.with_untracked(Option::is_none) => {
                    match local::payment(id.as_str()) {
                        Some(view) => show(office, looked, view),
                        None => looked.missing.set(Some(say::offline().to_owned())),
                    }
                }
                Answer::Nothing => {}
            }
            let is_open = looked.view.with_untracked(|view| view.as_ref().is_none_or(is_open));
            browser::wait(if is_open { OPEN_MS } else { SETTLED_MS }).await;
        }
    });
}

fn is_open(view: &PaymentView) -> bool {
    words_of(view).look == Look::NotKnown
}

/// Shows a view, unless it is the one that is shown: a dialogue would begin anew.
pub(super) fn show(office: Office, looked: &Looked, view: PaymentView) {
    let is_new = looked.view.with_untracked(|known| {
        let same = |known: &PaymentView| {
            let mut known = known.clone();
            known.next_poll_ms = view.next_poll_ms;
            known == view
        };
        !known.as_ref().is_some_and(same)
    });
    if is_new {
        office.note(&view);
        looked.missing.set(None);
        looked.view.set(Some(view));
    }
}

fn detail(office: Office, looked: &'static Looked, view: &PaymentView) -> AnyView {
    let words = words_of(view);
    let title = match &view.order_id {
        Some(order) => say::order(order),
        None => say::reference(view.terms.attempt.as_str()),
    };
    let standing = element("p").class(match words.look {
        Look::Paid => "standing filled-chip",
        Look::NotKnown => "standing hatched",
        Look::NotPaid | Look::Neutral => "standing",
    });
    let standing = standing.child(element("span").child(shape_icon(words.shape)).text(words.title).view());
    let mut all = vec![
        heading(fixed(title)),
        standing.view(),
        amount_line(till::amount(approved(view).unwrap_or(view.terms.amount))),
        line("money", words.money),
    ];
    // Of what is settled nobody has to do what was to be done then.
    all.extend((words.look == Look::NotKnown).then(|| line("", words.next)));
    all.extend(view.needs_person.clone().map(|fact| line("strong", say::needs_person_fact(&fact))));
    all.push(part(move || office.away.get().then(|| line("offline", say::offline().to_owned()))));
    all.push(actions(looked, view));
    all.extend(left(view).map(|left| line("", left)));
    all.push(facts(view));
    all.push(element("h2").text(say::what_happened()).view());
    all.push(part(move || looked.steps.with(|steps| Some(timeline(steps)))));
    all.push(trace(office, view.terms.attempt.clone()));
    element("article").class("order").children(all).view()
}

/// What may be done: the receipt always, the rest by what is left.
fn actions(looked: &'static Looked, view: &PaymentView) -> AnyView {
    let receipt = element("a").attr("role", "button").class("filled");
    let address = format!("#receipt/{}", view.terms.attempt);
    let receipt = receipt.live_attr("href", fixed(address)).text(say::receipt()).view();
    let mut buttons = vec![receipt];
    let reserved = is_reserved(view);
    let kinds = [
        (LaterKind::Capture, view.left.capture.is_some()),
        (LaterKind::Return, view.left.give_back.is_some()),
        (LaterKind::Void, view.left.void),
    ];
    for (kind, _) in kinds.into_iter().filter(|(_, may)| *may) {
        let view = view.clone();
        let begin = press(move || {
            if let Some(asked) = Ask::new(kind, &view) {
                looked.asked.set(Some(asked));
            }
        });
        buttons.push(button(words::verb(kind, reserved).to_owned(), begin));
    }
    row(buttons)
}

/// `Can be refunded: 8.40 of 8.40 EUR.`
fn left(view: &PaymentView) -> Option<String> {
    let whole = till::amount(approved(view)?);
    if let Some(left) = view.left.capture {
        return Some(say::can_be_collected(&till::figures(left), &whole));
    }
    let left = view.left.give_back.filter(|_| !is_reserved(view))?;
    Some(say::can_be_refunded(&till::figures(left), &whole))
}

fn facts(view: &PaymentView) -> AnyView {
    let terms = &view.terms;
    let entry = match terms.entry {
        Entry::Chip => say::chip(),
        Entry::Contactless => say::contactless(),
        Entry::Swipe => say::swipe(),
    };
    let field = |name: &str| view.receipt.get(name).cloned().unwrap_or_default();
    let rows = [
        (say::choice_kind(), till::kind(terms.kind).to_owned()),
        (say::taken_at(), moment::day_and_second(view.accepted_at)),
        (say::operator(), view.operator.clone().unwrap_or_default()),
        (say::card(), say::card_and_entry(&words::card(view), entry)),
        (say::returned(), returned(view).map(till::amount).unwrap_or_default()),
        (say::rrn(), field("processor-rrn")),
        (say::auth_code(), field("approval-code")),
        (say::terminal(), field("terminal-id")),
        (say::reference_label(), terms.attempt.to_string()),
        (say::stage(), view.stage.clone().unwrap_or_default()),
    ];
    let list = |list: Element, (label, value): (&'static str, String)| {
        list.child(element("dt").text(label).view()).child(element("dd").text(value).view())
    };
    rows.into_iter().filter(|(_, value)| !value.is_empty()).fold(element("dl").class("facts"), list).view()
}
