//! The memory of the last payments' calls, which does not grow beyond its limits.

use payment::api::{LaterKind, TracedCall};
use payment::attempt::AttemptId;
use std::collections::VecDeque;
use std::time::Instant;

/// So many payments are remembered: those that were called about last. At a busy till that is an hour or more.
const PAYMENTS: usize = 64;
/// So many lines of each. A chip sale has about 12; beyond that limit the middle is left out, as the beginning and the end
/// are what is asked about. 64 payments of 100 lines are less than 2 MB.
const LINES: usize = 100;
/// A call is counted in a line like it among so many last ones: the polls of the page and the proxy, and an advice that
/// is repeated meanwhile, come by turns.
const BY_TURNS: usize = 6;

/// What is remembered of one payment.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    attempt: AttemptId,
    /// In the order in which they were begun.
    calls: Vec<(Instant, TracedCall)>,
    /// So many lines were left out.
    pub(super) left_out: u32,
}

/// The payments, the one that was called about last at the end.
#[derive(Debug, Default)]
pub(super) struct Ring(VecDeque<Kept>);

impl Ring {
    pub(super) fn get(&self, attempt: &AttemptId) -> Option<&Kept> {
        self.0.iter().find(|kept| kept.attempt == *attempt)
    }

    /// Remembers a call; one about a payment that is not remembered only if it `begins` one. Whether it is a line of its
    /// own.
    pub(super) fn put(
        &mut self,
        attempt: &AttemptId,
        begun: Instant,
        call: TracedCall,
        begins: bool,
    ) -> bool {
        let known = self.0.iter().position(|kept| kept.attempt == *attempt).and_then(|at| self.0.remove(at));
        let Some(mut kept) =
            known.or_else(|| begins.then(|| Kept { attempt: attempt.clone(), calls: vec![], left_out: 0 }))
        else {
            return true;
        };
        let is_new = kept.put(begun, call);
        if self.0.len() == PAYMENTS {
            self.0.pop_front();
        }
        self.0.push_back(kept);
        is_new
    }
}

impl Kept {
    /// The lines.
    pub(super) fn calls(&self) -> Vec<TracedCall> {
        self.calls.iter().map(|(_, call)| call.clone()).collect()
    }

    fn put(&mut self, begun: Instant, call: TracedCall) -> bool {
        let mut last = self.calls.iter_mut().rev().take(BY_TURNS).map(|(_, line)| line);
        let alike = last.find(|line| is_alike(line, &call));
        if let Some(line) = alike {
            let (at, times, ms) = (line.at, line.times.saturating_add(1), line.ms.max(call.ms));
            *line = TracedCall { at, times, ms, ..call };
            return false;
        }
        if self.calls.len() == LINES {
            self.calls.remove(LINES / 2);
            self.left_out = self.left_out.saturating_add(1);
        }
        let place = self.calls.partition_point(|(earlier, _)| *earlier <= begun);
        self.calls.insert(place, (begun, call));
        true
    }
}

/// Whether the same was asked and answered. Two calls that move money are two, however alike.
fn is_alike(a: &TracedCall, b: &TracedCall) -> bool {
    const MOVES: [LaterKind; 3] = [LaterKind::Capture, LaterKind::Return, LaterKind::Void];
    !MOVES.iter().any(|kind| kind.word() == a.call.as_str())
        && (a.from, a.to, &a.call, &a.answer) == (b.from, b.to, &b.call, &b.answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use payment::api::{CallAnswer, Party, Word};
    use payment::trace::SpanId;

    fn id(n: u8) -> AttemptId {
        AttemptId::from_random([n; AttemptId::LEN])
    }

    fn now() -> Instant {
        Instant::now()
    }

    fn call(at: u64, from: Party, name: &str, http: u16) -> TracedCall {
        TracedCall {
            at,
            last_at: at,
            times: 1,
            ms: 1,
            from,
            to: Party::Proxy,
            call: Word::new(name).unwrap(),
            span: SpanId::from_random([1; 8]),
            parent: None,
            sent: None,
            received: None,
            answer: CallAnswer { http: Some(http), ..CallAnswer::default() },
        }
    }

    #[test]
    fn polls_that_come_by_turns_are_two_lines() {
        let mut ring = Ring::default();
        assert!(ring.put(&id(1), now(), call(0, Party::Page, "start", 202), true));
        for at in 1..=500 {
            ring.put(&id(1), now(), call(at, Party::Page, "view", 200), false);
            ring.put(&id(1), now(), TracedCall { ms: 7, ..call(at, Party::Gateway, "callback", 200) }, true);
        }
        let lines: Vec<_> =
            ring.get(&id(1)).unwrap().calls().iter().map(|c| (c.times, c.at, c.last_at, c.ms)).collect();
        assert_eq!(lines, [(1, 0, 0, 1), (500, 1, 500, 1), (500, 1, 500, 7)]);
        // Another answer is another line, and so is a second return.
        assert!(ring.put(&id(1), now(), call(501, Party::Page, "return", 200), true));
        assert!(ring.put(&id(1), now(), call(501, Party::Page, "return", 200), true));
        assert!(ring.put(&id(1), now(), call(501, Party::Page, "view", 503), false));
    }

    #[test]
    fn memory_has_its_limits() {
        let mut ring = Ring::default();
        let many = |n: usize| {
            AttemptId::from_random(std::array::from_fn(|at| {
                u8::try_from(if at == 0 { n / 32 } else { n % 32 }).unwrap()
            }))
        };
        for n in 0..PAYMENTS * 2 {
            ring.put(&many(n), now(), call(0, Party::Page, "start", 202), true);
            // The first one is called about now and then, and stays.
            ring.put(&many(0), now(), call(0, Party::Page, "view", 200), false);
        }
        assert_eq!(ring.0.len(), PAYMENTS);
        assert!(ring.get(&many(0)).is_some() && ring.get(&many(1)).is_none());
        let code = |n: usize| u16::try_from(n).unwrap();
        for n in 0..LINES * 3 {
            ring.put(&many(0), now(), call(0, Party::Page, "advice", code(n)), true);
        }
        let kept = ring.get(&many(0)).unwrap();
        assert_eq!((kept.calls().len(), kept.left_out), (LINES, code(LINES * 2 + 2).into()));
        assert_eq!(kept.calls().last().unwrap().answer.http, Some(code(LINES * 3 - 1)), "the end is there");
        assert_eq!(kept.calls()[0].call.as_str(), "start", "and the beginning");
    }

    #[test]
    fn what_was_begun_first_stands_first_whenever_it_ends() {
        let mut ring = Ring::default();
        let begun = now();
        ring.put(&id(1), now(), call(1, Party::Proxy, "sale", 200), true);
        ring.put(&id(1), begun, call(0, Party::Page, "start", 202), true);
        let calls = ring.get(&id(1)).unwrap().calls();
        assert_eq!(calls.iter().map(|call| call.at).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn looking_begins_nothing() {
        let mut ring = Ring::default();
        ring.put(&id(1), now(), call(0, Party::Page, "view", 200), false);
        assert!(ring.get(&id(1)).is_none());
    }
}
