//! What this browser knows of payments by itself: the till's journal, and the page of the history that it fetched last.

use crate::standing::Item;
use mpos_terminal::browser;
use mpos_terminal::journal::{Journal, NAME};
use payment::api::{History, PaymentView};
use payment::json;
use payment::till::Attempt;

/// Where the last page is kept.
const LAST: &str = "mpos-terminal.history";

/// Keeps a page for when the proxy is away. Of the customer only what the list shows is kept.
pub(crate) fn keep(page: &History) {
    let bare = |view: &PaymentView| {
        let mut view = view.clone();
        view.terms.email = None;
        (view.terms.card.holder, view.terms.card.first6, view.terms.card.expiry) = (None, None, None);
        view.receipt.clear();
        view
    };
    let all: Vec<_> = page.open.iter().chain(&page.payments).map(bare).collect();
    if let Ok(text) = serde_json::to_string(&all) {
        browser::remember(LAST, &text);
    }
}

/// The payment of this id, as the last page had it.
pub(crate) fn payment(id: &str) -> Option<PaymentView> {
    last().into_iter().find(|view| view.terms.attempt.as_str() == id)
}

/// Everything that is known here, the latest first.
pub(crate) async fn items() -> Vec<Item> {
    let mut items: Vec<Item> = last().iter().map(Item::of).collect();
    for attempt in &attempts().await {
        let item = Item::of_attempt(attempt);
        match items.iter_mut().find(|known| known.id == item.id) {
            // The journal hears of the till's own payments first.
            Some(known) if known.is_open => *known = item,
            Some(_) => {}
            // A sorting algorithm would be larger than this.
            None => {
                let at = items.partition_point(|other| other.at >= item.at);
                items.insert(at, item);
            }
        }
    }
    items
}

/// The till's own payments of the last 24 hours, in the order in which they were begun.
pub(crate) async fn attempts() -> Vec<Attempt> {
    match Journal::open(NAME).await {
        Ok(journal) => journal.read().await.unwrap_or_default(),
        Err(_) => vec![],
    }
}

fn last() -> Vec<PaymentView> {
    browser::remembered(LAST).and_then(|text| json::read(&text)).unwrap_or_default()
}
