//! What screens are made of.

mod button;
mod heading;
mod live;
mod receipt;
mod result_frame;
mod shape;
mod status_strip;

pub use button::{Button, Filled};
pub use heading::Heading;
pub use live::{Text, flag, part, press, text};
pub use receipt::Receipt;
pub use result_frame::ResultFrame;
pub use shape::ShapeIcon;
pub use status_strip::{LiveRegions, StatusStrip};
