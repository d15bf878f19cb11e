//! `/payments`.

use super::{App, access::Who, body::Body};
use crate::config::Limits;
use crate::problem::Problem;
use crate::trace::current;
use crate::{clock, staff::Person};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::{StatusCode, request::Parts};
use payment::api::{
    Abandon, Abandoned, Advice, CardLost, Kind, Outcome, PaymentState, PaymentView, StartPayment, Terms,
    Trace,
};
use payment::{
    attempt::AttemptId,
    order::Event,
    role::{Right, Role},
};

/// How many finished payments the list holds.
const RECENT: u32 = 50;
/// Of their own payments people see so much: a day, in milliseconds.
pub(super) const OWN_MS: u64 = 24 * 3_600_000;
/// The till asks at once what is to become of an approval for less; later it is a refund like any other.
const UNDECIDED_MS: u64 = 3_600_000;
/// As the gateway's fields `email` and, in its older form, `order_desc`.
const LONGEST_EMAIL: usize = 50;
const LONGEST_DESCRIPTION: usize = 128;
/// As long as a code that a scanner reads; how much `merchant_data` holds is not documented.
const LONGEST_REFERENCE: usize = 64;

pub(super) type View = Result<Json<PaymentView>, Problem>;

/// The attempt id in a path.
pub(super) struct Id(pub(super) AttemptId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<AttemptId>::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| Problem::UnknownPayment)?;
        current::about(&id);
        Ok(Self(id))
    }
}

/// Answers as soon as the payment is stored and its submission runs; the page asks for the rest.
pub(super) async fn start(
    State(app): State<App>,
    Who(who): Who,
    Body(payment): Body<StartPayment>,
) -> Result<(StatusCode, Json<PaymentView>), Problem> {
    current::about(&payment.terms.attempt);
    app.limits.allow(&payment, who.as_ref().map(|person| person.role))?;
    if let (Some(person), Kind::Preauth) = (&who, payment.terms.kind) {
        app.staff.allow(person, Right::Preauth)?;
    }
    let operator = who.map(|person| person.name);
    Ok((StatusCode::ACCEPTED, Json(app.desk.start(payment, operator).await?)))
}

pub(super) async fn list(State(app): State<App>, Who(who): Who) -> Result<Json<Vec<PaymentView>>, Problem> {
    let mut all = app.desk.payments(RECENT).await?;
    all.retain(|view| app.is_shown(who.as_ref(), view));
    Ok(Json(all))
}

pub(super) async fn show(State(app): State<App>, Id(id): Id) -> View {
    Ok(Json(app.desk.payment(&id).await?))
}

pub(super) async fn trace(State(app): State<App>, Id(id): Id) -> Result<Json<Trace>, Problem> {
    Ok(Json(app.desk.trace(&id).await?))
}

pub(super) async fn abandon(
    State(app): State<App>,
    Id(id): Id,
    Body(abandon): Body<Abandon>,
) -> Result<Json<Abandoned>, Problem> {
    if abandon.terms.attempt != id {
        return Err(Problem::OtherId);
    }
    app.limits.allow_terms(&abandon.terms)?;
    Ok(Json(app.desk.abandon(abandon).await?))
}

pub(super) async fn advise(State(app): State<App>, Id(id): Id, Body(advice): Body<Advice>) -> View {
    Ok(Json(app.desk.advise(id, advice).await?))
}

pub(super) async fn card_lost(State(app): State<App>, Id(id): Id, Body(lost): Body<CardLost>) -> View {
    Ok(Json(app.desk.handle(id, Event::CardLost { card_said: lost.card_said }).await?))
}

pub(super) async fn keep(State(app): State<App>, Id(id): Id) -> View {
    Ok(Json(app.desk.handle(id, Event::Keep).await?))
}

pub(super) async fn ask(State(app): State<App>, Id(id): Id) -> View {
    Ok(Json(app.desk.handle(id, Event::AskNow).await?))
}

