//! One screen a file.

mod history;
mod later;
mod order;
mod paper;
mod receipt;
mod rows;
mod signature;
mod timeline;

pub(crate) use history::history;
pub(crate) use order::order;
pub(crate) use receipt::receipt_of;
