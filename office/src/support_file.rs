//! What first aid knows, as one text for support. Headings are English, whatever the page's language is. No card data is
//! in it: nothing of what it is made of can hold any beyond the mask.

use crate::checks::Findings;
use crate::screens::Known;
use crate::standing::Item;
use mpos_terminal::{browser, shell};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// So many payments are in it.
pub(crate) const PAYMENTS: usize = 10;

/// A payment of this till, and what is known of it.
pub(crate) struct Payment {
    pub(crate) item: Item,
    pub(crate) known: Known,
}

/// The text.
pub(crate) fn text(findings: &Findings, payments: &[Payment]) -> String {
    let agent = web_sys::window().and_then(|window| window.navigator().user_agent().ok());
    let head = [
        ("Made", written(browser::now())),
        ("Page", findings.version.clone()),
        ("Browser", agent.unwrap_or_default()),
        ("Language", shell::language()),
    ];
    let mut text =
        "First aid, for support. Headings are English, the rest is in the page's language.\n".to_owned();
    let mut add = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for (label, value) in head {
        add(&format!("{label}: {value}"));
    }
    add("\nCHECKS");
    for check in findings.checks() {
        add(&check.line());
    }
    add("\nREADER, AS THE TILL SAID");
    add(findings.reader_said.as_deref().unwrap_or("-"));
    for Payment { item, known } in payments {
        add(&format!("\nPAYMENT {}", item.id));
        add(&format!("{} {} {} {}", written(item.at), item.title, item.amount, item.card));
        if let Some(trace) = &known.trace {
            let since = written(trace.since);
            add(&format!(
                "Trace {}, server {} since {since}, left out: {}",
                trace.trace, trace.version, trace.left_out
            ));
        }
        for line in known.lines() {
            let span = line.span.map(|span| format!(" [{span}]")).unwrap_or_default();
            add(&format!("{} {}: {}{span}", written(line.at), line.who, line.what));
        }
    }
    text
}

/// A moment that is the same everywhere, to the millisecond.
fn written(at: u64) -> String {
    browser::date(at).to_iso_string().into()
}

/// Has the browser save the text.
pub(crate) fn save(text: &str) {
    let name = format!("first-aid-{}.txt", written(browser::now()).replace(':', "-"));
    let address = js_sys::encode_uri_component(text).as_string().unwrap_or_default();
    let link = web_sys::window().and_then(|window| window.document()?.create_element("a").ok());
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let _ = link.set_attribute("download", &name);
        let _ = link.set_attribute("href", &format!("data:text/plain;charset=utf-8,{address}"));
        link.click();
    }
}
