//! What an event did to an order, in words for its history: the shop's. Holds no card data.

use crate::speech;
use language::Proxy as Say;
use payment::api::{
    Happened, Later, LaterKind, LaterState, Outcome, PaymentState, PaymentView, Reason, Source, What,
};
use payment::order::{Event, Submission};

/// What an event says by itself, before it is known what it changes.
pub(super) struct Cause {
    source: Source,
    said: Option<(What, Option<String>)>,
}

impl Cause {
    /// What staff ask for after the payment.
    pub(super) const STAFF: Self = Self { source: Source::Staff, said: None };

    pub(super) fn of(event: &Event, say: &Say) -> Self {
        let (source, said) = match event {
            Event::Submitted(Submission::Accepted { order_id, .. }) => {
                (Source::Gateway, Some((What::Accepted, Some(say.step_order(order_id)))))
            }
            Event::Submitted(Submission::Duplicate) => {
                (Source::Gateway, Some((What::Accepted, Some(say.step_known().to_owned()))))
            }
            Event::Submitted(Submission::NoConnection) => (Source::Proxy, None),
            Event::Submitted(Submission::Refused(..)) | Event::Status(_) | Event::LaterSent { .. } => {
                (Source::Gateway, None)
            }
            Event::CardDecided { approved: true } => (Source::Page, Some((What::CardApproved, None))),
            Event::CardDecided { approved: false } => (Source::Page, Some((What::CardDeclined, None))),
            Event::CardLost { .. } => (Source::Page, Some((What::CardLost, None))),
            Event::AdviceAnswered { taken } => (Source::Gateway, taken.then_some((What::AdviceTaken, None))),
            Event::Keep => (Source::Staff, Some((What::Kept, None))),
            Event::GiveBack => (Source::Staff, None),
            Event::Submitted(Submission::Lost) | Event::AskNow | Event::Tick | Event::Restarted => {
                (Source::Proxy, None)
            }
        };
        Self { source, said }
    }

    /// The steps from one view of an order to the next.
    pub(super) fn steps(
        self,
        before: &PaymentView,
        after: &PaymentView,
        at: u64,
        say: &Say,
    ) -> Vec<Happened> {
        let mut all = Vec::from_iter(self.said);
        if before.state != after.state || (before.stage != after.stage && is_processing(after)) {
            all.extend(standing(after, say));
        }
        if after.needs_person != before.needs_person {
            all.extend(after.needs_person.clone().map(|fact| (What::NeedsPerson, Some(fact))));
        }
        for (nth, later) in after.later.iter().enumerate() {
            if before.later.get(nth).map(|known| &known.state) != Some(&later.state) {
                all.push(done_later(later, say));
            }
        }
        let source = self.source;
        all.into_iter().map(|(what, detail)| Happened { at, source, what, detail }).collect()
    }
}

fn is_processing(view: &PaymentView) -> bool {
    matches!(view.state, PaymentState::Processing { .. })
}

/// What is to be said of how a payment stands now; nothing of one that is only being sent.
fn standing(view: &PaymentView, say: &Say) -> Option<(What, Option<String>)> {
    Some(match &view.state {
        PaymentState::Sending => return None,
        PaymentState::Searching => (What::AnswerLost, None),
        PaymentState::Processing { unknown: true, .. } => (What::Unknown, view.stage.clone()),
        PaymentState::Processing { unknown: false, .. } => (What::Processing, view.stage.clone()),
        PaymentState::AwaitCard { issuer } => {
            (What::AwaitCard, Some(say.step_bank_code(&issuer.response_code)))
        }
        PaymentState::KeepOrGiveBack => (What::KeepOrGiveBack, None),
        PaymentState::GivingBack { .. } => (What::GivingBack, None),
        PaymentState::Final { outcome } => match outcome {
            Outcome::Approved { amount } => (What::Approved, Some(speech::amount(*amount, say))),
            Outcome::Declined(reason) => (What::Declined, words(reason, say)),
            Outcome::Filtered(reason) => (What::Filtered, words(reason, say)),
            Outcome::Error(reason) => (What::Error, words(reason, say)),
            Outcome::NotCharged { reason, .. } => (What::NotCharged, words(reason, say)),
            Outcome::GivenBack { .. } => (What::GivenBack, None),
        },
    })
}

fn done_later(later: &Later, say: &Say) -> (What, Option<String>) {
    let what = match later.kind {
        LaterKind::Capture => What::Capture,
        LaterKind::Return => What::Return,
        LaterKind::Void => What::Void,
    };
    let state = match &later.state {
        LaterState::Sending => say.step_sending().to_owned(),
        LaterState::Processing => say.step_with_bank().to_owned(),
        LaterState::Unknown => say.step_not_known().to_owned(),
        LaterState::Done => say.step_done().to_owned(),
        LaterState::Refused { reason } => match words(reason, say) {
            Some(words) => say.step_refused_why(&words),
            None => say.step_refused().to_owned(),
        },
        LaterState::NeedsPerson { why } => why.clone(),
    };
    let who = later.operator.as_ref().filter(|_| later.state == LaterState::Sending);
    let state = who.map_or_else(|| state.clone(), |who| say.step_by(&state, who));
    (what, Some(format!("{}, {state}", speech::amount(later.amount, say))))
}

fn words(reason: &Reason, say: &Say) -> Option<String> {
    let code = reason.code.as_ref().map(|code| say.step_code(code));
    let said = [code, reason.message.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    (!said.is_empty()).then_some(said)
}
