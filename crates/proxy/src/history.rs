//! The list of payments: which are wanted, a page of them, and the file of them all.

mod export;

use crate::desk::Desk;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::store::history::{Keyed, Place, Search};
pub(crate) use export::rows;
use payment::api::{History, Kind, LaterKind, LaterState, Outcome, PaymentState, PaymentView};
use payment::money::{Amount, Currency};
use payment::order::Order;
use serde::Deserialize;

/// How many orders are read at once: other calls wait so long.
const CHUNK: u32 = 250;
/// How many orders are looked through for a page. A page with less than was asked for says where the next begins.
const MOST: usize = 5_000;
/// How long a page is, unless it is asked for, and at most.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

/// What is asked for, as the address has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    /// An amount, the last four digits, or an order id.
    q: String,
    /// Unix milliseconds.
    from: Option<u64>,
    to: Option<u64>,
    status: Option<Status>,
    kind: Option<Kind>,
    /// The operator's name.
    operator: Option<String>,
    /// The `next` of the page before.
    before: Option<String>,
    limit: Option<u32>,
    /// Whose payments, since when, the person may see beside open ones; everybody's without it.
    #[serde(skip)]
    own: Option<(String, u64)>,
}

/// How payments stand, in few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// Not known yet, or a person is needed.
    Open,
    /// Charged or reserved.
    Approved,
    /// Nothing was charged.
    NotPaid,
    /// Some or all of it went back.
    Returned,
}

impl Wanted {
    /// The same, of what this person took since then, and whatever is open.
    pub(crate) fn own(self, name: String, since: u64) -> Self {
        Self { own: Some((name, since)), ..self }
    }

    /// A page; the open payments stand on the first.
    ///
    /// # Errors
    /// [`Problem`] for a `before` that no page has said, and when the store fails.
    pub(crate) async fn page(&self, desk: &Desk, currency: Currency) -> Result<History, Problem> {
        let search = self.search(currency);
        let after = self.before.as_deref().map(|text| place(text).ok_or(Problem::Malformed)).transpose()?;
        let mut open = vec![];
        if after.is_none() {
            let all = desk.store().unsettled().await?;
            let wanted = all.iter().filter(|order| is_unsettled(order) && search.fits(order));
            open.extend(wanted.map(|order| desk.view(order)).filter(|view| self.fits(view)));
        }
        let limit = self.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE) as usize;
        let (orders, next) = self.read(desk, &search, after, limit, |order| !is_unsettled(order)).await?;
        let next = next.map(|place| format!("{}-{}", place.at, place.id));
        Ok(History { open, payments: orders, next })
    }

    /// Reads until there are so many, or enough was looked through; answers behind which to go on.
    async fn read(
        &self,
        desk: &Desk,
        search: &Search,
        mut after: Option<Place>,
        limit: usize,
        fits: fn(&Order) -> bool,
    ) -> Result<(Vec<PaymentView>, Option<Place>), StoreError> {
        let (mut found, mut looked_at) = (vec![], 0);
        loop {
            let orders = desk.store().page(search, after.as_ref(), CHUNK).await?;
            for order in &orders {
                after = Some(Place::of(order));
                looked_at += 1;
                found.extend(
                    Some(order)
                        .filter(|order| fits(order))
                        .map(|order| desk.view(order))
                        .filter(|view| self.fits(view)),
                );
                if found.len() == limit {
                    return Ok((found, after));
                }
            }
            if orders.len() < CHUNK as usize {
                return Ok((found, None));
            }
            if looked_at >= MOST {
                return Ok((found, after));
            }
        }
    }

    fn search(&self, currency: Currency) -> Search {
        let keyed = self.q.trim();
        let keyed = (!keyed.is_empty()).then(|| Keyed {
            minor: Amount::from_major(&keyed.replace(',', "."), currency).ok().map(|amount| amount.minor),
            last4: (keyed.len() == 4 && keyed.bytes().all(|b| b.is_ascii_digit())).then(|| keyed.to_owned()),
            id: keyed.to_ascii_uppercase(),
        });
        Search { keyed, from: self.from, to: self.to }
    }

    fn fits(&self, view: &PaymentView) -> bool {
        let is_own = |(name, since): &(String, u64)| {
            let is_final = matches!(view.state, PaymentState::Final { .. });
            !is_final || view.operator.as_ref() == Some(name) && view.accepted_at >= *since
        };
        self.own.as_ref().is_none_or(is_own)
            && self.kind.is_none_or(|kind| view.terms.kind == kind)
            && self.operator.as_deref().is_none_or(|name| view.operator.as_deref() == Some(name))
            && self.status.is_none_or(|status| status.fits(view))
    }
}

impl Status {
    fn fits(self, view: &PaymentView) -> bool {
        let outcome = match &view.state {
            PaymentState::Final { outcome } => Some(outcome),
            _ => None,
        };
        let has_returned = |view: &PaymentView| {
            let is_back =
                |l: &payment::api::Later| l.kind == LaterKind::Return && l.state == LaterState::Done;
            view.later.iter().any(is_back)
        };
        match (self, outcome) {
            (Self::Open, outcome) => outcome.is_none() || view.needs_person.is_some(),
            (Self::Approved, Some(outcome)) => matches!(outcome, Outcome::Approved { .. }),
            (Self::NotPaid, Some(outcome)) => {
                !matches!(outcome, Outcome::Approved { .. } | Outcome::GivenBack { .. })
            }
            (Self::Returned, Some(outcome)) => {
                matches!(outcome, Outcome::GivenBack { .. }) || has_returned(view)
            }
            (_, None) => false,
        }
    }
}

/// Stands on top of the list: not known yet, or only a person can settle it.
fn is_unsettled(order: &Order) -> bool {
    order.is_open() || order.needs_person.is_some()
}

fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('-')?;
    Some(Place { at: at.parse().ok()?, id: id.parse().ok()? })
}
