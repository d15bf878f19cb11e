//! Who asked whom what about a payment, and what was answered: for support, in the log and by
//! `GET /payments/{id}/trace`.
//!
//! It is kept in memory. It is wanted while somebody stands at a till with a payment that went wrong, and it may cost
//! payments nothing: no write in the money's way, nothing more in backups, nothing to erase. A restart forgets it; then
//! the log has its lines, under the same ids, and the store what happened to the money (`desk::steps`), which stays.
//!
//! A call is followed by the task that makes or answers it. What is learnt of it on the way, as the payment that a body
//! names, or the gateway's words, is noted by whoever learns it ([`current`]), so that nothing else has to hand it on.

pub(crate) mod current;
pub(crate) mod incoming;
mod ring;

use crate::clock;
use current::Current;
use payment::api::{Party, Trace, TracedCall, Word};
use payment::attempt::AttemptId;
use payment::trace::{SpanId, TraceId};
use ring::Ring;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A step of a payment's trace: every line that is logged under it has both ids.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    id: SpanId,
    /// What the log's lines stand under. Never filtered out.
    pub(crate) log: tracing::Span,
}

impl Span {
    /// A step of this payment's.
    pub(crate) fn of(attempt: &AttemptId) -> Self {
        let span = Self::open();
        span.log.record("trace_id", tracing::field::display(TraceId::of(attempt)));
        span
    }

    /// A step of a payment that is yet to be named.
    fn open() -> Self {
        let mut random = [0; 8];
        // Without randomness all steps have one id, and that is all.
        let _ = getrandom::fill(&mut random);
        let id = SpanId::from_random(random);
        // What brought it about is over soon, and a payment may be followed for weeks: no span holds another.
        let log =
            tracing::error_span!(parent: None, "payment", trace_id = tracing::field::Empty, span_id = %id);
        Self { id, log }
    }
}

/// Said of a call whose caller went away before the answer.
const GONE: &str = "gone";

/// The calls of the last payments. A clone is the same memory.
#[derive(Debug, Clone)]
pub(crate) struct Traces {
    ring: Arc<Mutex<Ring>>,
    /// Unix milliseconds.
    since: u64,
}

impl Default for Traces {
    fn default() -> Self {
        Self { ring: Arc::default(), since: clock::unix_ms() }
    }
}

impl Traces {
    /// What is remembered of this payment, if it is one of the last.
    pub(crate) fn of(&self, attempt: &AttemptId) -> Option<Trace> {
        let (calls, left_out) = self.ring().get(attempt).map(|kept| (kept.calls(), kept.left_out))?;
        Some(Trace { calls, left_out, ..self.nothing(attempt) })
    }

    /// The trace of a payment of which nothing is remembered.
    pub(crate) fn nothing(&self, attempt: &AttemptId) -> Trace {
        Trace {
            attempt: attempt.clone(),
            trace: TraceId::of(attempt),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: clock::unix_ms(),
            since: self.since,
            calls: vec![],
            left_out: 0,
        }
    }

    /// Makes a call of the proxy's to the gateway, about this payment.
    pub(crate) async fn call_gateway<T>(
        &self,
        span: &Span,
        attempt: &AttemptId,
        name: &str,
        call: impl Future<Output = T>,
    ) -> T {
        let current = Current::new(span, Some(attempt.clone()), None);
        self.follow(Party::Proxy, Party::Gateway, name, true, current, call).await
    }

    /// Does the work of a call and remembers what is noted of it meanwhile.
    async fn follow<T>(
        &self,
        from: Party,
        to: Party,
        name: &str,
        is_telling: bool,
        current: Current,
        work: impl Future<Output = T>,
    ) -> T {
        let current = Arc::new(Mutex::new(current));
        let _line = Line {
            traces: self,
            from,
            to,
            name: Word::new(name),
            is_telling,
            current: current.clone(),
            at: clock::unix_ms(),
            begun: Instant::now(),
        };
        current::during(current, work).await
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that goes on; when it has ended, however it did, it is a line.
struct Line<'a> {
    traces: &'a Traces,
    from: Party,
    to: Party,
    name: Option<Word>,
    /// It may begin a trace. Looking through old payments pushes no new one out of memory.
    is_telling: bool,
    current: Arc<Mutex<Current>>,
    /// Unix milliseconds.
    at: u64,
    begun: Instant,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let noted = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (Some(attempt), Some(name)) = (noted.about, self.name.take()) else { return };
        let ours = TraceId::of(&attempt);
        let mut line = TracedCall {
            at: self.at,
            last_at: self.at,
            times: 1,
            ms: u32::try_from(self.begun.elapsed().as_millis()).unwrap_or(u32::MAX),
            from: self.from,
            to: self.to,
            call: name,
            span: noted.span,
            // Somebody else's trace is not continued: that of a payment is known beforehand.
            parent: noted.parent.filter(|parent| parent.trace == ours).map(|parent| parent.parent),
            sent: noted.sent,
            received: noted.received,
            answer: noted.answer,
        };
        if self.to == Party::Proxy && line.answer.http.is_none() {
            line.answer.said = Word::new(GONE);
        }
        // Nor does what the proxy does not know.
        let begins = self.is_telling && line.answer.http != Some(404);
        let is_new = self.traces.ring().put(&attempt, self.begun, line.clone(), begins);
        log(&attempt, &line, is_new);
    }
}

/// The line, at the level of what is rare if it is not one more of the same.
fn log(attempt: &AttemptId, line: &TracedCall, is_new: bool) {
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                %attempt,
                from = line.from.word(),
                to = line.to.word(),
                call = line.call.as_str(),
                ms = line.ms,
                http = line.answer.http,
                said = line.answer.said.as_ref().map(Word::as_str),
                status = line.answer.status.as_ref().map(Word::as_str),
                code = line.answer.code,
                sent = line.sent,
                received = line.received,
                parent = line.parent.map(|parent| parent.to_string()),
                "call"
            )
        };
    }
    if is_new { log!(info) } else { log!(debug) }
}
