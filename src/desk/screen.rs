use super::{Desk, Network, Question, Readiness};
use crate::screens::WaitingFor;
use payment::api::Outcome;
use payment::attempt::AttemptId;
use payment::till::{Attempt, End, State, Unsure};

/// Which screen is to be seen. A screen is built anew when this changes, and only then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// Being found out.
    Starting,
    /// Another tab owns the till.
    OtherTab,
    /// The journal does not work.
    CannotSave,
    /// The proxy has not answered since the page was started.
    Offline,
    /// A kiosk that waits for a customer.
    Attract,
    /// Keying an amount.
    Keypad,
    /// Another version of the page may come.
    Update,
    /// Something is asked about what was keyed.
    Question(Question),
    /// Payments that are not on screen.
    List,
    /// All about the reader, for support.
    Reader,
    /// Waiting for a card.
    Present,
    /// The same card and amount again?
    Repeated,
    /// Waiting for somebody.
    Waiting(WaitingFor),
    /// Approved for less than was asked for.
    ApprovedForLess(AttemptId),
    /// The end of a payment.
    Outcome(AttemptId),
    /// Sent, and not known.
    Unresolved(AttemptId, Unsure),
}

impl Screen {
    /// The screen that the desk asks for.
    pub(crate) fn of(desk: Desk) -> Self {
        match desk.readiness.get() {
            Readiness::OtherTab => return Self::OtherTab,
            Readiness::CannotSave => return Self::CannotSave,
            Readiness::Starting => return Self::Starting,
            Readiness::Ready => {}
        }
        if desk.repeated.with(Option::is_some) {
            return Self::Repeated;
        }
        desk.current.with(|attempt| match attempt {
            Some(attempt) => Self::of_attempt(attempt, desk.less_kept.get()),
            None if desk.list_open.get() => Self::List,
            None if desk.reader_open.get() => Self::Reader,
            None if desk.entry.with(Option::is_none) => match desk.network.get() {
                Network::ProxyAway => Self::Offline,
                _ => Self::Starting,
            },
            None if desk.is_self_service() && !desk.begun.get() => Self::Attract,
            None if desk.update_ready.get() => Self::Update,
            None => desk.question.get().map_or(Self::Keypad, Self::Question),
        })
    }

    fn of_attempt(attempt: &Attempt, less_kept: bool) -> Self {
        let id = attempt.draft.attempt.clone();
        match &attempt.state {
            State::AwaitCard { .. } => Self::Present,
            State::Cancelling { .. } => Self::Waiting(WaitingFor::Reader),
            State::AwaitAcceptance(_) => Self::Waiting(WaitingFor::Proxy),
            State::AwaitFinal(_) => Self::Waiting(WaitingFor::Bank),
            State::AwaitCardDecision(_) => Self::Waiting(WaitingFor::Card),
            State::AwaitAdvice(_) => Self::Waiting(WaitingFor::Bank),
            State::Unresolved(_, unsure) => Self::Unresolved(id, unsure.clone()),
            State::Finished(_, End::Result(Outcome::Approved { amount }))
                if amount.minor < attempt.draft.amount.minor && !less_kept =>
            {
                Self::ApprovedForLess(id)
            }
            State::Finished(..) => Self::Outcome(id),
        }
    }
}
