use crate::{
    CardTransaction, Event, Family, FromReader, IssuerAnswer, Refused, State, ToReader, Trace, WallClock,
};

/// A driver: the session with one reader on one link.
///
/// After each call that changes it, drain [`poll_transmit`](Self::poll_transmit), [`poll_event`](Self::poll_event) and
/// [`poll_trace`](Self::poll_trace), then see [`poll_timeout`](Self::poll_timeout). Time is a `u64` of milliseconds from
/// any fixed start and never goes back.
pub trait Driver {
    /// The family that it speaks to.
    fn family(&self) -> &'static Family;

    /// Begins anew on a link that has just been opened. Whatever went on before is forgotten without an event.
    fn connect(&mut self, now: u64, clock: WallClock);

    /// The link is about to be closed on purpose: leaves the reader in order, as far as that can be said without
    /// waiting for an answer. Whatever went on is forgotten without an event.
    fn close(&mut self, _now: u64) {}

    /// Asks for a card.
    ///
    /// # Errors
    /// [`Refused::Busy`] unless [`State::Idle`]; [`Refused::Amount`]; [`Refused::Interfaces`]; [`Refused::BatteryLow`].
    fn start(&mut self, now: u64, transaction: CardTransaction) -> Result<(), Refused>;

    /// Gives the issuer's answer to a contact chip. The card's decision follows as an event.
    ///
    /// # Errors
    /// [`Refused::Busy`] unless a contact chip waits for it.
    fn continue_with(&mut self, now: u64, answer: &IssuerAnswer) -> Result<(), Refused>;

    /// The money is done: ends the card session, if one is still open. A contact chip may still decline an approved
    /// payment, and says so by [`Event::Decision`].
    fn end_card(&mut self, now: u64, approved: bool);

    /// Stops waiting for or reading a card. [`Event::Ended`] says when the reader has confirmed.
    ///
    /// # Errors
    /// [`Refused::Busy`] when there is nothing that could be stopped.
    fn abort(&mut self, now: u64) -> Result<(), Refused>;

    /// Shows text on the reader, if it has a display: at most four rows of 21 characters, separated by line feeds.
    ///
    /// # Errors
    /// [`Refused::Busy`] while the reader's display belongs to a card.
    fn display(&mut self, now: u64, text: &str) -> Result<(), Refused>;

    /// Takes what the link brought.
    fn handle(&mut self, now: u64, received: FromReader);

    /// Does what is due. Calling it early does no harm.
    fn handle_timeout(&mut self, now: u64);

    /// The next thing for the reader.
    #[must_use]
    fn poll_transmit(&mut self) -> Option<ToReader>;

    /// The next thing that happened.
    #[must_use]
    fn poll_event(&mut self) -> Option<Event>;

    /// The next message that went over the link.
    #[must_use]
    fn poll_trace(&mut self) -> Option<Trace>;

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    #[must_use]
    fn poll_timeout(&self) -> Option<u64>;

    /// Where the session stands.
    fn state(&self) -> State;
}
