//! Random walks of a closing and a gateway that counts closings, with requests and answers lost, late and doubled,
//! restarts at any point, and people who press again.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use payment::api::Reason;
use payment::money::{Amount, Currency};
use payment::settlement::{
    Answer, Closing, ClosingEvent, ClosingId, ClosingRules, ClosingState, DayTotals, Period, Reply, Sum,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn totals(minor: u64) -> DayTotals {
    let sum = |minor| Sum { count: 1, amount: Amount::new(minor, Currency::from_code("EUR").unwrap()) };
    DayTotals { sale: sum(minor), reversal: sum(0) }
}

/// A gateway that takes each id once.
struct Gateway {
    /// How often a day was closed under each id.
    closed: BTreeMap<ClosingId, u32>,
    /// A repeated id is answered instead of refused.
    repeats: bool,
    /// Until when it is blocked.
    blocked_until: u64,
    differs: bool,
}

impl Gateway {
    fn close(&mut self, id: &ClosingId, now: u64, refuse: bool) -> Reply {
        if refuse {
            return Reply::Refused(Reason::default());
        }
        if self.closed.contains_key(id) && !self.repeats {
            return Reply::Duplicate;
        }
        self.closed.entry(id.clone()).or_insert(1);
        Reply::Answered(Box::new(Answer {
            agreed: true,
            blocked: now < self.blocked_until,
            totals: Some(totals(if self.differs { 1 } else { 500 })),
            ..Answer::default()
        }))
    }
}

struct World {
    closing: Closing,
    gateway: Gateway,
    rules: ClosingRules,
    now: u64,
    /// Requests on their way, and answers. A restart of the proxy loses the answers.
    requests: Vec<ClosingId>,
    answers: Vec<Reply>,
}

impl World {
    fn new(repeats: bool, differs: bool, blocked: bool) -> Self {
        let day = Period { from: 0, until: 1_000, carried: vec![] };
        let id = ClosingId::from_random([9; 20]);
        let gateway = Gateway {
            closed: BTreeMap::new(),
            repeats,
            blocked_until: if blocked { 60_000 } else { 0 },
            differs,
        };
        Self {
            closing: Closing::begin(id, &day, totals(500), vec![], None),
            gateway,
            rules: ClosingRules::default(),
            now: 1_000,
            requests: vec![],
            answers: vec![],
        }
    }

    fn tell(&mut self, event: ClosingEvent) {
        let (next, send) = self.closing.clone().handle(event, &self.rules, self.now);
        // What is stored is what a restart finds.
        let text = serde_json::to_string(&next).unwrap();
        let read: Closing = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        if send {
            assert_eq!(next.id, self.closing.id, "only the same id is repeated");
            self.requests.push(next.id.clone());
        }
        self.closing = next;
    }

    fn step(&mut self, choice: u8) {
        match choice % 10 {
            0 => self.tell(ClosingEvent::Tick),
            1 => self.now += 7_000,
            2 => self.now += 700_000,
            // The request arrives; its answer is on the way.
            3 | 4 => {
                if let Some(id) = self.requests.pop() {
                    let reply = self.gateway.close(&id, self.now, choice > 230);
                    self.answers.push(reply);
                }
            }
            5 | 6 => {
                if let Some(reply) = self.answers.pop() {
                    self.tell(ClosingEvent::Answered(reply));
                }
            }
            // Lost on the way there, or on the way back; both look the same from here.
            7 => {
                let lost = self.requests.pop().is_some() || self.answers.pop().is_some();
                if lost {
                    self.tell(ClosingEvent::Answered(Reply::Lost));
                }
            }
            8 => {
                // A request on its way arrives nevertheless; nobody is left to hear the answer.
                for id in std::mem::take(&mut self.requests) {
                    if choice > 128 {
                        self.gateway.close(&id, self.now, false);
                    }
                }
                self.answers.clear();
                let text = serde_json::to_string(&self.closing).unwrap();
                self.closing = serde_json::from_str(&text).unwrap();
                self.tell(ClosingEvent::Restarted);
            }
            _ => self.tell(ClosingEvent::AskNow),
        }
        self.check();
    }

    fn check(&self) {
        assert!(self.gateway.closed.values().all(|times| *times == 1), "closed twice");
        let was_taken = self.gateway.closed.contains_key(&self.closing.id);
        match &self.closing.state {
            ClosingState::Closed { .. } | ClosingState::Differs { .. } => {
                assert!(was_taken, "said closed and was not")
            }
            ClosingState::Refused { .. } => assert!(!was_taken, "said refused and was taken"),
            ClosingState::Blocked { .. } => assert!(was_taken),
            ClosingState::Stored => {
                assert!(!was_taken && self.requests.is_empty(), "sent before it was stored as sent")
            }
            ClosingState::Sending | ClosingState::Unknown { .. } => {}
        }
        if let ClosingState::Closed { answer: Some(answer) } = &self.closing.state {
            assert_eq!(answer.totals, Some(self.closing.ours), "differences are told");
        }
    }

    /// Faults stop: it comes to an end by itself.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            if !self.closing.is_open() {
                break;
            }
            self.now = self.closing.wake_at().unwrap_or(self.now).max(self.now);
            self.tell(ClosingEvent::Tick);
            while let Some(id) = self.requests.pop() {
                let reply = self.gateway.close(&id, self.now, false);
                self.answers.push(reply);
            }
            while let Some(reply) = self.answers.pop() {
                self.tell(ClosingEvent::Answered(reply));
            }
            self.check();
        }
        assert!(!self.closing.is_open(), "it never ends: {:?}", self.closing);
        let given_up = matches!(self.closing.state, ClosingState::Unknown { .. });
        assert!(!given_up || self.now >= self.rules.give_up_ms, "a gateway that answers settles it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_day_is_closed_once_and_nothing_else_is_said(
        choices in prop::collection::vec(any::<u8>(), 1..40),
        repeats: bool,
        differs: bool,
        blocked: bool,
    ) {
        let mut world = World::new(repeats, differs, blocked);
        for choice in choices {
            world.step(choice);
        }
        world.settle();
    }
}
