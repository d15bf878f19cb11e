use crate::parts::{said, submit};
use crate::{Face, Office};
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::parts::{element, heading, part, press, text};
use payment::api::Terminal;
use wasm_bindgen_futures::spawn_local;

/// Signs out whoever is signed in. It stays until the proxy has done it.
pub(crate) fn lock(office: Office) -> AnyView {
    leave(office);
    let failed = move || !office.said.with(String::is_empty);
    let again = part(move || failed().then(|| submit("Lock again", press(move || leave(office)))));
    let all = [heading(text(|| "Locking".to_owned())), said(office), again];
    element("section").class("entrance").children(all).view()
}

fn leave(office: Office) {
    spawn_local(async move {
        if let Some(terminal) = office.post::<Terminal>("sign-out", None).await {
            office.turn(terminal);
            office.entrance.turn(Face::StandBy);
            browser::go("#sign-in");
        }
    });
}
