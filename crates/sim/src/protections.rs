//! What keeps the money safe, each of which the simulation can do without: its drivers leave it out, shipped code
//! cannot.

/// One protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    JournalBeforeSend,
    SingleSubmission,
    Abandon,
    Fingerprint,
    IdsAmountCheck,
    TransactionTypeCheck,
    CallbackAsHint,
    NotFoundRule,
    CardLost,
    LateAppearanceWatch,
    OneTab,
    LaterOnce,
    RequestId,
    EqualParts,
}

/// What is played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) without: Option<Protection>,
    /// Captures, returns in part and voids as well.
    pub(crate) all: bool,
}

impl Protection {
    /// Those after the sale, which only the mix of all transactions can show.
    pub(crate) const AFTERWARDS: [Self; 3] = [Self::LaterOnce, Self::RequestId, Self::EqualParts];

    pub(crate) const ALL: [Self; 11] = [
        Self::JournalBeforeSend,
        Self::SingleSubmission,
        Self::Abandon,
        Self::Fingerprint,
        Self::IdsAmountCheck,
        Self::TransactionTypeCheck,
        Self::CallbackAsHint,
        Self::NotFoundRule,
        Self::CardLost,
        Self::LateAppearanceWatch,
        Self::OneTab,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::JournalBeforeSend => "journal-before-send",
            Self::SingleSubmission => "single-submission",
            Self::Abandon => "abandon",
            Self::Fingerprint => "fingerprint",
            Self::IdsAmountCheck => "ids-amount-check",
            Self::TransactionTypeCheck => "transaction-type-check",
            Self::CallbackAsHint => "callback-as-hint",
            Self::NotFoundRule => "not-found-rule",
            Self::CardLost => "card-lost",
            Self::LateAppearanceWatch => "late-appearance-watch",
            Self::OneTab => "one-tab",
            Self::LaterOnce => "later-once",
            Self::RequestId => "request-id",
            Self::EqualParts => "equal-parts",
        }
    }

    /// What the drivers do without it.
    pub(crate) fn without(self) -> &'static str {
        match self {
            Self::JournalBeforeSend => "the page writes its journal after the other effects",
            Self::SingleSubmission => "the proxy sends a submission again when its answer is lost",
            Self::Abandon => {
                "the proxy answers “not charged” to an abandon of an id that it does not know, and forgets it"
            }
            Self::Fingerprint => "one card reading is taken under any number of ids",
            Self::IdsAmountCheck => {
                "every report is taken as one of this order, whatever ids and amount it names"
            }
            Self::TransactionTypeCheck => {
                "every report is taken as one of the transaction that was asked for"
            }
            Self::CallbackAsHint => "a callback is believed like a status answer",
            Self::NotFoundRule => "the first “no such order” is believed",
            Self::CardLost => "a card that is lost counts as one that agreed",
            Self::LateAppearanceWatch => "nobody asks again after “never arrived”",
            Self::OneTab => "a second tab opens the same journal and works on it",
            Self::LaterOnce => "the proxy sends a capture, return or void again when its answer is lost",
            Self::RequestId => "a request of staff that is posted again counts as another one",
            Self::EqualParts => {
                "a report that fits two equal parts is believed of the second one, though its answer was lost"
            }
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::AFTERWARDS).find(|protection| protection.name() == name)
    }
}
