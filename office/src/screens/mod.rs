//! One screen a file.

mod close_day;
mod history;
mod report;
mod takings;

pub(crate) use close_day::close_day;
pub(crate) use history::history;
pub(crate) use report::report;
pub(crate) use takings::takings;
