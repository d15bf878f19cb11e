//! One screen a file.

mod close_day;
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
mod trail;

pub(crate) use close_day::close_day;
pub(crate) use first_start::first_start;
pub(crate) use history::history;
pub(crate) use lock::lock;
pub(crate) use operators::operators;
pub(crate) use order::order;
pub(crate) use receipt::receipt_of;
pub(crate) use report::report;
pub(crate) use sign_in::sign_in;
pub(crate) use stand_by::{back_to_till, stand_by};
pub(crate) use takings::takings;
pub(crate) use trail::trail;
