//! What screens of days and shifts are made of: a sheet that prints as it is seen, and buttons that do not.

use crate::Office;
use crate::parts::{filled, fixed};
use language::say;
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{Press, button, element, line, press, text};

/// Prints the sheet by the browser.
fn print() -> Press {
    press(|| {
        if let Some(window) = web_sys::window() {
            // A browser that cannot print says so itself.
            let _ = window.print();
        }
    })
}

/// The filled button that prints the sheet.
pub(crate) fn print_first() -> AnyView {
    filled(fixed(say::print()), || true, print())
}

/// The button that prints the sheet, where something else is more wanted.
pub(crate) fn print_button() -> AnyView {
    button(say::print().to_owned(), print())
}

/// The buttons, which paper has none of.
pub(crate) fn tools(buttons: Vec<AnyView>) -> AnyView {
    element("div").class("tools row").children(buttons).view()
}

/// What is said once to everybody, for who cannot see it as well.
pub(crate) fn said(words: &'static Watched<String>) -> AnyView {
    let said = element("p").class("said tools").attr("role", "alert");
    said.live_text(text(move || words.get())).view()
}

/// A line of a sheet: what, and on the other side how much.
pub(crate) fn pair(label: &str, value: String) -> AnyView {
    let value = element("bdi").text(value).view();
    element("p").class("pair").child(element("span").text(label).view()).child(value).view()
}

/// A table with its titles; the first column names the row.
pub(crate) fn table(name: &'static str, titles: &[&str], rows: Vec<Vec<String>>) -> AnyView {
    let title = |title: &&str| match *title {
        // Nothing is said above the names of the rows.
        "" => element("td").view(),
        title => element("th").attr("scope", "col").text(title.to_owned()).view(),
    };
    let head = element("thead").child(element("tr").children(titles.iter().map(title)).view()).view();
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate().map(|(at, cell)| match at {
            0 => element("th").attr("scope", "row").text(cell).view(),
            _ => element("td").child(element("bdi").text(cell).view()).view(),
        });
        element("tr").children(cells).view()
    };
    let body = element("tbody").children(rows.into_iter().map(row)).view();
    let caption = element("caption").class("heard").text(name).view();
    element("table").child(caption).child(head).child(body).view()
}

/// Whose sheet it is: shop and till, and the mark where no money moves.
pub(crate) fn letterhead(office: Office) -> Vec<AnyView> {
    office.terminal.with(|terminal| {
        let Some(terminal) = terminal else { return vec![] };
        let mark = terminal.sandbox.then(|| line("mark", say::test_ribbon().to_owned()));
        let shop = std::iter::once(line("shop", terminal.merchant.name.clone())).chain(mark);
        shop.chain([pair(say::till(), terminal.till.clone())]).collect()
    })
}

/// The sheet.
pub(crate) fn sheet(lines: Vec<AnyView>) -> AnyView {
    element("div").class("sheet printable").children(lines).view()
}

/// A part of a screen with a heading of its own.
pub(crate) fn part_of(heading: &str, lines: Vec<AnyView>) -> AnyView {
    element("section").child(element("h2").text(heading.to_owned()).view()).children(lines).view()
}
