//! What the proxy keeps of the ends of days and shifts.

use super::Reply;
use super::ledger::Raised;
use payment::order::Order;
use payment::settlement::{Closing, Report};

/// A durable memory of closings and Z reports. When a write has answered, it survives the loss of power.
pub trait Closings: Send + Sync {
    /// Stores a closing, or how it stands now, and raises the notice.
    fn save_closing<'a>(&'a self, closing: &'a Closing, notice: Option<&'a Raised>) -> Reply<'a, ()>;

    /// The closing that was begun last.
    fn last_closing(&self) -> Reply<'_, Option<Closing>>;

    /// The last closing that closed its day.
    fn last_closed(&self) -> Reply<'_, Option<Closing>>;

    /// Stores a Z report under its number, which no other has.
    fn save_report<'a>(&'a self, report: &'a Report) -> Reply<'a, ()>;

    /// The Z report of this number; the last one without a number.
    fn report(&self, number: Option<u64>) -> Reply<'_, Option<Report>>;

    /// Orders that were taken before `until` and moved money, or tried to, at `from` or later; so many at most.
    fn moved(&self, from: u64, until: u64, limit: u32) -> Reply<'_, Vec<Order>>;

    /// Raises a notice, once for each subject.
    fn raise<'a>(&'a self, notice: &'a Raised, now: u64) -> Reply<'a, ()>;
}
