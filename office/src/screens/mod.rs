//! One screen a file.

mod history;

pub(crate) use history::history;
