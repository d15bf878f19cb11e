//! The page's side of a payment: one [`Attempt`] from Pay to its end.
//!
//! [`Attempt::handle`] consumes the attempt with one [`Event`] and yields the next one with the [`Effect`]s. Where the
//! first effect is [`Effect::Journal`], the driver has stored the attempt durably before it carries out the others.
//! What comes out of the journal again goes through [`Attempt::restore`]; card data is never in it. Times are Unix
//! milliseconds.

mod card;
mod follow;
mod journal;
mod send;
#[cfg(test)]
mod tests;

use crate::api::{Abandon, CardLost, CardMask, Entry, IssuerAnswer, Kind, Outcome, PaymentState, TillView};
use crate::api::{Problem, ReaderName, StartPayment, Terms};
use crate::{attempt::AttemptId, money::Amount, secret::EncryptedData};
pub use card::Card;
use serde::Serialize;

/// One attempt to take a payment, as the page keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// What Pay was pressed for.
    pub draft: Draft,
    /// Where it stands.
    pub state: State,
}

/// What the cashier keyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// The id, made before Pay could be pressed.
    pub attempt: AttemptId,
    /// Sale or preauthorisation.
    pub kind: Kind,
    /// The amount asked for.
    pub amount: Amount,
    /// What of the amount is a tip, in minor units.
    pub tip: Option<u64>,
    /// The shop's own reference of the order.
    pub reference: Option<String>,
    /// Text of the order.
    pub description: Option<String>,
    /// Where the gateway sends the receipt.
    pub email: Option<String>,
    /// When Pay was pressed.
    pub paid_at: u64,
}

/// Where an attempt stands, each state named for what it awaits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The reader was asked for a card.
    AwaitCard {
        /// When it was asked, or the wait was last extended.
        since: u64,
        /// A card is being read: the reader's own limits hold from here.
        card_seen: bool,
    },
    /// The reader was told to stop; nothing was sent and nothing will be.
    Cancelling {
        /// When.
        since: u64,
        /// What is shown once the reader has confirmed.
        end: NotSent,
    },
    /// The payment was posted; the proxy has not answered.
    AwaitAcceptance(Box<Sending>),
    /// The gateway decides.
    AwaitFinal(Box<Followed>),
    /// The card checks the bank's answer.
    AwaitCardDecision(Box<Followed>),
    /// The card has decided; the proxy has not taken the advice.
    AwaitAdvice(Box<Followed>),
    /// Sent, and not known: nobody is invited to try again.
    Unresolved(Box<Followed>, Unsure),
    /// Final.
    Finished(Option<Box<Followed>>, End),
}

/// A payment that was posted and not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sending {
    /// What is being paid.
    pub terms: Terms,
    /// When sending began.
    pub since: u64,
    /// What the card has still to do.
    pub card: Card,
    /// How often it was posted.
    pub posts: u32,
    /// When to post the identical bytes again; `None` while a post is on its way.
    retry_at: Option<u64>,
    /// The card data, in memory only.
    #[serde(skip)]
    blob: Option<EncryptedData>,
}

/// A payment that the proxy may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// What is being paid.
    pub terms: Terms,
    /// When sending began.
    pub since: u64,
    /// What the proxy said last.
    pub view: Option<TillView>,
    /// What the card has still to do.
    pub card: Card,
    /// The proxy's refusal of the post, shown if it turns out that nothing was charged.
    pub refusal: Option<Problem>,
    /// When to ask the proxy next; `None` while a question is on its way.
    #[serde(skip)]
    ask_at: Option<u64>,
    /// The card's decision, in memory only.
    #[serde(skip)]
    advice: Option<EncryptedData>,
}

