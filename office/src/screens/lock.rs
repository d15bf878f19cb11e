use crate::parts::{begin, fixed, said, submit};
use crate::{Face, Office};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::parts::{element, heading, part, press};
use payment::api::Terminal;

/// Signs out whoever is signed in. It stays until the proxy has done it.
pub(crate) fn lock(office: Office) -> AnyView {
    leave(office);
    let failed = move || !office.said.with(String::is_empty);
    let again = part(move || failed().then(|| submit(say::lock_again(), press(move || leave(office)))));
    let all = [heading(fixed(say::locking())), said(office), again];
    element("section").class("entrance").children(all).view()
}

fn leave(office: Office) {
    begin(async move {
        if let Some(terminal) = office.post::<Terminal>("sign-out", None).await {
            office.turn(terminal);
            office.entrance.turn(Face::StandBy);
            browser::go("#sign-in");
        }
    });
}
