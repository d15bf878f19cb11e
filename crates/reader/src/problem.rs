use crate::Family;

/// What can be done about a card or a reader that is [not usable](crate::End::NotUsable).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardProblem {
    /// Start again; nothing is wrong with card or reader.
    Again,
    /// Take another card.
    OtherCard,
    /// Present the card another way: insert or swipe it.
    OtherWay,
    /// Insert the card, chip first.
    UseChip,
    /// Switch the reader off and on.
    RestartReader,
    /// The reader has no key left, or none was loaded: take another reader, and call support.
    ReaderKeys,
    /// Reader and till do not fit together: call support with the number.
    Support,
}

impl CardProblem {
    /// What the number of [`End::NotUsable`](crate::End::NotUsable) asks for, by the name of the family whose number it
    /// is; one that the family does not know asks for support.
    #[must_use]
    pub fn of(family: &str, code: u16) -> Self {
        Family::named(family).and_then(|family| (family.problem)(code)).unwrap_or(Self::Support)
    }
}
