use crate::parts::begin;
use crate::standing::Item;
use crate::{Office, local, moment};
use language::say;
use mpos_terminal::desk::Watched;
use mpos_terminal::proxy::{self, Answer};
use payment::api::{History, PaymentView};

/// The list of payments as far as it was read, and how it was asked for.
pub(crate) struct Book {
    /// What is looked for.
    pub(crate) query: Watched<Query>,
    /// The list's rows.
    pub(crate) rows: Watched<Vec<Row>>,
    /// The proxy is being asked.
    pub(crate) loading: Watched<bool>,
    /// The proxy does not answer: the rows are what this browser knows.
    pub(crate) is_local: Watched<bool>,
    /// How far down the list was left, in pixels.
    pub(crate) scrolled: Watched<i32>,
    /// What the next page's `before` is.
    next: Watched<Option<String>>,
    open: Watched<Vec<Item>>,
    others: Watched<Vec<Item>>,
    /// Counts questions: an answer to an earlier one is no answer.
    asked: Watched<u32>,
}

/// A row of the list. All are equally high.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// A day, or what is not known yet.
    Heading(String),
    /// A payment.
    Payment(Item),
}

/// What is looked for, each empty where it does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) keyed: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) status: String,
    pub(crate) kind: String,
    pub(crate) operator: String,
}

impl Query {
    /// As the proxy's address has it, without the question mark.
    pub(crate) fn address(&self) -> String {
        let from = moment::midnight(&self.from, false).map(|at| at.to_string()).unwrap_or_default();
        let to = moment::midnight(&self.to, true).map(|at| at.to_string()).unwrap_or_default();
        let fields = [
            ("q", self.keyed.trim()),
            ("from", &from),
            ("to", &to),
            ("status", &self.status),
            ("kind", &self.kind),
            ("operator", self.operator.trim()),
        ];
        let fields = fields.iter().filter(|(_, value)| !value.is_empty());
        let fields = fields.map(|(name, value)| {
            format!("{name}={}", js_sys::encode_uri_component(value).as_string().unwrap_or_default())
        });
        fields.collect::<Vec<_>>().join("&")
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Book {
    pub(crate) fn new() -> Self {
        Self {
            query: Watched::new(Query::default()),
            rows: Watched::new(vec![]),
            loading: Watched::new(false),
            is_local: Watched::new(false),
            scrolled: Watched::new(0),
            next: Watched::new(None),
            open: Watched::new(vec![]),
            others: Watched::new(vec![]),
            asked: Watched::new(0),
        }
    }
}

impl Office {
    /// Looks for something else, from the top.
    pub(crate) fn look_for(self, change: impl FnOnce(&mut Query)) {
        let mut query = self.book.query.get_untracked();
        change(&mut query);
        if self.book.query.with_untracked(|known| *known == query) {
            return;
        }
        self.book.query.set(query);
        self.book.scrolled.set(0);
        self.read_book();
    }

    /// Reads the first page anew.
    pub(crate) fn read_book(self) {
        self.fetch(None);
    }

    /// Reads the next page, if there is one and nothing is being read.
    pub(crate) fn read_on(self) {
        let next = self.book.next.get_untracked();
        if next.is_some() && !self.book.loading.get_untracked() {
            self.fetch(next);
        }
    }

    /// Whether the list may change by itself, and is short enough to be read anew.
    pub(crate) fn is_book_waiting(self) -> bool {
        let is_short = self.book.others.with_untracked(Vec::len) <= 50;
        is_short && self.book.open.with_untracked(|open| !open.is_empty())
    }

    fn fetch(self, before: Option<String>) {
        let book = self.book;
        book.asked.update(|asked| *asked += 1);
        let asked = book.asked.get_untracked();
        book.loading.set(true);
        let mut address = format!("history?{}", book.query.with_untracked(Query::address));
        if let Some(before) = &before {
            address.push_str("&before=");
            address.push_str(before);
        }
        begin(async move {
            let answer = proxy::call::<History>("GET", address, None).await;
            if book.asked.get_untracked() != asked {
                return;
            }
            book.loading.set(false);
            self.away.set(matches!(answer, Answer::Nothing));
            match answer {
                Answer::Got(page) => self.take(page, before.is_none()),
                // What was read stays where only the rest of it is missing.
                Answer::Nothing | Answer::Refused(_) if before.is_some() => {}
                Answer::Nothing => self.take_local().await,
                Answer::Refused(problem) => {
                    book.rows.set(vec![Row::Heading(problem.cashier)]);
                }
            }
        });
    }

    fn take(self, page: History, is_first: bool) {
        let book = self.book;
        if is_first && book.query.with_untracked(Query::is_empty) {
            local::keep(&page);
        }
        let items: Vec<_> = page.payments.iter().map(Item::of).collect();
        if is_first {
            book.open.set(page.open.iter().map(Item::of).collect());
            book.others.set(items);
        } else {
            book.others.update(|others| others.extend(items));
        }
        book.next.set(page.next);
        book.is_local.set(false);
        self.lay_out();
        self.tell_count();
    }

    /// Takes over how one payment stands now, where the list shows it.
    pub(crate) fn note(self, view: &PaymentView) {
        let item = Item::of(view);
        let mut is_new = false;
        for items in [&self.book.open, &self.book.others] {
            items.update(|items| {
                if let Some(row) = items.iter_mut().find(|row| row.id == item.id && **row != item) {
                    *row = item.clone();
                    is_new = true;
                }
            });
        }
        if is_new {
            self.lay_out();
        }
    }

    async fn take_local(self) {
        let book = self.book;
        let keyed = book.query.with_untracked(|query| query.keyed.trim().to_ascii_lowercase());
        let fits = |item: &Item| {
            let texts = [&item.amount, &item.card, &item.id];
            texts.iter().any(|text| text.to_ascii_lowercase().contains(&keyed))
        };
        let items = local::items().await.into_iter().filter(fits);
        let (open, others) = items.partition(|item| item.is_open);
        book.open.set(open);
        book.others.set(others);
        book.next.set(None);
        book.is_local.set(true);
        self.lay_out();
        self.tell_count();
    }

    fn lay_out(self) {
        let book = self.book;
        let mut rows = vec![];
        book.open.with_untracked(|open| {
            if !open.is_empty() {
                rows.push(Row::Heading(say::results_not_known(&open.len().to_string())));
            }
            rows.extend(open.iter().cloned().map(Row::Payment));
        });
        let today = moment::day(mpos_terminal::browser::now());
        let mut day = String::new();
        book.others.with_untracked(|others| {
            for item in others {
                let own = moment::day(item.at);
                if own != day {
                    rows.push(Row::Heading(if own == today { say::today().to_owned() } else { own.clone() }));
                    day = own;
                }
                rows.push(Row::Payment(item.clone()));
            }
        });
        book.rows.set(rows);
    }

    /// Says to those who listen how many there are.
    fn tell_count(self) {
        let count = self.book.open.with_untracked(Vec::len) + self.book.others.with_untracked(Vec::len);
        let is_more = self.book.next.with_untracked(Option::is_some);
        let said = if is_more { say::payments_more } else { say::payments_counted };
        self.polite.set(said(&count.to_string()));
    }
}
