//! Capture, refund and void: what is asked for, asking, and what came of it.

use super::order::{Looked, show};
use crate::parts::{begin, filled, labelled, value, watched};
use crate::standing::{is_reserved, later_words, words_of};
use crate::{Office, order_words as words};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{
    amount_line, button, element, heading, line, live_line, part, press, result_frame, row, text,
    waiting_line,
};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words::{self as till, Look, Shape, Words};
use payment::api::{AskLater, LaterKind, LaterState, PaymentState, PaymentView, Problem};
use payment::attempt::AttemptId;
use payment::money::Amount;

/// Between two posts of the same request that nobody answers. It is one transaction however often it is posted.
const AGAIN_MS: i32 = 2_000;
/// After so long without an answer, the result counts as not known.
const SURE_MS: u64 = 20_000;

/// What is asked for.
#[derive(Clone)]
pub(super) struct Ask {
    kind: LaterKind,
    /// Made with the dialogue, so that a double tap is one request.
    request: AttemptId,
    /// What was charged or reserved.
    whole: Amount,
    /// The most that it may be.
    left: Amount,
    /// Whether it may be less.
    partial: bool,
    is_reserved: bool,
    /// How many there were before this one.
    before: usize,
}

/// How far it is.
#[derive(Clone, PartialEq)]
enum Stage {
    Keying,
    /// Posted, and when first.
    Asking(Amount, u64),
    Refused(Problem),
    Answered(Amount, u64),
}

impl Ask {
    /// `None` where there is nothing to ask for, or no randomness.
    pub(super) fn new(kind: LaterKind, view: &PaymentView) -> Option<Self> {
        let whole = crate::standing::approved(view)?;
        let left = match kind {
            LaterKind::Capture => view.left.capture?,
            LaterKind::Return => view.left.give_back?,
            LaterKind::Void => whole,
        };
        let is_reserved = is_reserved(view);
        let is_whole = kind == LaterKind::Void || (kind == LaterKind::Return && is_reserved);
        Some(Self {
            kind,
            request: browser::draw_attempt()?,
            whole,
            left,
            partial: view.left.partial && !is_whole,
            is_reserved,
            before: view.later.len(),
        })
    }

    fn path(&self, view: &PaymentView) -> String {
        let verb = match self.kind {
            LaterKind::Capture => "capture",
            LaterKind::Return => "return",
            LaterKind::Void => "void",
        };
        format!("payments/{}/{verb}", view.terms.attempt)
    }

    fn body(&self, amount: Amount, reason: String) -> AskLater {
        let amount = (self.kind != LaterKind::Void).then_some(amount);
        AskLater { request: self.request.clone(), amount, reason }
    }
}

/// The dialogue.
pub(super) fn ask(office: Office, looked: &'static Looked, asked: Ask) -> AnyView {
    let stage = watched(Stage::Keying);
    part(move || {
        Some(match stage.get() {
            Stage::Keying => keying(office, looked, &asked, stage),
            Stage::Asking(amount, since) => waiting(&asked, amount, since, looked),
            Stage::Refused(problem) => refused(&asked, &problem, looked),
            Stage::Answered(amount, since) => answered(&asked, amount, since, looked),
        })
    })
}

fn keying(office: Office, looked: &'static Looked, asked: &Ask, stage: &'static Watched<Stage>) -> AnyView {
    let (kind, is_reserved, left) = (asked.kind, asked.is_reserved, asked.left);
    let amount = watched(Some(left));
    let reason = watched(String::new());
    let mut all = vec![heading(text(move || words::verb_amount(kind, is_reserved, &till::amount(left))))];
    let was = if is_reserved { say::reserved_and_left } else { say::charged_and_left };
    all.push(line("", was(&till::amount(asked.whole), &till::amount(left))));
    if asked.partial {
        let begin = left.to_major();
        let input = element("input")
            .attr("type", "text")
            .attr("dir", "ltr")
            .attr("inputmode", "decimal")
            .attr("autocomplete", "off");
        let input = input.live_attr("value", text(move || begin.clone())).on("input", move |event| {
            let keyed = Amount::from_major(&value(&event).trim().replace(',', "."), left.currency).ok();
            amount.set(keyed.filter(|keyed| (1..=left.minor).contains(&keyed.minor)));
        });
        all.push(labelled(say::amount(), input.view()));
    }
    let input = element("input").attr("type", "text").attr("maxlength", "50").attr("autocomplete", "off");
    let input = input.on("input", move |event| reason.set(value(&event).trim().to_owned()));
    all.push(labelled(say::reason(), input.view()));
    all.push(live_line(
        "",
        text(move || match amount.get() {
            None => say::amount_between(&till::figures(Amount::new(1, left.currency)), &till::figures(left)),
            Some(_) if reason.with(String::is_empty) => say::say_why().to_owned(),
            Some(amount) => {
                let rest = Amount::new(left.minor.saturating_sub(amount.minor), left.currency);
                match kind {
                    LaterKind::Void => say::not_settled().to_owned(),
                    LaterKind::Capture => say::collected_no_more(&till::amount(rest)),
                    LaterKind::Return => say::left_after(&till::amount(rest)),
                }
            }
        }),
    ));
    let is_ready =
        move || amount.with(Option::is_some) && !reason.with(String::is_empty) && !office.away.get();
    let asked = asked.clone();
    let label = text(move || {
        let figures = amount.get().map(till::figures).unwrap_or_default();
        words::verb_amount(kind, is_reserved, &figures)
    });
    let go = press(move || {
        // A double tap finds it asked already.
        if stage.with_untracked(|stage| *stage == Stage::Keying)
            && let Some(amount) = amount.get_untracked()
        {
            send(office, looked, asked.clone(), amount, reason.get_untracked(), stage);
        }
    });
    all.push(part(move || {
        office.away.get().then(|| line("offline", say::no_connection_nothing_sent().to_owned()))
    }));
    let back = button(say::back().to_owned(), press(move || looked.asked.set(None)));
    all.push(filled(label, is_ready, go));
    all.push(row(vec![back]));
    element("article").class("order asked").children(all).view()
}

