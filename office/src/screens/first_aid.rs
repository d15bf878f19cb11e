use super::trace::{Known, trace};
use crate::checks::{Check, Findings, Server, Standing};
use crate::parts::{begin, filled, fixed, link, watched};
use crate::standing::Item;
use crate::support_file::{self, PAYMENTS, Payment};
use crate::{Office, local, moment};
use js_sys::Date;
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::device::search;
use mpos_terminal::parts::{button, element, heading, line, live_line, part, press, row, shape_icon, text};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::screens::READER_SAID;
use mpos_terminal::sound::{self, Sound};
use mpos_terminal::{browser, shell};
use payment::api::Health;
use payment::till::Attempt;

/// Between two rounds of checks.
const EVERY_MS: i32 = 10_000;

/// What the screen watches.
struct Aid {
    findings: Watched<Findings>,
    /// Something is wrong, or not found out yet.
    is_open: Watched<bool>,
    /// A round is on its way.
    is_checking: Watched<bool>,
}

/// What a sale needs, line by line, looked at again and again; and what support wants to know. It needs nobody signed in
/// and no network.
pub(crate) fn first_aid(office: Office) -> AnyView {
    let aid: &'static Aid = Box::leak(Box::new(Aid {
        findings: Watched::new(begun()),
        is_open: Watched::new(true),
        is_checking: Watched::new(false),
    }));
    let is_there = watched(true);
    on_cleanup(move || is_there.set(false));
    begin(async move {
        while is_there.get_untracked() {
            check(office, aid).await;
            browser::wait(EVERY_MS).await;
        }
    });
    let checks = part(move || {
        let checks = aid.findings.with(Findings::checks);
        Some(element("ol").class("checks").children(checks.iter().map(check_line)).view())
    });
    let about = text(move || if aid.is_open.get() { say::aid_about() } else { say::all_well() }.to_owned());
    let all = [
        heading(fixed(say::first_aid())),
        live_line("", about),
        checks,
        part(move || Some(buttons(office, aid, aid.is_open.get()))),
        payments(office),
        // Made once: what somebody has unfolded stays so.
        part(|| browser::remembered(READER_SAID).map(reader_said)),
    ];
    element("section").class("aid").children(all).view()
}

