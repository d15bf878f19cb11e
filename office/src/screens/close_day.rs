use crate::Office;
use crate::day_words::{self, Ending, compared, kind, moment};
use crate::parts::{begin, filled, fixed, link, toggle, watched};
use crate::sheet::{letterhead, pair, part_of, print_button, print_first, said, sheet, table, tools};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{button, element, heading, line, part, press, shape_icon, text, waiting_line};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words::{Look, amount};
use payment::settlement::{CloseDay, CloseNow, Closing, ClosingState, Movement};

/// Between two looks at a closing that goes on, and at one that does not, in milliseconds.
const BUSY_MS: i32 = 1_000;
const IDLE_MS: i32 = 5_000;

/// What the screen watches.
#[derive(Clone, Copy)]
struct Day {
    office: Office,
    view: &'static Watched<Option<CloseDay>>,
    said: &'static Watched<String>,
    /// A manager closes over what is not final.
    confirmed: &'static Watched<bool>,
}

/// The till's totals beside the gateway's, what is not final, and closing the day.
pub(crate) fn close_day(office: Office) -> AnyView {
    let day = Day { office, view: watched(None), said: watched(String::new()), confirmed: watched(false) };
    let is_there = watched(true);
    on_cleanup(move || is_there.set(false));
    begin(async move {
        while is_there.get_untracked() {
            day.heard(proxy::call("GET", "close-day".to_owned(), None).await);
            let is_busy = day.view.with_untracked(|view| view.as_ref().is_some_and(goes_on));
            browser::wait(if is_busy { BUSY_MS } else { IDLE_MS }).await;
        }
    });
    let shown = part(move || day.view.with(|view| view.as_ref().map(|view| day.show(view))));
    let lines = [heading(fixed(say::close_day())), said(day.said), shown];
    element("section").class("day").children(lines).view()
}

fn goes_on(view: &CloseDay) -> bool {
    view.last.as_ref().is_some_and(Closing::is_open)
}

/// Whether the last day is done with, and there is another one to close.
fn is_next_open(view: &CloseDay) -> bool {
    let is_new = view.totals.lines().next().is_some() || !view.open.is_empty();
    is_new && view.last.as_ref().is_some_and(Closing::is_closed)
}

impl Day {
    /// Takes over what the proxy says of the day; its refusal is said aloud.
    fn heard(self, answer: Answer<CloseDay>) {
        match answer {
            Answer::Refused(problem) => {
                self.office.away.set(false);
                self.said.set(problem.cashier);
            }
            answer => {
                let Some(view) = self.office.heard(answer) else { return };
                if self.view.with_untracked(|known| known.as_ref() != Some(&view)) {
                    self.view.set(Some(view));
                }
            }
        }
    }

    fn close(self) {
        let Some(view) = self.view.get_untracked() else { return };
        let open = view.open.iter().map(|movement| movement.attempt.clone());
        let confirm_open = if self.confirmed.get_untracked() { open.collect() } else { vec![] };
        let wanted = CloseNow { since: view.since, confirm_open };
        self.said.set(String::new());
        begin(async move {
            self.heard(proxy::call("POST", "close-day".to_owned(), Some(proxy::body(&wanted))).await);
            self.confirmed.set(false);
        });
    }

    fn show(self, view: &CloseDay) -> AnyView {
        let last_one = view.last.as_ref().map(|closing| last(self.office, closing));
        let mut lines = vec![self.open_day(view), self.action(view)];
        // What is to be done stands first: the day that is open, or what became of the last one.
        let at = if is_next_open(view) { lines.len() } else { 0 };
        lines.splice(at..at, last_one);
        element("div").class("day-parts").children(lines).view()
    }

    /// What the day adds up to that is not closed yet.
    fn open_day(self, view: &CloseDay) -> AnyView {
        let rows = view
            .totals
            .lines()
            .map(|total| vec![kind(total.kind).to_owned(), total.count.to_string(), amount(total.sum)]);
        let rows: Vec<_> = rows.collect();
        let mut lines = vec![pair(say::since(), moment(view.since))];
        lines.push(match rows.is_empty() {
            true => line("small", say::nothing_since().to_owned()),
            false => table(say::totals_of_till(), &[say::till(), say::number(), say::sum()], rows),
        });
        lines.push(line("", day_words::not_final(view.open.len())));
        if !view.open.is_empty() {
            lines.push(list(&view.open));
        }
        lines.push(match (view.needed, &view.at) {
            (false, _) => line("next", say::acquirer_closes().to_owned()),
            (true, None) => line("small", say::closed_by_hand().to_owned()),
            (true, Some(at)) => line("small", say::closed_by_itself(at, &view.time_zone)),
        });
        part_of(say::open_day(), lines)
    }