/// Why a result is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsure {
    /// The proxy did not answer the post: it is asked to abandon, and only its answer counts.
    NoAnswer {
        /// More than one post, or one without an answer: the gateway must be asked.
        sent: bool,
    },
    /// The proxy asks the gateway whether the order exists.
    Searching,
    /// Still in work after two minutes.
    Slow,
    /// The gateway does not know.
    Unknown,
    /// The gateway asks for 3-D Secure.
    OnlineCheck,
    /// Approved without the card's word: staff keep it or give it back.
    KeepOrGiveBack,
    /// The money is on its way back.
    GivingBack,
    /// Only a person can settle it; the view names the fact that is missing.
    NeedsPerson,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The proxy reported a final result.
    Result(Outcome),
    /// Sending never began: not charged.
    NotSent(NotSent),
    /// The proxy refused the post and will never send it: not charged.
    Refused(Problem),
}

/// Why nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// Cancelled on the page or on the reader.
    Cancelled,
    /// No card in 60 s.
    NoCard,
    /// The reader approved by itself, which is never taken for an approval.
    ApprovedOffline,
    /// The card refused before anything was sent.
    DeclinedByCard,
    /// The card was taken out too early.
    CardTakenOut,
    /// The card cannot be used here.
    NotUsable {
        /// The reader's family, whose number it is. Empty in a journal that does not say it.
        family: String,
        /// The vendor's error number.
        code: u16,
    },
    /// The card data carries another amount than the one asked for.
    AmountDiffers,
    /// The reader was unplugged or fell silent.
    ReaderLost,
    /// The reader's battery is too empty to begin.
    BatteryLow,
    /// The reader gives clear card data, or is not ready to encrypt.
    NotSecure,
    /// The page was closed or reloaded.
    Interrupted,
}

/// What the world did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The reader has seen a card.
    CardSeen,
    /// The cashier extends the wait for a card.
    KeepWaiting,
    /// The cashier cancels.
    Cancel,
    /// The reader has confirmed that it stopped.
    ReaderStopped,
    /// The reader read a card.
    CardRead(Box<CardRead>),
    /// The reader ended without a card to send.
    NotSent(NotSent),
    /// The card, the reader or the session with it is gone.
    CardGone,
    /// The card decided on the bank's answer.
    CardDecided {
        /// Whether it agreed.
        approved: bool,
        /// The reader's answer.
        data: EncryptedData,
    },
    /// The post's end.
    Posted(Posted),
    /// The abandon's end: `None` without an answer, `Some(None)` for "not charged".
    Abandoned(Option<Option<TillView>>),
    /// The end of any other question to the proxy: how the payment stands, or no answer.
    Told(Option<TillView>),
    /// The proxy answered that it does not know the payment: it has lost what it knew, as to an older backup. That says
    /// nothing of the money.
    NotKnown,
    /// Staff keep an approval that the card never confirmed.
    Keep,
    /// Staff give the payment back.
    GiveBack,
    /// The cashier asks now.
    AskNow,
    /// Time passed.
    Tick,
}

/// A card as the reader gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRead {
    /// How it was read.
    pub entry: Entry,
    /// The reader.
    pub reader: ReaderName,
    /// The mask.
    pub card: CardMask,
    /// The blob.
    pub data: EncryptedData,
}

/// How a post ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// The proxy has it.
    View(Box<TillView>),
    /// The proxy refused it.
    Refused(Problem),
    /// No answer.
    NoAnswer,
}

/// What the driver has to do, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Store the attempt durably before anything that follows.
    Journal,
    /// Ask the reader for a card.
    StartReader,
    /// Stop the reader; answer [`Event::ReaderStopped`].
    StopReader,
    /// Hand the bank's answer to the card.
    ContinueCard(IssuerAnswer),
    /// End the card session: with the result, then ask for the card.
    EndCard {
        /// Whether the money was approved.
        approved: bool,
    },
    /// Post the payment.
    Post(Box<StartPayment>),
    /// Post the card's decision; answer [`Event::Told`].
    PostAdvice(Box<crate::api::Advice>),
    /// Tell the proxy that the card is lost; answer [`Event::Told`].
    PostCardLost(CardLost),
    /// Abandon; answer [`Event::Abandoned`].
    Abandon(Box<Abandon>),
    /// Ask how it stands; answer [`Event::Told`].
    Poll,
    /// Have the gateway asked now; answer [`Event::Told`].
    AskGateway,
    /// Keep the approval; answer [`Event::Told`].
    Keep,
    /// Return in full; answer [`Event::Told`].
    GiveBack,
}

