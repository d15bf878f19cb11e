//! The ends of days and shifts: what was taken is counted from the orders, here for a moment at a time.

mod schedule;
mod takings_file;
mod zone;

pub use schedule::{LATE_MS, close_if_due};
pub use takings_file::takings_csv;
pub use zone::Zone;

use crate::books::daily::TimeOfDay;
use crate::problem::Problem;
use crate::store::{Attempt, Store};
use payment::attempt::AttemptId;
use payment::order::Order;
use payment::settlement::{Movement, Period, movements};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most orders that are counted at once.
const MOST_ORDERS: u32 = 200_000;

/// How the day is closed at the gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CloseDaySettings {
    /// Whether the acquirer wants it. Ask the acquirer: for some, funds move only then; for others there is nothing to
    /// close.
    pub needed: bool,
    /// When it happens by itself, on the shop's clock; without it by hand only.
    pub at: Option<TimeOfDay>,
    /// The shop's time zone, for this and for takings.
    pub time_zone: Zone,
}

/// Every movement that may belong to the period: of orders that moved money in it, of those carried into it, and of
/// those that are still followed.
///
/// # Errors
/// [`Problem`] when the store fails, or there are too many.
pub async fn moved(store: &dyn Store, period: &Period) -> Result<Vec<Movement>, Problem> {
    let moved = store.moved(period.from, period.until, MOST_ORDERS + 1).await?;
    if moved.len() > MOST_ORDERS as usize {
        return Err(Problem::TooMany);
    }
    let mut orders: BTreeMap<AttemptId, Order> = BTreeMap::new();
    for order in store.followed().await?.into_iter().chain(moved) {
        orders.insert(order.terms.attempt.clone(), order);
    }
    for key in &period.carried {
        if !orders.contains_key(&key.attempt)
            && let Some(order) = store.find(&key.attempt).await?.and_then(Attempt::order)
        {
            orders.insert(key.attempt.clone(), order);
        }
    }
    Ok(orders.values().flat_map(movements).collect())
}
