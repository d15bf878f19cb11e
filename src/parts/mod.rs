//! What screens are made of.

mod button;
mod element;
mod heading;
mod help_bar;
mod language_choice;
mod live;
mod result_frame;
mod shape;
mod status_strip;

pub use button::{actions, button, filled, row};
pub use element::{Element, element};
pub use heading::{focus_heading, heading};
pub use help_bar::help_bar;
pub use language_choice::language_choice;
pub use live::{
    Press, Text, amount_line, amount_size, flag, follow, hear, hear_here, line, live_line, part, press, text,
    waiting_line,
};
pub use result_frame::result_frame;
pub use shape::shape_icon;
pub use status_strip::{live_regions, status_strip};
