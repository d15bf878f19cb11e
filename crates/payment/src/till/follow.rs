//! Following a posted payment to its end.

use super::{
    ADVICE_WAIT_MS, Attempt, Card, Draft, Effect, End, Event, FINAL_WAIT_MS, Followed, State, Step, Unsure,
    is_returned,
};
use crate::api::{NotCharged, Outcome, PaymentState, Reason, TillView};

/// Between two questions while the proxy does not answer.
const PROXY_AWAY_MS: u64 = 3_000;
/// Between two offers of a decision that the proxy did not take.
const ADVICE_RETRY_MS: u64 = 1_000;

impl Draft {
    pub(super) fn awaiting_final(
        self,
        mut followed: Box<Followed>,
        unsure: Option<Unsure>,
        event: Event,
        now: u64,
    ) -> Step {
        match (event, unsure) {
            // An answer from before the return says nothing about it; a return whose request was lost is asked for again.
            (Event::Told(Some(view)), Some(Unsure::GivingBack)) if !is_returned(&view.state) => {
                followed.view = Some(view);
                self.keep_asking(followed, Event::Told(None), now, with(Some(Unsure::GivingBack)))
            }
            (Event::Abandoned(Some(None)), Some(Unsure::NoAnswer { .. })) => {
                let end = match followed.refusal.clone() {
                    Some(problem) => End::Refused(problem),
                    None => End::Result(Outcome::NotCharged {
                        why: NotCharged::NeverSent,
                        reason: Reason::default(),
                    }),
                };
                self.end(Some(followed), end)
            }
            (Event::Abandoned(Some(Some(view))), Some(Unsure::NoAnswer { .. })) => {
                self.told(followed, view, now)
            }
            (Event::Keep, Some(Unsure::KeepOrGiveBack)) => {
                self.at(State::Unresolved(followed, Unsure::KeepOrGiveBack), vec![Effect::Keep])
            }
            (Event::GiveBack, Some(Unsure::KeepOrGiveBack)) => {
                self.at(State::Unresolved(followed, Unsure::KeepOrGiveBack), vec![Effect::GiveBack])
            }
            (Event::CardGone, unsure) if matches!(followed.card, Card::InReader | Card::Deciding) => {
                let state = with(unsure)(Box::new(followed.without_card(None)));
                self.at(state, vec![]).0.ask_proxy(now, vec![Effect::Journal])
            }
            (event, unsure) => self.keep_asking(followed, event, now, with(unsure)),
        }
    }

    /// The proxy has forgotten a payment that is being returned: an abandon makes it ask the gateway, and it is told of
    /// the return again.
    pub(super) fn return_not_known(self, mut followed: Box<Followed>, now: u64) -> Step {
        followed.view = None;
        followed.ask_at = Some(now.saturating_add(PROXY_AWAY_MS));
        let abandon = followed.abandon(true);
        self.at(State::Unresolved(followed, Unsure::GivingBack), vec![abandon])
    }

    pub(super) fn awaiting_advice(self, mut followed: Box<Followed>, event: Event, now: u64) -> Step {
        let late = now.saturating_sub(followed.since) >= ADVICE_WAIT_MS;
        match event {
            Event::Told(None) => {
                followed.ask_at = Some(now.saturating_add(ADVICE_RETRY_MS));
                self.at(State::AwaitAdvice(followed), vec![])
            }
            Event::Tick if followed.ask_at.is_some_and(|at| at <= now) => {
                if !late {
                    return self.post_advice(followed, vec![]);
                }
                let said = followed.card.said();
                let attempt = self.at(State::AwaitFinal(Box::new(followed.without_card(said))), vec![]).0;
                attempt.ask_proxy(now, vec![Effect::Journal])
            }
            Event::Told(Some(view)) if matches!(view.state, PaymentState::AwaitCard { .. }) => {
                // The proxy answered but does not have the decision yet: it is offered again.
                followed.ask_at = Some(now.saturating_add(ADVICE_RETRY_MS));
                self.at(State::AwaitAdvice(followed), vec![])
            }
            Event::Told(Some(view)) => self.told(followed, view, now),
            _ => self.at(State::AwaitAdvice(followed), vec![]),
        }
    }

