use crate::day_words::{kind, result};
use crate::parts::{begin, fixed, labelled, toggle, value, watched};
use crate::sheet::{letterhead, pair, print_first, said, sheet, table, tools};
use crate::{Office, moment};
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{element, heading, line, part, text};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words::amount;
use payment::json::{FromJson, Value};
use payment::settlement::{By, Taken, Takings};

/// The ways to look at it: the proxy's word, the label, and what a row is called.
fn ways() -> [(&'static str, &'static str, &'static str); 5] {
    [
        ("day", say::by_day(), say::day()),
        ("hour", say::by_hour(), say::hour()),
        ("operator", say::by_person(), say::person()),
        ("kind", say::by_kind(), say::choice_kind()),
        ("result", say::by_result(), say::result()),
    ]
}

/// What the screen watches.
#[derive(Clone, Copy)]
struct Look {
    office: Office,
    from: &'static Watched<String>,
    to: &'static Watched<String>,
    by: &'static Watched<&'static str>,
    takings: &'static Watched<Option<Takings>>,
    said: &'static Watched<String>,
}

/// What was taken, by hour, day, person, kind and result.
pub(crate) fn takings(office: Office) -> AnyView {
    let look = Look {
        office,
        from: watched(moment::today()),
        to: watched(moment::today()),
        by: watched("day"),
        takings: watched(None),
        said: watched(String::new()),
    };
    look.ask();
    let days = [date(say::from(), look.from, look), date(say::to(), look.to, look)];
    let ways = ways().map(|(by, label, _)| way(look, by, label));
    let ways = element("div")
        .class("row")
        .attr("role", "group")
        .attr("aria-label", say::rows())
        .children(ways)
        .view();
    let shown = part(move || look.takings.with(|found| found.as_ref().map(|found| show(office, found))));
    let file = element("a").attr("role", "button").attr("download", "").text(say::export_csv());
    let file =
        file.live_attr("href", text(move || format!("/api/v1/{}", look.question("takings.csv")))).view();
    let lines = [
        heading(fixed(say::takings())),
        element("div").class("tools row days").children(days).view(),
        element("div").class("tools").child(ways).view(),
        said(look.said),
        shown,
        tools(vec![print_first(), file]),
    ];
    element("section").class("day").children(lines).view()
}

impl Look {
    fn question(self, what: &str) -> String {
        format!("{what}?from={}&to={}&by={}", self.from.get(), self.to.get(), self.by.get())
    }

    /// Asks once; a screen that watched what is asked for would begin anew with each choice.
    fn ask(self) {
        let question = untrack(|| self.question("takings"));
        begin(async move {
            match proxy::call("GET", question, None).await {
                Answer::Refused(problem) => self.said.set(problem.cashier),
                answer => {
                    self.said.set(String::new());
                    if let Some(found) = self.office.heard(answer) {
                        self.takings.set(Some(found));
                    }
                }
            }
        });
    }
}

/// A day to choose.
fn date(label: &'static str, day: &'static Watched<String>, look: Look) -> AnyView {
    let input = element("input").attr("type", "date").attr("required", "").attr("aria-label", label);
    let input = input.live_attr("value", text(move || day.get())).on("change", move |event| {
        let chosen = value(&event);
        if !chosen.is_empty() {
            day.set(chosen);
            look.ask();
        }
    });
    labelled(label, input.view())
}

fn way(look: Look, by: &'static str, label: &'static str) -> AnyView {
    let choose = move || {
        look.by.set(by);
        look.ask();
    };
    toggle(label, move || look.by.get() == by, choose)
}

fn show(office: Office, takings: &Takings) -> AnyView {
    let title = ways().into_iter().find(|(by, ..)| *by == takings.by.word());
    let title = title.map_or("", |(_, _, title)| title);
    let days = match takings.from == takings.to {
        true => moment::day_named(&takings.from),
        false => say::days(&moment::day_named(&takings.from), &moment::day_named(&takings.to)),
    };
    let mut lines = letterhead(office);
    lines.extend([pair(say::takings(), days), pair(say::time_zone(), takings.time_zone.clone())]);
    if takings.rows.is_empty() {
        lines.push(line("small", say::nothing_on_these_days().to_owned()));
        return sheet(lines);
    }
    lines.push(chart(takings));
    let has_went = !matches!(takings.by, By::Kind | By::Result);
    let row = |taken: &Taken| {
        let mut row = vec![name(takings.by, taken), taken.came.count.to_string(), amount(taken.came.amount)];
        if has_went {
            row.push(amount(taken.went.amount));
        }
        row
    };
    let titles: &[&str] = match has_went {
        true => &[title, say::number(), say::taken(), say::returned()],
        false => &[title, say::number(), say::sum()],
    };
    lines.push(table(say::takings(), titles, takings.rows.iter().map(row).collect()));
    lines.push(line("small", say::cards_only().to_owned()));
    sheet(lines)
}

/// What a row is of, in words.
fn name(by: By, taken: &Taken) -> String {
    let word = || Value::String(taken.name.clone());
    match by {
        By::Hour => format!("{}:00", taken.name),
        By::Operator if taken.name.is_empty() => say::nobody_signed_in().to_owned(),
        By::Kind => FromJson::from_json(&word()).map_or_else(|| taken.name.clone(), |k| kind(k).to_owned()),
        By::Result => {
            FromJson::from_json(&word()).map_or_else(|| taken.name.clone(), |r| result(r).to_owned())
        }
        By::Day => moment::day_named(&taken.name),
        By::Operator => taken.name.clone(),
    }
}

/// Height of a bar's row, in pixels.
const ROW: usize = 24;
/// Where bars begin, and how far the longest goes from there, in thousandths of the chart's width.
const LONGEST: u128 = 600;

/// A bar a row, as long as what came in; what went back is a second, thin one below it. The table says the same in
/// numbers, so the chart is a picture of it. Bars of different currencies have scales of their own.
fn chart(takings: &Takings) -> AnyView {
    let scale = |taken: &Taken| {
        let currency = taken.came.amount.currency;
        let same = takings.rows.iter().filter(|row| row.came.amount.currency == currency);
        same.map(|row| row.came.amount.minor.max(row.went.amount.minor)).max().unwrap_or_default().max(1)
    };
    let mut bars = String::new();
    for (at, taken) in takings.rows.iter().enumerate() {
        let y = at * ROW;
        let length = |minor: u64| {
            let thousandths = u128::from(minor) * LONGEST / u128::from(scale(taken));
            format!("{}.{}%", thousandths / 10, thousandths % 10)
        };
        let (came, went) = (length(taken.came.amount.minor), length(taken.went.amount.minor));
        bars.push_str(&format!(
            r#"<text class="label" x="0" y="{}">{}</text><rect class="came" x="40%" y="{}" width="{came}" height="14"/><rect class="went" x="40%" y="{}" width="{went}" height="4"/>"#,
            y + 16,
            escaped(&name(takings.by, taken)),
            y + 2,
            y + 17,
        ));
    }
    let height = takings.rows.len() * ROW;
    let about = say::bars();
    let svg = format!(r#"<svg width="100%" height="{height}" role="img" aria-label="{about}">{bars}</svg>"#);
    leptos::html::div().class("chart").inner_html(svg).into_any()
}

/// A name, as text between tags.
fn escaped(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escaped("<b>A&B</b>"), "&lt;b&gt;A&amp;B&lt;/b&gt;");
    }
}