impl App {
    /// # Errors
    /// [`Problem::Role`] where a payment is not in the history that this person sees.
    pub(super) fn may_see(&self, person: &Person, view: &PaymentView) -> Result<(), Problem> {
        if self.is_shown(Some(person), view) { Ok(()) } else { self.staff.allow(person, Right::AllHistory) }
    }

    /// Whether this belongs to the history that these people see: open ones concern everybody at the till.
    pub(super) fn is_shown(&self, who: Option<&Person>, view: &PaymentView) -> bool {
        let is_own = |person: &Person| {
            let is_new = clock::unix_ms().saturating_sub(view.accepted_at) < OWN_MS;
            is_new && view.operator.as_ref() == Some(&person.name)
        };
        !matches!(view.state, PaymentState::Final { .. })
            || who.is_some_and(|person| self.staff.may(person, Right::AllHistory) || is_own(person))
    }
}

/// Whether the till still asks "keep or give back": of an approval that the card never confirmed, or for less than was
/// asked for. Once it is being given back, doing so again changes nothing.
pub(super) fn is_undecided(view: &PaymentView) -> bool {
    let is_less = |outcome: &Outcome| match outcome {
        Outcome::Approved { amount } => {
            let since = clock::unix_ms().saturating_sub(view.accepted_at);
            amount.minor < view.terms.amount.minor && since < UNDECIDED_MS
        }
        _ => true,
    };
    !matches!(&view.state, PaymentState::Final { outcome } if !is_less(outcome))
}

impl Limits {
    fn allow(&self, payment: &StartPayment, role: Option<Role>) -> Result<(), Problem> {
        let terms = &payment.terms;
        self.allow_terms(terms)?;
        let most = self.most(role).into_iter().find(|most| most.currency == terms.amount.currency);
        let most = most.ok_or(Problem::NotAllowed("no endpoint has this currency"))?;
        if terms.amount.minor > most.minor {
            return Err(Problem::OverLimit(most));
        }
        if terms.reader.emulated && !self.sandbox {
            return Err(Problem::NotAllowed("an emulated reader takes no real money"));
        }
        if !self.readers.contains_key(&terms.reader.family) {
            return Err(Problem::NotAllowed("its reader family is not configured"));
        }
        if terms.kind == Kind::Preauth && !self.preauth {
            return Err(Problem::NotAllowed("preauthorisations are not offered"));
        }
        Ok(())
    }

    /// What must be true of anything that is stored. An abandon that only today's settings refuse is heard: the payment
    /// may be yesterday's.
    fn allow_terms(&self, terms: &Terms) -> Result<(), Problem> {
        if terms.amount.minor == 0 {
            return Err(Problem::NotAllowed("the amount is zero"));
        }
        if terms.tip.is_some_and(|tip| tip == 0 || tip >= terms.amount.minor) {
            return Err(Problem::NotAllowed("the tip is not a part of the amount"));
        }
        if !terms.card.is_masked() {
            return Err(Problem::NotAllowed("the card's number is not masked"));
        }
        is_word(&terms.reader.family)?;
        let is_email = |text: &str| {
            is_plain(text, LONGEST_EMAIL) && text.contains('@') && !text.contains(char::is_whitespace)
        };
        let reference = terms.reference.as_deref().is_none_or(|text| is_plain(text, LONGEST_REFERENCE));
        let description = terms.description.as_deref().is_none_or(|text| is_plain(text, LONGEST_DESCRIPTION));
        if !description
            || !reference
            || !terms.email.as_deref().is_none_or(is_email)
            || !is_plain(&terms.reader.serial, 32)
        {
            return Err(Problem::NotAllowed(
                "description, reference, e-mail or reader serial cannot be sent to the gateway",
            ));
        }
        Ok(())
    }
}

/// Whether a text may be stored, shown and sent to the gateway.
pub(super) fn is_plain(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.contains(char::is_control)
}

/// Names of reader families are short words.
fn is_word(text: &str) -> Result<(), Problem> {
    let fits = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(Problem::NotAllowed("the reader's names are not words")) }
}