    /// The one thing to do next.
    fn action(self, view: &CloseDay) -> AnyView {
        let last = view.last.as_ref();
        let is_unknown = last.is_some_and(|last| matches!(last.state, ClosingState::Unknown { .. }));
        let close = press(move || self.close());
        let safe = || line("small", say::safe_to_repeat().to_owned());
        let buttons = match last {
            _ if !view.needed => vec![print_first()],
            Some(last) if last.is_open() && is_unknown => {
                vec![button(say::ask_now().to_owned(), close), print_button(), safe()]
            }
            Some(last) if last.is_open() => vec![print_button()],
            Some(last) if last.is_closed() && !is_next_open(view) => {
                vec![print_first(), button(say::close_the_day_again().to_owned(), close)]
            }
            _ => {
                let has_open = !view.open.is_empty();
                let enabled = move || !has_open || self.confirmed.get();
                let mut all = vec![];
                if has_open {
                    all.push(line("small", say::wait_or_close_over().to_owned()));
                    all.push(self.confirm());
                }
                all.extend([filled(fixed(say::close_the_day()), enabled, close), print_button(), safe()]);
                all
            }
        };
        tools(buttons)
    }

    /// The manager's word for closing over what is not final.
    fn confirm(self) -> AnyView {
        let confirmed = self.confirmed;
        let turn = move || confirmed.update(|confirmed| *confirmed = !*confirmed);
        toggle(say::close_over_it(), move || confirmed.get(), turn)
    }
}

/// How the latest closing stands.
fn last(office: Office, closing: &Closing) -> AnyView {
    let Some(Ending { look, shape, title, money, next }) = day_words::ending(closing) else {
        let since = browser::hh_mm(closing.until);
        let asked = browser::hh_mm(closing.asked_at);
        let wait = say::bank_is_closing(&since, &asked);
        return element("div").class("ending").child(waiting_line(text(move || wait.clone()))).view();
    };
    let class = match look {
        Look::Paid | Look::Neutral => "ending neutral",
        Look::NotPaid => "ending not-paid",
        Look::NotKnown => "ending not-known",
    };
    let words = title;
    let title = element("div").class("title").child(shape_icon(shape));
    let title = title.child(element("h2").text(words).view()).view();
    let ending = element("div").class(class).attr("role", "status").child(title);
    let mut lines = vec![ending.child(line("money", money)).child(line("next", next)).view()];
    lines.extend(letterhead(office));
    let theirs = closing.answer().and_then(|answer| answer.totals);
    let rows = [
        compared(say::sales(), closing.ours.sale, theirs.map(|theirs| theirs.sale)),
        compared(say::returned(), closing.ours.reversal, theirs.map(|theirs| theirs.reversal)),
    ];
    lines.extend([
        pair(say::from(), moment(closing.from)),
        pair(say::to(), moment(closing.until)),
        table(say::till_and_gateway(), &["", say::till(), say::gateway(), say::difference()], rows.into()),
    ]);
    let said = closing.answer().map(|answer| {
        let fields = [
            (say::bank_number(), answer.number.clone()),
            (say::bank_code_label(), answer.code.clone()),
            (say::gateways_status(), answer.status.clone()),
            (say::gateways_date(), answer.date.clone()),
            (say::gateways_number(), answer.serial_number.clone()),
        ];
        fields.into_iter().filter_map(|(label, value)| Some(pair(label, value?))).collect::<Vec<_>>()
    });
    lines.extend(said.unwrap_or_default());
    lines.push(pair(say::closing(), closing.id.to_string()));
    lines.push(pair(say::not_final_when_closed(), closing.open.len().to_string()));
    lines.extend(closing.operator.clone().map(|name| pair(say::closed_by(), name)));
    lines.push(line("sign", say::sign_x().to_owned()));
    sheet(lines)
}

/// What is not final, each with the way to it.
fn list(open: &[Movement]) -> AnyView {
    let row = |movement: &Movement| {
        let order = link(say::show(), format!("#order/{}", movement.attempt.as_str()));
        element("li")
            .class("hatched")
            .child(
                element("span")
                    .class("strong")
                    .child(element("bdi").text(amount(movement.amount)).view())
                    .view(),
            )
            .child(element("span").text(kind(movement.kind)).view())
            .child(element("time").text(moment(movement.at)).view())
            .child(order)
            .view()
    };
    element("div").class("list").child(element("ul").children(open.iter().map(row)).view()).view()
}
