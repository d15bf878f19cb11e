use reader::{FromReader, ToReader};

/// A way to a reader. Dropping it closes it and lets go of everything.
pub trait Link {
    /// Begins anew; what was under way is lost. [`LinkEvent::Opened`] or [`LinkEvent::Closed`] follows.
    fn open(&mut self);

    /// Hands something to the reader, after everything before it.
    fn send(&mut self, message: ToReader);

    /// The next thing that happened.
    fn poll(&mut self) -> Option<LinkEvent>;

    /// Whether what is at its end is an emulation.
    fn is_emulated(&self) -> bool {
        false
    }
}

/// What happens on a link.
#[derive(Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// It carries from now on.
    Opened,
    /// It brought something.
    Received(FromReader),
    /// It carries nothing any more.
    Closed(Closed),
}

/// Why a link carries nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The reader was unplugged or went out of reach.
    Unplugged,
    /// It could not be opened: another program or another tab has it, or this user may not use it.
    InUse,
    /// Bytes were lost on the way.
    Damaged,
}
