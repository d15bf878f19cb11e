//! The page behind the till: history, receipts, close day, reports, operators. What a sale needs is in the till's page,
//! which is weighed without this one.
//!
//! [`Office`] is what the screens watch; the part of the address behind `#` names the screen.

#![allow(unreachable_pub, reason = "the component macro hides from the lint that components are exported")]

mod app;
mod book;
mod checks;
mod day_words;
mod entrance;
mod local;
mod moment;
mod office;
mod order_words;
mod parts;
mod picture;
mod printer;
mod screen;
mod screens;
mod sheet;
mod standing;
mod support_file;
mod traced;
pub mod words;

pub use app::App;
pub use entrance::{Entrance, Face};
pub use office::Office;
pub use screen::Screen;
