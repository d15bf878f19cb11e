//! What an event did to an order, in words for its history. Holds no card data.

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

    pub(super) fn of(event: &Event) -> Self {
        let (source, said) = match event {
            Event::Submitted(Submission::Accepted { order_id, .. }) => {
                (Source::Gateway, Some((What::Accepted, Some(format!("order {order_id}")))))
            }
            Event::Submitted(Submission::Duplicate) => {
                (Source::Gateway, Some((What::Accepted, Some("it was known already".to_owned()))))
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
    pub(super) fn steps(self, before: &PaymentView, after: &PaymentView, at: u64) -> Vec<Happened> {
        let mut all = Vec::from_iter(self.said);
        if before.state != after.state || (before.stage != after.stage && is_processing(after)) {
            all.extend(standing(after));
        }
        if after.needs_person != before.needs_person {
            all.extend(after.needs_person.clone().map(|fact| (What::NeedsPerson, Some(fact))));
        }
        for (nth, later) in after.later.iter().enumerate() {
            if before.later.get(nth).map(|known| &known.state) != Some(&later.state) {
                all.push(done_later(later));
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
fn standing(view: &PaymentView) -> Option<(What, Option<String>)> {
    Some(match &view.state {
        PaymentState::Sending => return None,
        PaymentState::Searching => (What::AnswerLost, None),
        PaymentState::Processing { unknown: true, .. } => (What::Unknown, view.stage.clone()),
        PaymentState::Processing { unknown: false, .. } => (What::Processing, view.stage.clone()),
        PaymentState::AwaitCard { issuer } => {
            (What::AwaitCard, Some(format!("bank code {}", issuer.response_code)))
        }
        PaymentState::KeepOrGiveBack => (What::KeepOrGiveBack, None),
        PaymentState::GivingBack { .. } => (What::GivingBack, None),
        PaymentState::Final { outcome } => match outcome {
            Outcome::Approved { amount } => (What::Approved, Some(amount.to_string())),
            Outcome::Declined(reason) => (What::Declined, words(reason)),
            Outcome::Filtered(reason) => (What::Filtered, words(reason)),
            Outcome::Error(reason) => (What::Error, words(reason)),
            Outcome::NotCharged { reason, .. } => (What::NotCharged, words(reason)),
            Outcome::GivenBack { .. } => (What::GivenBack, None),
        },
    })
}

fn done_later(later: &Later) -> (What, Option<String>) {
    let what = match later.kind {
        LaterKind::Capture => What::Capture,
        LaterKind::Return => What::Return,
        LaterKind::Void => What::Void,
    };
    let state = match &later.state {
        LaterState::Sending => "being sent".to_owned(),
        LaterState::Processing => "with the bank".to_owned(),
        LaterState::Unknown => "not known yet".to_owned(),
        LaterState::Done => "done".to_owned(),
        LaterState::Refused { reason } => match words(reason) {
            Some(words) => format!("refused: {words}"),
            None => "refused".to_owned(),
        },
        LaterState::NeedsPerson { why } => why.clone(),
    };
    let who = later.operator.as_ref().filter(|_| later.state == LaterState::Sending);
    let who = who.map(|who| format!(" by {who}")).unwrap_or_default();
    (what, Some(format!("{}, {state}{who}", later.amount)))
}

fn words(reason: &Reason) -> Option<String> {
    let code = reason.code.as_ref().map(|code| format!("code {code}"));
    let said = [code, reason.message.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    (!said.is_empty()).then_some(said)
}
