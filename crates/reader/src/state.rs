/// Where the session with a reader stands. One list for all families; a family may pass over some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Before `connect`.
    Disconnected,
    /// Throwing away what an earlier program left on the line.
    Opening,
    /// Reset, configuration, keys, battery, clock.
    Identifying,
    /// Connected, but cannot encrypt card data, or has no key left to do so.
    NotSecure,
    /// Ready for a transaction.
    Idle,
    /// Waiting for a card by any of the ways asked for.
    AwaitingCard,
    /// The card is being read; the customer may be choosing or typing.
    ReadingCard,
    /// The card has been read; the issuer is asked.
    AwaitingIssuer,
    /// The card decides on the issuer's answer.
    Completing,
    /// Waiting for the reader to confirm that the session is over.
    Cancelling,
    /// Waiting for the customer to take the card out.
    AwaitingRemoval,
    /// Given up; open the link anew and `connect`.
    Broken,
}

impl State {
    /// All of them, in the order of a payment.
    pub const ALL: [Self; 12] = [
        Self::Disconnected,
        Self::Opening,
        Self::Identifying,
        Self::NotSecure,
        Self::Idle,
        Self::AwaitingCard,
        Self::ReadingCard,
        Self::AwaitingIssuer,
        Self::Completing,
        Self::Cancelling,
        Self::AwaitingRemoval,
        Self::Broken,
    ];
}
