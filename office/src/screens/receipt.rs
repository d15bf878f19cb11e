use super::paper::paper;
use super::signature::pad;
use crate::parts::{begin, choice, filled, fixed, link, toggle};
use crate::printer::{self, Fault};
use crate::{Office, local, moment};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::device::web_serial::SerialPort;
use mpos_terminal::parts::{button, element, heading, line, live_line, part, press, row, text};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words as till;
use payment::api::{Copy, Print, Printed, ReceiptView};
use payment::attempt::AttemptId;
use receipt::{Duplicate, Receipt};

/// Where the paper's width is remembered, and the printer's characters to a line.
const SHEET: &str = "mpos-terminal.sheet";
const COLUMNS: &str = "mpos-terminal.columns";
/// How long the mark may take to come to the paper before the browser prints it.
const PAINT_MS: i32 = 60;

/// A receipt that is looked at.
struct Looked {
    view: Watched<Option<ReceiptView>>,
    missing: Watched<Option<String>>,
    copy: Watched<Copy>,
    /// Of the payment itself, 0, or of which later transaction.
    nth: Watched<usize>,
    mark: Watched<Duplicate>,
    sheet: Watched<String>,
    /// The signature, as an SVG path.
    drawn: Watched<String>,
    /// What became of the last print.
    said: Watched<String>,
    /// A print is under way.
    busy: Watched<bool>,
}

/// The receipt of a payment: to be seen, printed by the browser or on the receipt printer.
pub(crate) fn receipt_of(office: Office, id: AttemptId) -> AnyView {
    let looked: &'static Looked = Box::leak(Box::new(Looked {
        view: Watched::new(None),
        missing: Watched::new(None),
        copy: Watched::new(Copy::Customer),
        nth: Watched::new(0),
        mark: Watched::new(Duplicate::First),
        sheet: Watched::new(browser::remembered(SHEET).unwrap_or_else(|| "slip".to_owned())),
        drawn: Watched::new(String::new()),
        said: Watched::new(String::new()),
        busy: Watched::new(false),
    }));
    let asked = id.clone();
    begin(async move {
        let answer = proxy::call::<ReceiptView>("GET", format!("payments/{asked}/receipt"), None).await;
        office.away.set(matches!(answer, Answer::Nothing));
        match answer {
            Answer::Got(view) => looked.view.set(Some(view)),
            Answer::Refused(problem) => looked.missing.set(Some(problem.cashier)),
            Answer::Nothing => match offline(office, &asked) {
                Some(view) => looked.view.set(Some(view)),
                None => looked.missing.set(Some(say::offline().to_owned())),
            },
        }
    });
    let back = link(say::back_to_order(), format!("#order/{id}"));
    let shown = part(move || {
        if let Some(missing) = looked.missing.get() {
            return Some(line("none", missing));
        }
        looked.view.with(|view| view.as_ref().map(|view| sheet(office, looked, view)))
    });
    let all = [heading(fixed(say::receipt())), row(vec![back]), shown];
    element("section").class("receipt-of").children(all).view()
}

/// What this browser knows of it.
fn offline(office: Office, id: &AttemptId) -> Option<ReceiptView> {
    let terminal = office.terminal.get_untracked()?;
    let payment = local::payment(id.as_str())?;
    let (merchant, till, sandbox) = (terminal.merchant, terminal.till, terminal.sandbox);
    Some(ReceiptView { payment, merchant, till, sandbox, link: None })
}

fn sheet(office: Office, looked: &'static Looked, view: &ReceiptView) -> AnyView {
    let zone = moment::zone(view.payment.accepted_at);
    let shown = view.clone();
    let paper = part(move || {
        let receipt = Receipt::of(&shown, looked.nth.get(), looked.copy.get(), looked.mark.get(), zone);
        let class = if looked.sheet.get() == "a4" { "sheet a4" } else { "sheet slip" };
        let drawn = looked.drawn.get();
        let signed = (!drawn.is_empty()).then_some(drawn.as_str());
        Some(element("div").class(class).child(paper(&receipt.lines, signed)).view())
    });
    let asked = view.clone();
    let signing = part(move || {
        let receipt = Receipt::of(&asked, looked.nth.get(), looked.copy.get(), Duplicate::First, zone);
        receipt.to_sign.then(|| more(say::sign_on_screen(), pad(&looked.drawn)))
    });
    let id = view.payment.terms.attempt.clone();
    let browser_id = id.clone();
    let by_browser = filled(
        fixed(say::print()),
        move || !looked.busy.get(),
        press(move || print(office, looked, browser_id.clone(), 0)),
    );
    let by_printer = button(
        say::print_on_printer().to_owned(),
        press(move || {
            let columns = browser::remembered(COLUMNS).and_then(|columns| columns.parse().ok()).unwrap_or(42);
            print(office, looked, id.clone(), columns);
        }),
    );
    let said = live_line("strong", text(move || looked.said.get()));
    let tools = [copies(looked, view), by_browser, row(vec![by_printer]), said, signing, papers(looked)];
    let tools = element("div").class("tools").children(tools).view();
    element("div").class("printable").children([tools, paper]).view()
}

