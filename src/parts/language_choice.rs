use super::element;
use crate::{shell, speech};
use language::{Language, say};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The choice of a language, which the browser keeps. Each stands there as those who speak it call it.
pub fn language_choice() -> AnyView {
    let now = shell::language();
    let option = |language: Language| {
        let code = language.code();
        let option = element("option").attr("value", code).attr("lang", code);
        let option = if now == code { option.attr("selected", "") } else { option };
        option.text(language.name()).view()
    };
    let options: Vec<_> = Language::ALL.into_iter().map(option).collect();
    let choice = element("select").children(options).on("change", move |event| {
        let code = event_target_value(&event);
        spawn_local(async move {
            speech::speak(&code).await;
        });
    });
    let words = element("span").text(say::language()).view();
    element("label").class("field language").child(words).child(choice.view()).view()
}