/// What the browser says at once.
fn begun() -> Findings {
    Findings {
        reaches_readers: search::is_any_supported(),
        reader_said: browser::remembered(READER_SAID),
        granted: None,
        is_online: is_online(),
        version: shell::version(),
        server: None,
    }
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Looks at everything once. What was found before stays to be read until then.
async fn check(office: Office, aid: &'static Aid) {
    if aid.is_checking.get_untracked() {
        return;
    }
    aid.is_checking.set(true);
    let was = aid.findings.with_untracked(Findings::checks);
    let granted = search::granted().await.len();
    aid.findings.update(|findings| (findings.granted, findings.is_online) = (Some(granted), is_online()));
    let server = ask().await;
    aid.findings.update(|findings| findings.server = Some(server));
    let checks = aid.findings.with_untracked(Findings::checks);
    let first_wrong =
        |checks: &[Check]| checks.iter().find(|check| check.standing == Standing::Wrong).cloned();
    let wrong = first_wrong(&checks);
    let is_open = checks.iter().any(|check| check.standing != Standing::Works);
    if checks != was {
        let open = checks.iter().find(|check| check.standing != Standing::Works);
        let told = wrong.as_ref().or(open).map_or_else(|| say::all_well().to_owned(), Check::line);
        office.polite.set(told);
        if wrong.is_some() && first_wrong(&was).is_none() {
            sound::play(Sound::Attention);
        }
    }
    aid.is_open.renew(is_open);
    aid.is_checking.set(false);
}

/// How the proxy is, and how far this device's clock is ahead of its, by the middle of the call.
#[expect(clippy::cast_possible_truncation, reason = "the clock is past 1970")]
async fn ask() -> Server {
    // The page's own clock goes on where the machine's is put back.
    let machine = || Date::now() as i64;
    let asked = machine();
    match proxy::call::<Health>("GET", "health".to_owned(), None).await {
        Answer::Got(health) => {
            let between = i64::midpoint(asked, machine());
            let ahead_ms = between.saturating_sub_unsigned(health.now);
            Server::Answered(health, ahead_ms)
        }
        Answer::Refused(problem) => Server::Refused(problem.cashier),
        Answer::Nothing => Server::Away,
    }
}

fn check_line(check: &Check) -> AnyView {
    let mark = match check.standing.shape() {
        Some(shape) => shape_icon(shape),
        None => element("span").class("ring").attr("aria-hidden", "true").view(),
    };
    let class = match check.standing {
        Standing::Wrong => "wrong",
        Standing::Works => "works",
        Standing::Checking | Standing::NotKnown => "",
    };
    let mark = element("span").class("mark").child(mark).view();
    let name = element("span").class("strong").text(check.name).view();
    let word = element("span").class("word").text(check.standing.word()).view();
    let words = element("span").class("words").text(check.words.clone()).view();
    element("li").class(class).children([mark, name, word, words]).view()
}

/// What nearly everybody wants next is filled; the other is there as well: sales may still be possible.
fn buttons(office: Office, aid: &'static Aid, is_open: bool) -> AnyView {
    let again = press(move || begin(check(office, aid)));
    let to_till = press(|| browser::go("/"));
    let export = button(say::export_for_support().to_owned(), press(move || begin(export(office, aid))));
    let (first, other) = if is_open {
        (filled(fixed(say::check_again()), || true, again), link(say::back_to_till(), "/"))
    } else {
        (filled(fixed(say::back_to_till()), || true, to_till), button(say::check_again().to_owned(), again))
    };
    element("div").class("next").child(first).child(row(vec![other, export])).view()
}

async fn export(office: Office, aid: &'static Aid) {
    let mut payments = Vec::new();
    for attempt in latest().await {
        let known = Known::ask(office, &attempt.draft.attempt.clone(), Some(attempt.clone())).await;
        payments.push(Payment { item: item(office, &attempt), known });
    }
    support_file::save(&aid.findings.with_untracked(|findings| support_file::text(findings, &payments)));
    office.polite.set(say::exported().to_owned());
}

/// The till's last payments: what is not final yet before the rest, of both the latest first.
async fn latest() -> Vec<Attempt> {
    let (done, open): (Vec<_>, Vec<_>) =
        local::attempts().await.into_iter().rev().partition(Attempt::is_finished);
    open.into_iter().chain(done).take(PAYMENTS).collect()
}

/// A payment as whoever is here may see it: amount and card are for those who have signed in.
fn item(office: Office, attempt: &Attempt) -> Item {
    let mut item = Item::of_attempt(attempt);
    if !untrack(|| office.signed_in()) {
        item.amount.clear();
        item.card.clear();
    }
    item
}

/// The till's last payments, each with its trace.
fn payments(office: Office) -> AnyView {
    let all: &'static Watched<Vec<Attempt>> = watched(vec![]);
    begin(async move { all.set(latest().await) });
    part(move || {
        let rows = all.with(|all| all.iter().map(|attempt| payment(office, attempt)).collect::<Vec<_>>());
        let none = rows.is_empty().then(|| line("none", say::no_payments().to_owned()));
        let title = element("h2").text(say::last_payments()).view();
        Some(element("div").class("payments").child(title).children(none).children(rows).view())
    })
}

fn payment(office: Office, attempt: &Attempt) -> AnyView {
    let item = Item::of_attempt(attempt);
    // It may be known later than the payments who is signed in.
    let amount = text(move || if office.signed_in() { item.amount.clone() } else { String::new() });
    let amount = element("bdi").class("strong").live_text(amount).view();
    let head = [
        shape_icon(item.shape),
        element("span").text(item.title).view(),
        amount,
        element("time").text(moment::day_and_time_short(item.at)).view(),
    ];
    let head = element("p").class("payment").children(head).view();
    element("article").child(head).child(trace(office, attempt.draft.attempt.clone())).view()
}

/// What the till said of its reader, in full.
fn reader_said(lines: String) -> AnyView {
    let summary = element("summary").text(say::said_of_reader()).view();
    let said =
        element("pre").attr("role", "region").attr("tabindex", "0").attr("aria-label", say::said_of_reader());
    element("details").class("trail").child(summary).child(said.text(lines).view()).view()
}
