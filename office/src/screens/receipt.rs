use super::paper::paper;
use super::printing::print;
use super::signature::pad;
use crate::parts::{begin, choice, filled, fixed, link, toggle};
use crate::{Office, local, moment};
use language::{Language, say};
use leptos::prelude::*;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{button, element, heading, line, live_line, part, press, row, text};
use mpos_terminal::proxy::{self, Answer};
use mpos_terminal::words as till;
use mpos_terminal::{browser, shell};
use payment::api::{Copy, ReceiptView};
use payment::attempt::AttemptId;
use receipt::{Duplicate, Receipt};
use wasm_bindgen_futures::JsFuture;

/// Where the paper's width is remembered, and the printer's characters to a line.
const SHEET: &str = "mpos-terminal.sheet";
const COLUMNS: &str = "mpos-terminal.columns";
/// A receipt that is looked at.
pub(super) struct Looked {
    view: Watched<Option<ReceiptView>>,
    missing: Watched<Option<String>>,
    /// In the receipt's language.
    texts: Watched<Option<language::Receipt>>,
    pub(super) copy: Watched<Copy>,
    /// Of the payment itself, 0, or of which later transaction.
    pub(super) nth: Watched<usize>,
    pub(super) mark: Watched<Duplicate>,
    sheet: Watched<String>,
    /// The signature, as an SVG path.
    drawn: Watched<String>,
    /// What became of the last print.
    pub(super) said: Watched<String>,
    /// A print is under way.
    pub(super) busy: Watched<bool>,
}

impl Looked {
    /// As it is chosen; `None` until it and its texts are there.
    pub(super) fn receipt(&self, mark: Duplicate) -> Option<Receipt> {
        self.view.with(|view| {
            let view = view.as_ref()?;
            let zone = moment::zone(view.payment.accepted_at);
            let of = |texts: &_| Receipt::of(view, self.nth.get(), self.copy.get(), mark, zone, texts);
            self.texts.with(|texts| texts.as_ref().map(of))
        })
    }

    /// Its language.
    pub(super) fn language(&self) -> Option<Language> {
        self.texts.with(|texts| texts.as_ref().map(language::Receipt::language))
    }

    /// Brings the texts of a language; those before stay where these cannot be had. Whether they are there.
    async fn speak(&self, language: Language) -> bool {
        let file = JsFuture::from(shell::receipt_texts(language.code())).await;
        let texts =
            file.ok().and_then(|file| file.as_string()).map(|file| language::Receipt::of(language, file));
        let is_spoken = texts.is_some();
        if is_spoken {
            self.texts.set(texts);
        }
        is_spoken
    }

    /// Shows it in the shop's language, or in the page's where there is no network to bring that by.
    async fn show(&self, view: ReceiptView) {
        let shop = Language::from_code(&view.merchant.language).unwrap_or(Language::English);
        let page = Language::from_code(&shell::language()).unwrap_or(shop);
        if self.speak(shop).await || self.speak(page).await {
            self.view.set(Some(view));
        } else {
            self.missing.set(Some(say::no_connection().to_owned()));
        }
    }
}

/// The receipt of a payment: to be seen, printed by the browser or on the receipt printer.
pub(crate) fn receipt_of(office: Office, id: AttemptId) -> AnyView {
    let looked: &'static Looked = Box::leak(Box::new(Looked {
        view: Watched::new(None),
        missing: Watched::new(None),
        texts: Watched::new(None),
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
            Answer::Got(view) => looked.show(view).await,
            Answer::Refused(problem) => looked.missing.set(Some(problem.cashier)),
            Answer::Nothing => match offline(office, &asked) {
                Some(view) => looked.show(view).await,
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
    let paper = part(move || {
        let receipt = looked.receipt(looked.mark.get())?;
        let class = if looked.sheet.get() == "a4" { "sheet a4" } else { "sheet slip" };
        let drawn = looked.drawn.get();
        let signed = (!drawn.is_empty()).then_some(drawn.as_str());
        Some(element("div").class(class).child(paper(&receipt.lines, looked.language()?, signed)).view())
    });
    let signing = part(move || {
        let receipt = looked.receipt(Duplicate::First)?;
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

/// Whose copy, of what, in which language.
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
    all.push(languages(looked));
    element("div").class("choices").children(all).view()
}

/// Each stands there as those who speak it call it.
fn languages(looked: &'static Looked) -> AnyView {
    let all = Language::ALL.map(|language| (language.code().to_owned(), language.name().to_owned()));
    let chosen = looked.language().map(Language::code).unwrap_or_default();
    choice(say::receipt_language(), all.into(), chosen, move |code| {
        begin(async move {
            let Some(language) = Language::from_code(&code) else { return };
            let is_spoken = looked.speak(language).await;
            looked.said.set(if is_spoken { "" } else { say::no_connection() }.to_owned());
        });
    })
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