/// The attempt and what to do.
pub type Step = (Attempt, Vec<Effect>);

/// How long a reader waits for a card before the sale is cancelled, unless the cashier extends it.
pub const CARD_WAIT_MS: u64 = 60_000;
/// How long a reader may take to confirm that it stopped.
pub const STOP_WAIT_MS: u64 = 5_000;
/// How long the identical bytes are posted again before the result counts as not known.
pub const POST_WAIT_MS: u64 = 20_000;
/// How long the gateway may work before the result counts as not known.
pub const FINAL_WAIT_MS: u64 = 120_000;
/// How long a card's decision is offered to the proxy.
pub const ADVICE_WAIT_MS: u64 = 120_000;

impl Attempt {
    /// Pay was pressed.
    #[must_use]
    pub fn pay(draft: Draft) -> Step {
        let state = State::AwaitCard { since: draft.paid_at, card_seen: false };
        draft.at(state, vec![Effect::Journal, Effect::StartReader])
    }

    /// Takes up an attempt that the proxy knows and the journal has lost.
    #[must_use]
    pub fn adopt(view: TillView, now: u64) -> Step {
        let Terms { attempt, kind, amount, tip, reference, description, email, .. } = view.terms.clone();
        let paid_at = view.accepted_at;
        let draft = Draft { attempt, kind, amount, tip, reference, description, email, paid_at };
        let followed = Followed::new(view.terms.clone(), view.accepted_at).without_card(None);
        let attempt = Self { draft, state: State::AwaitFinal(Box::new(followed)) };
        let (attempt, mut effects) = attempt.handle(Event::Told(Some(view)), now);
        effects.insert(0, Effect::Journal);
        (attempt, effects)
    }

    /// Takes an attempt out of the journal: what was in memory, and the session with the card, are lost.
    #[must_use]
    pub fn restore(self, now: u64) -> Step {
        let Self { draft, state } = self;
        let state = match state {
            State::AwaitCard { .. } | State::Cancelling { .. } => {
                return draft.end(None, End::NotSent(NotSent::Interrupted));
            }
            State::AwaitAcceptance(sending) => {
                let followed = sending.followed().without_card(None);
                State::Unresolved(Box::new(followed), Unsure::NoAnswer { sent: true })
            }
            State::AwaitFinal(followed)
            | State::AwaitCardDecision(followed)
            | State::AwaitAdvice(followed) => {
                let card_said = followed.card.said();
                State::AwaitFinal(Box::new(followed.without_card(card_said)))
            }
            State::Unresolved(followed, unsure) => {
                let card_said = followed.card.said();
                State::Unresolved(Box::new(followed.without_card(card_said)), unsure)
            }
            state @ State::Finished(..) => return draft.at(state, vec![]),
        };
        Self { draft, state }.ask_proxy(now, vec![Effect::Journal])
    }

    /// Applies one event at `now`.
    #[must_use]
    pub fn handle(self, event: Event, now: u64) -> Step {
        let event = self.own(event);
        let Self { draft, state } = self;
        match state {
            State::AwaitCard { since, card_seen } => draft.awaiting_card(since, card_seen, event, now),
            State::Cancelling { since, end } => {
                if event == Event::ReaderStopped || now.saturating_sub(since) >= STOP_WAIT_MS {
                    return draft.end(None, End::NotSent(end));
                }
                draft.at(State::Cancelling { since, end }, vec![])
            }
            State::AwaitAcceptance(sending) => draft.awaiting_acceptance(sending, event, now),
            State::Unresolved(followed, Unsure::GivingBack) if event == Event::NotKnown => {
                draft.return_not_known(followed, now)
            }
            State::AwaitFinal(followed)
            | State::AwaitCardDecision(followed)
            | State::AwaitAdvice(followed)
            | State::Unresolved(followed, _)
                if event == Event::NotKnown =>
            {
                draft.not_known(followed, now)
            }
            State::AwaitFinal(followed) => draft.awaiting_final(followed, None, event, now),
            State::Unresolved(followed, unsure) => draft.awaiting_final(followed, Some(unsure), event, now),
            State::AwaitCardDecision(followed) => draft.awaiting_decision(followed, event, now),
            State::AwaitAdvice(followed) => draft.awaiting_advice(followed, event, now),
            State::Finished(followed, end) => draft.finished(followed, end, event, now),
        }
    }