/// What is wanted now and then.
fn more(label: &'static str, content: AnyView) -> AnyView {
    element("details").child(element("summary").text(label).view()).child(content).view()
}

/// Whose copy, of what.
fn copies(looked: &'static Looked, view: &ReceiptView) -> AnyView {
    let copy = |label: &'static str, copy: Copy| {
        let choose = move || {
            looked.copy.set(copy);
            looked.mark.set(Duplicate::First);
        };
        toggle(label, move || looked.copy.get() == copy, choose)
    };
    let mut all = vec![row(vec![
        copy(say::customer_copy(), Copy::Customer),
        copy(say::merchant_copy(), Copy::Merchant),
    ])];
    if !view.payment.later.is_empty() {
        let whole = ("0".to_owned(), till::kind(view.payment.terms.kind).to_owned());
        let later = view.payment.later.iter().enumerate().map(|(nth, later)| {
            let words = crate::standing::later_words(&view.payment, later);
            ((nth + 1).to_string(), format!("{} {}", words.title, till::amount(later.amount)))
        });
        let nth = looked.nth.get_untracked().to_string();
        all.push(choice(
            say::receipt_of(),
            std::iter::once(whole).chain(later).collect(),
            &nth,
            move |nth| {
                looked.nth.set(nth.parse().unwrap_or_default());
                looked.mark.set(Duplicate::First);
            },
        ));
    }
    element("div").class("choices").children(all).view()
}

/// On which paper.
fn papers(looked: &'static Looked) -> AnyView {
    let sheets =
        [("slip", say::roll()), ("a4", "A4")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    let chosen = looked.sheet.get_untracked();
    let paper = choice(say::paper(), sheets.into(), &chosen, move |sheet| {
        browser::remember(SHEET, &sheet);
        looked.sheet.set(sheet);
    });
    let columns = ["42", "48", "32"].map(|columns| (columns.to_owned(), say::characters(columns)));
    let chosen = browser::remembered(COLUMNS).unwrap_or_default();
    let printer = choice(say::receipt_printer(), columns.into(), &chosen, |columns| {
        browser::remember(COLUMNS, &columns);
    });
    more(say::paper_and_printer(), element("div").class("choices").children([paper, printer]).view())
}

/// Counts the print, and then prints: by the browser, or with so many characters to a line on the receipt printer.
fn print(office: Office, looked: &'static Looked, id: AttemptId, columns: u32) {
    if looked.busy.get_untracked() {
        return;
    }
    looked.busy.set(true);
    looked.said.set(String::new());
    // A port is chosen on a click, and the click is over once the proxy has answered.
    let port = (columns > 0).then(printer::port);
    begin(async move {
        let said = match port {
            None => by_browser(office, looked, id).await,
            Some(port) => match port.await {
                Ok(port) => by_printer(office, looked, id, columns, &port).await,
                Err(fault) => fault.words().to_owned(),
            },
        };
        looked.said.set(said.clone());
        office.polite.set(said);
        looked.busy.set(false);
    });
}

async fn count(office: Office, looked: &'static Looked, id: AttemptId, columns: u32) -> Answer<Printed> {
    let (copy, nth) = (looked.copy.get_untracked(), looked.nth.get_untracked());
    let nth = u32::try_from(nth).unwrap_or_default();
    let zone = moment::minutes_ahead(browser::now());
    let body = proxy::body(&Print { copy, nth, columns, zone });
    let answer = proxy::call::<Printed>("POST", format!("payments/{id}/prints"), Some(body)).await;
    office.away.set(matches!(answer, Answer::Nothing));
    looked.mark.set(match &answer {
        Answer::Got(Printed { duplicate: 0, .. }) => Duplicate::First,
        Answer::Got(Printed { duplicate, at, .. }) => Duplicate::Again { number: *duplicate, at: *at },
        Answer::Refused(_) | Answer::Nothing => Duplicate::NotCounted,
    });
    answer
}

async fn by_browser(office: Office, looked: &'static Looked, id: AttemptId) -> String {
    if let Answer::Refused(problem) = count(office, looked, id, 0).await {
        return problem.cashier;
    }
    browser::wait(PAINT_MS).await;
    let printed = web_sys::window().is_some_and(|window| window.print().is_ok());
    let said = if printed { say::handed_to_browser() } else { Fault::NoPrint.words() };
    said.to_owned()
}

async fn by_printer(
    office: Office,
    looked: &'static Looked,
    id: AttemptId,
    columns: u32,
    port: &SerialPort,
) -> String {
    if let Err(fault) = printer::ready(port).await {
        return fault.words().to_owned();
    }
    let bytes = match count(office, looked, id, columns).await {
        Answer::Got(printed) => printed.bytes.and_then(|bytes| hex::decode(bytes).ok()),
        Answer::Refused(problem) => return problem.cashier,
        Answer::Nothing => None,
    };
    let Some(bytes) = bytes else { return Fault::NoServer.words().to_owned() };
    match printer::print(port, &bytes).await {
        Ok(()) => say::printed().to_owned(),
        Err(fault) => fault.words().to_owned(),
    }
}