/// Posts the request until somebody answers: under its id it is one transaction.
fn send(
    office: Office,
    looked: &'static Looked,
    asked: Ask,
    amount: Amount,
    reason: String,
    stage: &'static Watched<Stage>,
) {
    let Some(view) = looked.view.get_untracked() else { return };
    let since = browser::now();
    stage.set(Stage::Asking(amount, since));
    begin(async move {
        let body = asked.body(amount, reason);
        loop {
            let answer =
                proxy::call::<PaymentView>("POST", asked.path(&view), Some(proxy::body(&body))).await;
            office.away.set(matches!(answer, Answer::Nothing));
            match answer {
                Answer::Got(view) => {
                    show(office, looked, view);
                    return stage.set(Stage::Answered(amount, since));
                }
                Answer::Refused(problem) => return stage.set(Stage::Refused(problem)),
                Answer::Nothing => browser::wait(AGAIN_MS).await,
            }
        }
    });
}

/// Nobody has answered yet.
fn waiting(asked: &Ask, amount: Amount, since: u64, looked: &'static Looked) -> AnyView {
    let asked = asked.clone();
    let now = clock();
    part(move || {
        let is_slow = now.with(|now| now.saturating_sub(since)) >= SURE_MS;
        Some(if is_slow { not_known(&asked, amount, looked) } else { in_work(&asked, amount, since, now) })
    })
}

fn in_work(asked: &Ask, amount: Amount, since: u64, now: &'static Watched<u64>) -> AnyView {
    let verb = words::verb(asked.kind, asked.is_reserved);
    let seconds = move || say::with_bank(&till::minutes(now.get().saturating_sub(since)));
    let all = [
        heading(text(move || say::sent_what(verb))),
        amount_line(till::amount(amount)),
        waiting_line(text(seconds)),
        line("", say::sent_no_cancel().to_owned()),
    ];
    element("article").class("order").children(all).view()
}

fn not_known(asked: &Ask, amount: Amount, looked: &'static Looked) -> AnyView {
    let words = Words {
        look: Look::NotKnown,
        shape: Shape::NotKnown,
        title: say::not_known(),
        money: words::not_known(asked.kind, asked.is_reserved, &till::amount(amount)),
        next: words::not_again(asked.kind, asked.is_reserved).to_owned(),
        again: false,
    };
    result_frame(words, amount, vec![row(vec![back(looked)])])
}

fn refused(asked: &Ask, problem: &Problem, looked: &'static Looked) -> AnyView {
    let verb = words::verb(asked.kind, asked.is_reserved);
    let words = Words {
        look: Look::NotPaid,
        shape: Shape::Error,
        title: say::not_accepted(),
        money: say::nothing_to_bank(verb),
        next: problem.cashier.clone(),
        again: false,
    };
    let code = line("codes", say::code_and_trace(&problem.code, &problem.trace_id));
    result_frame(words, asked.left, vec![row(vec![back(looked)]), code])
}

/// The proxy has it: how it stands, from what the order screen hears.
fn answered(asked: &Ask, amount: Amount, since: u64, looked: &'static Looked) -> AnyView {
    let asked = asked.clone();
    let now = clock();
    part(move || {
        let is_slow = now.with(|now| now.saturating_sub(since)) >= SURE_MS;
        looked.view.with(|view| {
            let view = view.as_ref()?;
            let later = view.later.get(asked.before);
            let is_open = match later {
                Some(later) => matches!(later.state, LaterState::Sending | LaterState::Processing),
                None => !matches!(view.state, PaymentState::Final { .. }),
            };
            if is_open && !is_slow {
                return Some(in_work(&asked, amount, since, now));
            }
            if is_open && later.is_none() {
                return Some(not_known(&asked, amount, looked));
            }
            let words = later.map_or_else(|| words_of(view), |later| later_words(view, later));
            Some(result_frame(words, amount, vec![row(vec![back(looked)])]))
        })
    })
}

fn back(looked: &'static Looked) -> AnyView {
    button(say::back_to_order().to_owned(), press(move || looked.asked.set(None)))
}

/// Unix milliseconds, once a second, as long as this part of the screen is there.
fn clock() -> &'static Watched<u64> {
    let now = watched(browser::now());
    let ticks = set_interval_with_handle(move || now.set(browser::now()), std::time::Duration::from_secs(1));
    if let Ok(ticks) = ticks {
        on_cleanup(move || ticks.clear());
    }
    now
}
