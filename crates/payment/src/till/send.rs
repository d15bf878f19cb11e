//! Posting the payment: the identical bytes until the proxy answers, and an abandon when it does not.

use super::{Card, Draft, Effect, Event, Followed, POST_WAIT_MS, Posted, Sending, State, Step, Unsure};
use crate::api::{Abandon, Problem, StartPayment, Terms};

/// Between a lost answer and the next identical post.
const REPOST_MS: u64 = 2_000;

impl Followed {
    pub(super) fn new(terms: Terms, since: u64) -> Self {
        let card = Card::of(terms.entry);
        Self { terms, since, view: None, card, refusal: None, ask_at: None, advice: None }
    }
}

impl Sending {
    /// What is left of it once nothing is posted any more.
    pub(super) fn followed(self) -> Followed {
        Followed { card: self.card, ..Followed::new(self.terms, self.since) }
    }
}

impl Draft {
    pub(super) fn post(self, mut sending: Box<Sending>, mut effects: Vec<Effect>) -> Step {
        if let Some(encrypted_data) = sending.blob.clone() {
            sending.posts = sending.posts.saturating_add(1);
            sending.retry_at = None;
            let terms = sending.terms.clone();
            effects.push(Effect::Post(Box::new(StartPayment { terms, encrypted_data })));
        }
        self.at(State::AwaitAcceptance(sending), effects)
    }

    pub(super) fn awaiting_acceptance(self, mut sending: Box<Sending>, event: Event, now: u64) -> Step {
        let late = now.saturating_sub(sending.since) >= POST_WAIT_MS;
        match event {
            Event::Posted(Posted::View(view)) => self.told(Box::new(sending.followed()), *view, now),
            Event::Posted(Posted::Refused(problem)) => self.refused(*sending, problem, now),
            Event::Posted(Posted::NoAnswer) if !late => {
                sending.retry_at = Some(now.saturating_add(REPOST_MS));
                self.at(State::AwaitAcceptance(sending), vec![])
            }
            Event::Tick if sending.retry_at.is_some_and(|at| at <= now) && !late => {
                self.post(sending, vec![])
            }
            Event::Posted(Posted::NoAnswer) | Event::Tick if late => self.not_answered(*sending, now),
            Event::CardGone => {
                sending.card = sending.card.lose(None);
                self.at(State::AwaitAcceptance(sending), vec![])
            }
            _ => self.at(State::AwaitAcceptance(sending), vec![]),
        }
    }

    /// One post and one refusal: the proxy never took it, and an abandon makes sure that it never will. After more
    /// than one post an earlier one may have arrived, so the gateway has to be asked.
    fn refused(self, sending: Sending, problem: Problem, now: u64) -> Step {
        let sent = sending.posts > 1;
        let mut followed = sending.followed();
        followed.refusal = Some(problem);
        self.at(State::Unresolved(Box::new(followed), Unsure::NoAnswer { sent }), vec![])
            .0
            .ask_proxy(now, vec![Effect::Journal])
    }

    /// The proxy has forgotten it: an abandon makes it ask the gateway. A decision that it had taken is told anew.
    pub(super) fn not_known(self, followed: Box<Followed>, now: u64) -> Step {
        let followed = match followed.card {
            Card::Decided { approved } => followed.without_card(Some(approved)),
            Card::Lost { card_said, .. } => {
                Followed { card: Card::Lost { card_said, told: false }, ..*followed }
            }
            Card::NotNeeded | Card::InReader | Card::Deciding => *followed,
        };
        self.at(State::Unresolved(Box::new(followed), Unsure::NoAnswer { sent: true }), vec![])
            .0
            .ask_proxy(now, vec![Effect::Journal])
    }

    fn not_answered(self, sending: Sending, now: u64) -> Step {
        self.at(State::Unresolved(Box::new(sending.followed()), Unsure::NoAnswer { sent: true }), vec![])
            .0
            .ask_proxy(now, vec![Effect::Journal])
    }
}

impl Followed {
    pub(super) fn abandon(&self, sent: bool) -> Effect {
        Effect::Abandon(Box::new(Abandon { sent, terms: self.terms.clone() }))
    }
}
