//! One screen a file.

mod close_day;
mod first_aid;
mod first_start;
mod history;
mod later;
mod lock;
mod operators;
mod order;
mod paper;
mod printing;
mod receipt;
mod report;
mod rows;
mod sign_in;
mod signature;
mod stand_by;
mod takings;
mod timeline;
mod trace;
mod trail;

pub(crate) use close_day::close_day;
pub(crate) use first_aid::first_aid;
pub(crate) use first_start::first_start;
pub(crate) use history::history;
pub(crate) use lock::lock;
pub(crate) use operators::operators;
pub(crate) use order::order;
pub(crate) use receipt::receipt_of;
pub(crate) use report::report;
pub(crate) use sign_in::sign_in;
pub(crate) use stand_by::{stand_by, ways_out};
pub(crate) use takings::takings;
pub(crate) use trace::Known;
pub(crate) use trail::trail;