    pub(super) fn keep_asking(
        self,
        mut followed: Box<Followed>,
        event: Event,
        now: u64,
        state: impl FnOnce(Box<Followed>) -> State,
    ) -> Step {
        match event {
            Event::Told(Some(view)) => self.told(followed, view, now),
            Event::Told(None) | Event::Abandoned(None) => {
                followed.ask_at = Some(now.saturating_add(PROXY_AWAY_MS));
                let state = match state(followed) {
                    State::AwaitFinal(f) if now.saturating_sub(f.since) >= FINAL_WAIT_MS => {
                        State::Unresolved(f, Unsure::Slow)
                    }
                    state => state,
                };
                self.at(state, vec![])
            }
            Event::Tick if followed.ask_at.is_some_and(|at| at <= now) => {
                self.at(state(followed), vec![]).0.ask_proxy(now, vec![])
            }
            Event::AskNow => {
                followed.ask_at = Some(now);
                self.at(state(followed), vec![Effect::AskGateway])
            }
            _ => self.at(state(followed), vec![]),
        }
    }

    /// The proxy said how the payment stands.
    pub(super) fn told(self, mut followed: Box<Followed>, view: TillView, now: u64) -> Step {
        let slow = now.saturating_sub(followed.since) >= FINAL_WAIT_MS;
        let person = view.needs_person.is_some();
        let state = view.state.clone();
        let before = followed.view.as_ref().map(|v| std::mem::discriminant(&v.state));
        let changed = before != Some(std::mem::discriminant(&state));
        followed.ask_at = Some(now.saturating_add(u64::from(view.next_poll_ms)));
        if let Card::Lost { card_said, .. } = followed.card {
            followed.card = Card::Lost { card_said, told: knows_that_card_is_lost(&state) };
        }
        followed.view = Some(view);
        let unsure = match state {
            PaymentState::Final { outcome } => return self.end(Some(followed), End::Result(outcome)),
            PaymentState::AwaitCard { issuer } if followed.card == Card::InReader => {
                followed.card = Card::Deciding;
                let effects = vec![Effect::Journal, Effect::ContinueCard(issuer)];
                return self.at(State::AwaitCardDecision(followed), effects);
            }
            PaymentState::KeepOrGiveBack => Some(Unsure::KeepOrGiveBack),
            PaymentState::GivingBack { .. } => Some(Unsure::GivingBack),
            // Whatever overtook what, the card has the bank's answer and will decide or be gone.
            _ if followed.card == Card::Deciding => {
                return self.at(State::AwaitCardDecision(followed), vec![]);
            }
            PaymentState::Searching => Some(Unsure::Searching),
            PaymentState::Processing { online_check: true, .. } => Some(Unsure::OnlineCheck),
            PaymentState::Processing { unknown: true, .. } => Some(Unsure::Unknown),
            _ if person => Some(Unsure::NeedsPerson),
            _ if slow => Some(Unsure::Slow),
            _ => None,
        };
        self.at(with(unsure)(followed), if changed { vec![Effect::Journal] } else { vec![] })
    }
}

impl Followed {
    /// Whether the proxy has said that it returns the payment.
    fn is_returning(&self) -> bool {
        self.view.as_ref().is_some_and(|view| is_returned(&view.state))
    }
}

impl Attempt {
    /// Asks the proxy now, with the question that the state calls for.
    pub(super) fn ask_proxy(mut self, now: u64, mut effects: Vec<Effect>) -> Step {
        let effect = match &self.state {
            State::Unresolved(f, Unsure::NoAnswer { sent }) => f.abandon(*sent),
            State::Unresolved(f, Unsure::GivingBack) if !f.is_returning() => Effect::GiveBack,
            State::AwaitFinal(f) | State::AwaitCardDecision(f) | State::Unresolved(f, _) => f.question(),
            _ => return (self, effects),
        };
        effects.push(effect);
        if let State::AwaitFinal(f) | State::AwaitCardDecision(f) | State::Unresolved(f, _) = &mut self.state
        {
            // Should the answer never come back to us, this is when to ask again.
            f.ask_at = Some(now.saturating_add(10 * PROXY_AWAY_MS));
        }
        (self, effects)
    }
}

fn with(unsure: Option<Unsure>) -> impl FnOnce(Box<Followed>) -> State {
    move |followed| match unsure {
        None => State::AwaitFinal(followed),
        Some(unsure) => State::Unresolved(followed, unsure),
    }
}

/// A proxy that still waits for the card has not heard that it is lost.
fn knows_that_card_is_lost(state: &PaymentState) -> bool {
    !matches!(state, PaymentState::AwaitCard { .. } | PaymentState::Sending)
}
