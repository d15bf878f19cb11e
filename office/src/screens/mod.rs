//! One screen a file.

mod first_start;
mod history;
mod lock;
mod operators;
mod sign_in;
mod stand_by;
mod trail;

pub(crate) use first_start::first_start;
pub(crate) use history::history;
pub(crate) use lock::lock;
pub(crate) use operators::operators;
pub(crate) use sign_in::sign_in;
pub(crate) use stand_by::{back_to_till, stand_by};
pub(crate) use trail::trail;
