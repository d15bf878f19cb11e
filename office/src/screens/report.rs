use crate::Office;
use crate::day_words::{kind, moment, not_final};
use crate::parts::{begin, filled, fixed, watched};
use crate::sheet::{letterhead, pair, print_first, said, sheet, table, tools};
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{button, element, heading, line, part, press};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words::amount;
use payment::settlement::{CloseShift, Report, Totals};

/// What the screen watches.
#[derive(Clone, Copy)]
struct Shift {
    office: Office,
    report: &'static Watched<Option<Report>>,
    said: &'static Watched<String>,
    /// Closing the shift was asked for once; it is done when it is confirmed.
    asked: &'static Watched<bool>,
}

/// What was taken since the last Z report, and closing the shift.
pub(crate) fn report(office: Office) -> AnyView {
    let shift = Shift { office, report: watched(None), said: watched(String::new()), asked: watched(false) };
    shift.look();
    let shown = part(move || shift.report.with(|report| report.as_ref().map(|report| shift.show(report))));
    let buttons = part(move || shift.report.with(|report| report.as_ref().map(|report| shift.tools(report))));
    let lines = [heading(fixed(say::x_z_report())), said(shift.said), shown, buttons];
    element("section").class("day").children(lines).view()
}

impl Shift {
    fn look(self) {
        self.asked.set(false);
        begin(async move { self.heard(proxy::call("GET", "reports/x".to_owned(), None).await) });
    }

    fn heard(self, answer: Answer<Report>) {
        self.asked.set(false);
        match answer {
            Answer::Refused(problem) => self.said.set(problem.cashier),
            answer => match self.office.heard(answer) {
                Some(report) => self.report.set(Some(report)),
                None => self.said.set(say::nothing_closed_press_again().to_owned()),
            },
        }
    }

    fn close(self, from: u64) {
        self.said.set(String::new());
        let shift = proxy::body(&CloseShift { from });
        begin(async move {
            self.heard(proxy::call("POST", "reports/z".to_owned(), Some(shift)).await);
        });
    }

    fn show(self, report: &Report) -> AnyView {
        let title = match report.number {
            Some(number) => say::z_report(&number.to_string()),
            None => say::x_report().to_owned(),
        };
        let mut lines = letterhead(self.office);
        lines.push(element("h2").class("sheet-title").text(title).view());
        lines.extend([pair(say::from(), moment(report.from)), pair(say::to(), moment(report.until))]);
        lines.extend(report.operator.clone().map(|name| pair(say::closed_by(), name)));
        lines.push(totals(say::all(), &report.totals));
        for one in &report.operators {
            let name = one.operator.clone().unwrap_or_else(|| say::nobody_signed_in().to_owned());
            lines.push(element("h3").text(name).view());
            lines.push(totals(say::of_one_person(), &one.totals));
        }
        lines.push(pair(say::not_approved(), report.refused.to_string()));
        lines.push(pair(say::result_not_known(), report.open.len().to_string()));
        if !report.open.is_empty() {
            let not_final = not_final(report.open.len());
            lines.push(line("small", format!("{not_final} {}", say::in_next_report())));
        }
        lines.push(line("small", say::cards_only().to_owned()));
        lines.push(line("sign", say::sign_x().to_owned()));
        sheet(lines)
    }

    fn tools(self, report: &Report) -> AnyView {
        let from = report.from;
        let is_z = report.number.is_some();
        if is_z {
            let again = press(move || self.look());
            return tools(vec![print_first(), button(say::back_to_x_report().to_owned(), again)]);
        }
        if self.asked.get() {
            return tools(vec![
                line("next", say::z_closes_once().to_owned()),
                filled(fixed(say::close_the_shift()), || true, press(move || self.close(from))),
                button(say::back().to_owned(), press(move || self.asked.set(false))),
            ]);
        }
        tools(vec![
            print_first(),
            button(say::z_report_close_the_shift().to_owned(), press(move || self.asked.set(true))),
            button(say::count_again().to_owned(), press(move || self.look())),
        ])
    }
}

/// A line a kind and currency.
fn totals(name: &'static str, totals: &Totals) -> AnyView {
    let rows = totals.lines();
    let rows: Vec<_> = rows
        .map(|total| vec![kind(total.kind).to_owned(), total.count.to_string(), amount(total.sum)])
        .collect();
    match rows.is_empty() {
        true => line("small", say::nothing_taken().to_owned()),
        false => table(name, &["", say::number(), say::sum()], rows),
    }
}