    /// An answer that speaks of another attempt is no answer to this one.
    fn own(&self, event: Event) -> Event {
        let foreign = |view: &TillView| {
            let Draft { attempt, kind, amount, .. } = &self.draft;
            view.terms.attempt != *attempt || view.terms.kind != *kind || view.terms.amount != *amount
        };
        match event {
            Event::Posted(Posted::View(view)) if foreign(&view) => Event::Posted(Posted::NoAnswer),
            Event::Abandoned(Some(Some(view))) if foreign(&view) => Event::Abandoned(None),
            Event::Told(Some(view)) if foreign(&view) => Event::Told(None),
            event => event,
        }
    }

    /// When to wake it with [`Event::Tick`].
    #[must_use]
    pub fn wake_at(&self) -> Option<u64> {
        match &self.state {
            State::AwaitCard { card_seen: true, .. } | State::Finished(..) => None,
            State::AwaitCard { since, card_seen: false } => Some(since.saturating_add(CARD_WAIT_MS)),
            State::Cancelling { since, .. } => Some(since.saturating_add(STOP_WAIT_MS)),
            State::AwaitAcceptance(sending) => {
                let limit = sending.since.saturating_add(POST_WAIT_MS);
                Some(sending.retry_at.map_or(limit, |at| at.min(limit)))
            }
            State::AwaitFinal(f)
            | State::AwaitCardDecision(f)
            | State::AwaitAdvice(f)
            | State::Unresolved(f, _) => f.ask_at,
        }
    }

    /// Whether cancelling is still true: nothing was sent.
    #[must_use]
    pub fn can_cancel(&self) -> bool {
        matches!(self.state, State::AwaitCard { .. })
    }

    /// Whether its end is known. Nothing but a later transaction changes it then.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished(..))
    }

    /// The followed payment, once something was sent.
    #[must_use]
    pub fn followed(&self) -> Option<&Followed> {
        match &self.state {
            State::AwaitFinal(f)
            | State::AwaitCardDecision(f)
            | State::AwaitAdvice(f)
            | State::Unresolved(f, _) => Some(f),
            State::Finished(f, _) => f.as_deref(),
            State::AwaitCard { .. } | State::Cancelling { .. } | State::AwaitAcceptance(_) => None,
        }
    }
}

impl Draft {
    fn at(self, state: State, effects: Vec<Effect>) -> Step {
        (Attempt { draft: self, state }, effects)
    }

    /// Ends the attempt: journalled first, then the card session, which every end of the money ends.
    fn end(self, followed: Option<Box<Followed>>, end: End) -> Step {
        let approved = matches!(end, End::Result(Outcome::Approved { .. }));
        let card_in_session = followed.as_ref().is_some_and(|f| f.card.is_in_session());
        let mut effects = vec![Effect::Journal];
        if card_in_session {
            effects.push(Effect::EndCard { approved });
        }
        self.at(State::Finished(followed, end), effects)
    }

    /// A final result is left by a later transaction only: a return that staff or the proxy began.
    fn finished(self, followed: Option<Box<Followed>>, end: End, event: Event, now: u64) -> Step {
        match (event, followed) {
            (Event::GiveBack, Some(f)) if matches!(end, End::Result(Outcome::Approved { .. })) => {
                self.at(State::Unresolved(f, Unsure::GivingBack), vec![Effect::Journal, Effect::GiveBack])
            }
            (Event::Told(Some(view)), Some(f)) if is_returned(&view.state) => self.told(f, view, now),
            (_, followed) => self.at(State::Finished(followed, end), vec![]),
        }
    }
}

fn is_returned(state: &PaymentState) -> bool {
    matches!(
        state,
        PaymentState::GivingBack { .. } | PaymentState::Final { outcome: Outcome::GivenBack { .. } }
    )
}
