use crate::desk::Desk;
use crate::parts::{Element, button, element, heading, part, press, row, text};
use crate::words::{self, reader_page};
use crate::{browser, shell};
use js_sys::encode_uri_component;
use language::say;
use leptos::prelude::*;

/// Where the browser remembers what this page said when somebody last went to first aid from it.
pub const READER_SAID: &str = "mpos-terminal.reader";

/// For support: who the reader is, how its link does, a test, and all of it as a file.
pub fn reader_page(desk: Desk) -> Option<AnyView> {
    let facts = part(move || {
        let mut list = element("dl");
        for (label, value) in facts(desk) {
            list = list.child(element("dt").text(label).view()).child(element("dd").text(value).view());
        }
        Some(list.view())
    });
    let messages = text(move || desk.link.with(reader_page::messages));
    let export = element("a").attr("download", "reader.txt").attr("role", "button");
    let export = export.live_attr("href", text(move || file(desk))).text(say::export()).view();
    let aid = first_aid().on("click", move |_| browser::remember(READER_SAID, &told(desk)));
    let all = vec![
        heading(text(|| say::reader().to_owned())),
        facts,
        row(vec![
            button(say::test_prompt().to_owned(), press(move || desk.test_reader())),
            export,
            aid.view(),
            button(say::back().to_owned(), press(move || desk.reader_open.set(false))),
        ]),
        element("pre")
            .attr("role", "region")
            .attr("tabindex", "0")
            .attr("aria-label", say::last_messages())
            .live_text(messages)
            .view(),
    ];
    Some(element("section").class("reader-page").children(all).view())
}

fn facts(desk: Desk) -> Vec<(&'static str, String)> {
    let state = words::reader(&desk.reader.get());
    let mut facts = desk
        .identity
        .with(|identity| desk.link.with(|log| reader_page::facts(state, identity.as_ref(), log)));
    facts.push((say::fact_version(), shell::version()));
    facts
}

/// The page as lines of text, the moment first.
fn told(desk: Desk) -> String {
    let mut lines = browser::written(browser::now(), "medium", "medium");
    for (label, value) in facts(desk) {
        lines.push_str(&format!("\n{label}: {value}"));
    }
    lines.push('\n');
    lines.push_str(&desk.link.with(reader_page::messages));
    lines
}

/// The page as a file that support can read.
fn file(desk: Desk) -> String {
    let text = encode_uri_component(&told(desk)).as_string().unwrap_or_default();
    format!("data:text/plain;charset=utf-8,{text}")
}

/// The way to first aid.
pub(super) fn first_aid() -> Element {
    element("a").attr("role", "button").attr("href", "/office/#first-aid").text(say::first_aid())
}
