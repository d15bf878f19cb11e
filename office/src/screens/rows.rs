//! The list itself: only the rows that are to be seen, and a few around them, are in the page.

use crate::Office;
use crate::book::Row;
use crate::parts::{begin, fixed, watched};
use crate::standing::Item;
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::parts::{element, line, part, shape_icon};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// A row's height in rem, by `style/history.css`.
const ROW_REM: usize = 4;
/// How many rows stand ready above and below those that are seen, and by how many they are exchanged.
const AHEAD: usize = 8;
/// As many rows as a screen has at most: 4k, upright.
const SEEN: usize = 64;

/// The rows, in a box of their own that scrolls.
pub(super) fn rows(office: Office) -> AnyView {
    let first = watched(0);
    let book = office.book;
    let shown = part(move || {
        let first = first.get();
        Some(book.rows.with(|rows| window(rows, first)))
    });
    let none = part(move || {
        let is_none = book.rows.with(Vec::is_empty);
        let words = if book.loading.get() { say::reading() } else { say::no_payments() };
        is_none.then(|| line("none", words.to_owned()))
    });
    let scrolled = move |event: Event| {
        let Some(list) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let top = list.scroll_top();
        book.scrolled.set(top);
        let at = usize::try_from(top).unwrap_or_default() / row_height();
        let begin = at.saturating_sub(AHEAD) / AHEAD * AHEAD;
        first.renew(begin);
        if at + SEEN > book.rows.with_untracked(Vec::len) {
            office.read_on();
        }
    };
    // Back where the list was left, once its rows are there again.
    let left_at = book.scrolled.get_untracked();
    if left_at > 0 {
        begin(async move {
            browser::wait(0).await;
            let document = web_sys::window().and_then(|window| window.document());
            if let Some(list) = document.and_then(|document| document.query_selector(".rows").ok()?) {
                list.set_scroll_top(left_at);
            }
        });
    }
    let list = element("div").class("rows").attr("tabindex", "0").attr("role", "region");
    list.attr("aria-label", say::payments()).on("scroll", scrolled).children([shown, none]).view()
}

/// The rows from this one on, with the room of those above and below.
fn window(rows: &[Row], first: usize) -> AnyView {
    let seen = rows.iter().skip(first).take(SEEN + 2 * AHEAD);
    let below = rows.len().saturating_sub(first + SEEN + 2 * AHEAD);
    let all = rows.len();
    let shown = seen.enumerate().map(|(at, each)| row(each, first + at + 1, all));
    let list = element("ul").attr("role", "list").children(shown).view();
    element("div").children([room(first), list, room(below)]).view()
}

/// Nothing, as high as so many rows. An SVG, because the page's policy allows no style of its own.
fn room(rows: usize) -> AnyView {
    let height = rows * ROW_REM;
    let room = leptos::html::div().class("room").attr("aria-hidden", "true");
    room.inner_html(format!(r#"<svg width="1" height="{height}rem"></svg>"#)).into_any()
}

fn row(row: &Row, at: usize, all: usize) -> AnyView {
    let entry = element("li").live_attr("aria-posinset", fixed(at.to_string()));
    let entry = entry.live_attr("aria-setsize", fixed(all.to_string()));
    match row {
        Row::Heading(words) => entry.class("day").child(element("h2").text(words.clone()).view()).view(),
        Row::Payment(item) => entry.child(payment(item)).view(),
    }
}

fn payment(item: &Item) -> AnyView {
    let address = format!("#order/{}", item.id);
    let amount = element("bdi").class("strong").text(item.amount.clone()).view();
    let about = element("span").class("about").text(format!("{}  {}", item.title, item.card)).view();
    let time = element("time").text(browser::hh_mm(item.at)).view();
    let class = if item.is_open { "payment hatched" } else { "payment" };
    element("a")
        .class(class)
        .live_attr("href", fixed(address))
        .children([shape_icon(item.shape), amount, about, time])
        .view()
}

/// In pixels, at least one.
fn row_height() -> usize {
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    let list = root.and_then(|root| root.query_selector(".rows li").ok()?);
    list.and_then(|row| usize::try_from(row.client_height()).ok()).unwrap_or(64).max(1)
}
