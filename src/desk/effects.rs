//! Carrying out what an attempt asks for, in its order: what has to be durable first is awaited.

use super::state::Work;
use super::{Desk, Readiness};
use crate::{browser, proxy};
use leptos::task::spawn_local;
use payment::attempt::AttemptId;
use payment::till::{Attempt, Effect, Event, NotSent, Posted};
use reader::{CardTransaction, Interfaces, IssuerAnswer, Refused, TransactionKind};

impl Desk {
    pub(super) fn enqueue(self, attempt: Attempt, effects: Vec<Effect>) {
        if effects.is_empty() || self.readiness.get_untracked() == Readiness::CannotSave {
            return;
        }
        self.own().borrow_mut().work.push_back(Work { attempt, effects });
        let working = std::mem::replace(&mut self.own().borrow_mut().working, true);
        if !working {
            spawn_local(self.carry_out());
        }
    }

    async fn carry_out(self) {
        loop {
            let Some(work) = self.own().borrow_mut().work.pop_front() else { break };
            for effect in work.effects {
                if effect != Effect::Journal {
                    self.perform(&work.attempt, effect);
                } else if !self.write(&work.attempt).await {
                    // What follows must not happen, now or later on this page.
                    self.own().borrow_mut().work.clear();
                    self.own().borrow_mut().listening.stop();
                    self.readiness.set(Readiness::CannotSave);
                    return;
                }
            }
        }
        self.own().borrow_mut().working = false;
    }

    async fn write(self, attempt: &Attempt) -> bool {
        // Taken out for the time of the write: nobody else uses it, effects are carried out one after the other.
        let Some(journal) = self.own().borrow_mut().journal.take() else { return false };
        let written = journal.write(attempt).await.is_ok();
        self.own().borrow_mut().journal = Some(journal);
        written
    }

    fn perform(self, attempt: &Attempt, effect: Effect) {
        let id = attempt.draft.attempt.clone();
        match effect {
            Effect::Journal => {}
            Effect::StartReader => self.start_reader(attempt),
            Effect::StopReader => {
                if !self.with_device(|device, now| device.driver.abort(now).is_ok()) {
                    self.feed(&id, Event::ReaderStopped);
                }
            }
            Effect::ContinueCard(issuer) => {
                let answer = issuer_answer(&issuer);
                let taken = answer.is_some_and(|answer| {
                    self.with_device(|device, now| device.driver.continue_with(now, &answer).is_ok())
                });
                if !taken {
                    self.feed(&id, Event::CardGone);
                }
            }
            Effect::EndCard { approved } if self.owns_session(&id) => {
                self.with_device(|device, now| {
                    device.driver.end_card(now, approved);
                    true
                });
            }
            Effect::EndCard { .. } => {}
            Effect::Post(payment) => spawn_local(async move {
                let posted = proxy::start(&payment).await;
                let taken = matches!(posted, Posted::View(_));
                self.feed(&id, Event::Posted(posted));
                if taken {
                    self.listen(&id);
                }
            }),
            Effect::Abandon(abandon) => spawn_local(async move {
                let abandoned = proxy::abandon(&id, &abandon).await;
                self.feed(&id, Event::Abandoned(abandoned));
            }),
            Effect::PostAdvice(advice) => self.tell(id, "/advice", Some(proxy::body(&*advice))),
            Effect::PostCardLost(lost) => self.tell(id, "/card-lost", Some(proxy::body(&lost))),
            Effect::Poll => self.poll(id),
            Effect::AskGateway => self.tell(id, "/ask", None),
            Effect::Keep => self.tell(id, "/keep", None),
            Effect::GiveBack => self.tell(id, "/return", None),
        }
        self.pump();
    }

    pub(super) fn tell(self, id: AttemptId, verb: &'static str, body: Option<proxy::Body>) {
        spawn_local(async move {
            let told = proxy::tell(&id, verb, body).await;
            self.feed(&id, told);
        });
    }

    fn start_reader(self, attempt: &Attempt) {
        let (id, amount) = (&attempt.draft.attempt, attempt.draft.amount);
        let transaction = CardTransaction {
            kind: TransactionKind::Purchase,
            amount_minor: amount.minor,
            currency_numeric: amount.currency.numeric(),
            now: browser::wall_clock(),
            interfaces: Interfaces::ALL,
            text: format!("{amount}\nTap, insert or swipe"),
        };
        self.own().borrow_mut().session = Some(id.clone());
        let mut refused = None;
        let started = self.with_device(|device, now| {
            refused = device.driver.start(now, transaction).err();
            refused.is_none()
        });
        if !started {
            let low = refused == Some(Refused::BatteryLow);
            self.feed(id, Event::NotSent(if low { NotSent::BatteryLow } else { NotSent::ReaderLost }));
        }
    }

    /// The card of an attempt that leaves the screen is let go: it can no longer decide.
    pub(super) fn release_card(self, attempt: &Attempt) {
        let id = &attempt.draft.attempt;
        let stopped =
            self.owns_session(id) && self.with_device(|device, now| device.driver.abort(now).is_ok());
        if stopped {
            self.feed(id, Event::CardGone);
            self.pump();
        }
    }

    pub(super) fn owns_session(self, id: &AttemptId) -> bool {
        self.own().borrow().session.as_ref() == Some(id)
    }
}

/// The bank's answer as the card takes it; `None` if it makes no sense to a card.
fn issuer_answer(issuer: &payment::api::IssuerAnswer) -> Option<IssuerAnswer> {
    let code = issuer.response_code.as_bytes().try_into().ok()?;
    let data = hex::decode(issuer.data.as_deref().unwrap_or_default()).ok()?;
    IssuerAnswer::new(code, &data).ok()
}
