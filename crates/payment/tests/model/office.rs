//! What staff do after the sale, and what must hold of it.

use crate::gateway::Later as AtGateway;
use crate::world::World;
use payment::api::{LaterKind, LaterState};
use payment::attempt::AttemptId;
use payment::money::Amount;
use payment::order::{Asked, NotPossible, Order, Status};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What was asked for, and what the proxy sent of it.
#[derive(Default)]
pub(crate) struct Office {
    requests: Vec<(usize, LaterKind, Asked)>,
    pub(crate) sent: BTreeMap<(usize, usize), u32>,
    /// Requests that were answered as possible.
    taken: BTreeMap<AttemptId, usize>,
    seen: BTreeMap<(usize, usize), LaterState>,
    pub(crate) repeated: u32,
    pub(crate) unclear: u32,
}

impl World {
    /// Staff ask for something, or the page posts an earlier request again.
    pub(crate) fn ask_later(&mut self, which: usize, argument: u32) {
        let again = (argument >> 10) as usize % self.office.requests.len().max(1);
        let (which, kind, asked) = match self.office.requests.get(again) {
            Some(request) if argument.is_multiple_of(4) => request.clone(),
            _ => {
                let Some(order) = self.order(which) else { return };
                let kind = [LaterKind::Return, LaterKind::Return, LaterKind::Capture, LaterKind::Void];
                let minor = [None, Some(500), Some(500), Some(600), Some(2_500)][argument as usize % 5];
                // An id's letter has five bits of its byte.
                let mut number = [0; AttemptId::LEN];
                let count = self.office.requests.len();
                (number[0], number[1]) = ((count % 32) as u8, (count / 32) as u8);
                let asked = Asked {
                    request: AttemptId::from_random(number),
                    amount: minor.map(|minor| Amount::new(minor, order.terms.amount.currency)),
                    reason: "staff".into(),
                    operator: None,
                };
                (which, kind[(argument >> 4) as usize % 4], asked)
            }
        };
        let Some(order) = self.order(which) else { return };
        let begun = order.later.len();
        let known = self.office.taken.contains_key(&asked.request);
        match order.ask_later(kind, asked.clone(), &self.rules, self.now) {
            Ok((order, effects)) => {
                assert_eq!(
                    known,
                    effects.is_empty(),
                    "a repeated request begins nothing, a new one something"
                );
                self.office.repeated += u32::from(known);
                self.office.taken.entry(asked.request.clone()).or_insert(begun);
                self.store(which, (order, effects));
            }
            Err(NotPossible::OtherRequest) => panic!("the same request is the same"),
            Err(_) => assert!(!known, "a request that was taken is not refused"),
        }
        self.office.requests.push((which, kind, asked));
    }

    /// A while in which staff have their way with what is approved, over a network that loses things.
    pub(crate) fn office_hours(&mut self, seed: u32) -> Result<(), TestCaseError> {
        if self.gateway.orders.values().all(|order| order.status != Status::Approved) {
            return Ok(());
        }
        let mut random = seed | 1;
        for _ in 0..120 {
            // Marsaglia's xorshift, 2003.
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            let (choice, argument) = (random % 16, random >> 4);
            let which = argument as usize % 3;
            match choice {
                0..=2 => self.ask_later(which, argument >> 2),
                3..=8 => self.deliver(argument as usize, argument),
                9..=11 => self.gateway.progress(which, argument),
                12 => self.lose(argument as usize),
                13 if argument.is_multiple_of(8) => self.restart_proxy(),
                _ => self.pass([1_000, 3_000, 10_000][argument as usize % 3]),
            }
            self.check()?;
        }
        Ok(())
    }

    pub(crate) fn check_later(&mut self, which: usize) -> Result<(), TestCaseError> {
        let Some(order) = self.order(which) else { return Ok(()) };
        let there = self.gateway.orders.get(order.terms.attempt.as_str());
        let views = order.view(&self.rules, self.now).later;
        for (nth, view) in views.into_iter().enumerate() {
            let is_it = |later: &&AtGateway| {
                let own = later.nth == Some(nth) || (later.nth.is_none() && later.minor == view.amount.minor);
                own && later.kind == view.kind
            };
            let moved = there.is_some_and(|there| {
                there.later.iter().filter(is_it).any(|later| later.status == Status::Approved)
            });
            match view.state {
                LaterState::Done => prop_assert!(moved, "shown as done, and it is not"),
                LaterState::Refused { .. } => {
                    let own = there.and_then(|there| there.later.iter().find(|later| later.nth == Some(nth)));
                    let moved = own.is_some_and(|own| own.status == Status::Approved);
                    prop_assert!(!moved, "shown as refused, and the money moved");
                }
                LaterState::NeedsPerson { ref why } if why.contains("same amount") => {
                    self.office.unclear += 1
                }
                _ => {}
            }
            let final_state =
                |state: &LaterState| matches!(state, LaterState::Done | LaterState::Refused { .. });
            let was = self.office.seen.insert((which, nth), view.state.clone());
            if let Some(was) = was.filter(final_state) {
                prop_assert!(was == view.state, "a final state was left for {:?}", view.state);
            }
        }
        Ok(())
    }

    /// Once nothing is open, the books are equal.
    pub(crate) fn settle_later(&self, which: usize) -> Result<(), TestCaseError> {
        let Some(order) = self.order(which) else { return Ok(()) };
        let Some(there) = self.gateway.orders.get(order.terms.attempt.as_str()) else { return Ok(()) };
        if let Some(later) = order.open_later() {
            prop_assert!(order.needs_person.is_some(), "never ended: {later:?}");
            return Ok(());
        }
        let here = |is_capture: bool| moved(&order, &self.office, which, is_capture);
        let elsewhere: u64 =
            there.later.iter().filter(|later| later.nth.is_none()).map(|later| later.minor).sum();
        let is_capture = |kind| kind == LaterKind::Capture;
        prop_assert_eq!(here(true), there.moved(is_capture), "captured");
        let returned = there.moved(|kind| !is_capture(kind));
        let claimed = here(false);
        prop_assert!(
            claimed == returned || claimed + elsewhere == returned,
            "returned {claimed} / {returned}"
        );
        Ok(())
    }
}

fn moved(order: &Order, office: &Office, which: usize, is_capture: bool) -> u64 {
    let done =
        office.seen.iter().filter(|((order, _), state)| *order == which && **state == LaterState::Done);
    let done = done.filter(|((_, nth), _)| (order.later[*nth].kind == LaterKind::Capture) == is_capture);
    done.map(|((_, nth), _)| order.amount_of(*nth).minor).sum()
}

/// What the walks have reached, by name.
pub(crate) fn reached(world: &World) -> Vec<&'static str> {
    let mut reached = vec![];
    for ((which, nth), state) in &world.office.seen {
        let Some(order) = world.order(*which) else { continue };
        let later = &order.later[*nth];
        reached.push(match (state, later.kind, later.amount) {
            (LaterState::Done, LaterKind::Capture, None) => "captured",
            (LaterState::Done, LaterKind::Capture, Some(_)) => "captured in part",
            (LaterState::Done, LaterKind::Return, None) => "returned",
            (LaterState::Done, LaterKind::Return, Some(_)) => "returned in part",
            (LaterState::Done, LaterKind::Void, _) => "voided",
            (LaterState::Refused { .. }, ..) => "later refused",
            _ => "later open",
        });
    }
    reached.extend((world.office.repeated > 0).then_some("request repeated"));
    reached.extend((world.office.unclear > 0).then_some("equal parts not told apart"));
    reached
}
