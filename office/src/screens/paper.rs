//! A receipt's lines on the screen, and on the browser's paper.

use crate::parts::fixed;
use language::{Language, say};
use leptos::prelude::*;
use mpos_terminal::parts::element;
use receipt::{Line, QrPath, Size};

/// The paper with these lines in this language. `signed` stands where the customer signs.
pub(super) fn paper(lines: &[Line], language: Language, signed: Option<&str>) -> AnyView {
    let lines = lines.iter().map(|line| match line {
        Line::Centred(text, size) => {
            // An address in Latin letters runs its own way on an Arabic receipt.
            element("p").class(class(*size)).attr("dir", "auto").text(text.clone()).view()
        }
        Line::Pair(label, value, size) => {
            let value = element("bdi").text(value.clone()).view();
            let pair = [element("span").text(label.clone()).view(), value];
            element("p").class(if *size == Size::Tall { "pair tall" } else { "pair" }).children(pair).view()
        }
        Line::Rule => element("hr").view(),
        Line::Blank => element("p").class("blank").view(),
        Line::Sign(words) => sign(words, signed),
        Line::Link(link) => code(link),
    });
    element("div")
        .class("paper-roll")
        .attr("lang", language.code())
        .attr("dir", if language.is_right_to_left() { "rtl" } else { "ltr" })
        .attr("aria-label", say::receipt())
        .attr("role", "document")
        .children(lines)
        .view()
}

fn class(size: Size) -> &'static str {
    match size {
        Size::Normal => "centred",
        Size::Tall => "centred tall",
    }
}

/// A line to sign on, or what was drawn.
fn sign(words: &str, signed: Option<&str>) -> AnyView {
    match signed {
        None => element("p").class("sign").text(words.to_owned()).view(),
        Some(path) => {
            let name = say::signature();
            let svg = format!(
                r#"<svg viewBox="0 0 600 200" role="img" aria-label="{name}"><path d="{path}"/></svg>"#
            );
            leptos::html::div().class("signed").inner_html(svg).into_any()
        }
    }
}

/// The link, to scan and to read.
fn code(link: &str) -> AnyView {
    let path = QrPath::of(link).map(|QrPath { size, path }| {
        let name = say::link_code();
        let svg = format!(
            r#"<svg viewBox="0 0 {size} {size}" role="img" aria-label="{name}"><path d="{path}"/></svg>"#
        );
        leptos::html::div().class("code").inner_html(svg).into_any()
    });
    let text = element("a").attr("rel", "noreferrer").attr("target", "_blank").text(link.to_owned());
    let text = text.live_attr("href", fixed(link)).view();
    element("div").class("link").children(path).child(text).view()
}
