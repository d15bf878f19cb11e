//! The card before and after sending: read, deciding, lost.

use super::{CARD_WAIT_MS, CardRead, Draft, Effect, End, Event, Followed, NotSent, Sending, State, Step};
use crate::api::{CardLost, Entry, Terms};
use serde::Serialize;

/// What the card has still to do after its data was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// A swipe or a tap: nothing.
    NotNeeded,
    /// In the reader, ready to check the bank's answer.
    InReader,
    /// It checks the bank's answer, which it was given once.
    Deciding,
    /// It has decided.
    Decided {
        /// Whether it agreed.
        approved: bool,
    },
    /// It can no longer decide.
    Lost {
        /// What it had said, where the journal knows.
        card_said: Option<bool>,
        /// The proxy knows that it is lost.
        told: bool,
    },
}

impl Card {
    pub(super) fn of(entry: Entry) -> Self {
        match entry {
            Entry::Chip => Self::InReader,
            Entry::Contactless | Entry::Swipe => Self::NotNeeded,
        }
    }

    pub(super) fn said(self) -> Option<bool> {
        match self {
            Self::Decided { approved } => Some(approved),
            Self::Lost { card_said, .. } => card_said,
            Self::NotNeeded | Self::InReader | Self::Deciding => None,
        }
    }

    pub(super) fn lose(self, card_said: Option<bool>) -> Self {
        match self {
            Self::InReader | Self::Deciding | Self::Decided { .. } => Self::Lost { card_said, told: false },
            Self::NotNeeded | Self::Lost { .. } => self,
        }
    }

    /// Whether the reader still holds a session that an end must end. A tap or swipe leaves none but the reader's
    /// own prompt, which the same order clears.
    pub(super) fn is_in_session(self) -> bool {
        !matches!(self, Self::Lost { .. })
    }
}

impl Followed {
    /// The session with the card is gone.
    pub(super) fn without_card(mut self, card_said: Option<bool>) -> Self {
        self.card = self.card.lose(card_said);
        self.advice = None;
        self
    }
}

impl Draft {
    pub(super) fn awaiting_card(self, since: u64, card_seen: bool, event: Event, now: u64) -> Step {
        let cancel = |end| (State::Cancelling { since: now, end }, vec![Effect::Journal, Effect::StopReader]);
        let (state, effects) = match event {
            Event::CardSeen => (State::AwaitCard { since, card_seen: true }, vec![]),
            Event::KeepWaiting => (State::AwaitCard { since: now, card_seen }, vec![]),
            Event::Cancel => cancel(NotSent::Cancelled),
            Event::Tick if !card_seen && now.saturating_sub(since) >= CARD_WAIT_MS => cancel(NotSent::NoCard),
            Event::NotSent(why) => return self.end(None, End::NotSent(why)),
            Event::CardGone => return self.end(None, End::NotSent(NotSent::ReaderLost)),
            Event::CardRead(read) => return self.send(*read, now),
            _ => (State::AwaitCard { since, card_seen }, vec![]),
        };
        self.at(state, effects)
    }

    fn send(self, read: CardRead, now: u64) -> Step {
        let CardRead { entry, reader, card, data } = read;
        let Self { attempt, kind, amount, tip, reference, description, email, .. } = self.clone();
        let terms = Terms { attempt, kind, amount, entry, reader, card, tip, reference, description, email };
        let sending =
            Sending { terms, since: now, card: Card::of(entry), posts: 0, retry_at: None, blob: Some(data) };
        self.post(Box::new(sending), vec![Effect::Journal])
    }

    pub(super) fn awaiting_decision(self, mut followed: Box<Followed>, event: Event, now: u64) -> Step {
        match event {
            Event::CardDecided { approved, data } => {
                followed.card = Card::Decided { approved };
                followed.advice = Some(data);
                followed.since = now;
                self.post_advice(followed, vec![Effect::Journal])
            }
            Event::CardGone | Event::NotSent(_) => {
                let followed = Box::new(followed.without_card(None));
                self.at(State::AwaitFinal(followed), vec![]).0.ask_proxy(now, vec![Effect::Journal])
            }
            event => self.keep_asking(followed, event, now, State::AwaitCardDecision),
        }
    }

    /// Posts the decision, or what there is to say when it is no longer in memory.
    pub(super) fn post_advice(self, mut followed: Box<Followed>, mut effects: Vec<Effect>) -> Step {
        let (Card::Decided { approved }, Some(encrypted_data)) = (followed.card, followed.advice.clone())
        else {
            return self.at(State::AwaitFinal(followed), effects);
        };
        followed.ask_at = None;
        effects.push(Effect::PostAdvice(Box::new(crate::api::Advice { approved, encrypted_data })));
        self.at(State::AwaitAdvice(followed), effects)
    }
}

impl Followed {
    /// The question that fits: first that the card is lost, if the proxy does not know, else how it stands.
    pub(super) fn question(&self) -> Effect {
        match self.card {
            Card::Lost { card_said, told: false } => Effect::PostCardLost(CardLost { card_said }),
            _ => Effect::Poll,
        }
    }
}
