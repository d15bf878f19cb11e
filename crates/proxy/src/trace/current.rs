//! The call that this task makes or answers, and what it has learnt of it so far.

use super::Span;
use payment::api::{CallAnswer, Word};
use payment::attempt::AttemptId;
use payment::trace::{SpanId, TraceId, TraceParent};
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    static CURRENT: Arc<Mutex<Current>>;
}

/// A call that goes on.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) span: SpanId,
    log: tracing::Span,
    /// What the caller named as its own step.
    pub(super) parent: Option<TraceParent>,
    /// The payment that it is about.
    pub(super) about: Option<AttemptId>,
    pub(super) sent: Option<u32>,
    pub(super) received: Option<u32>,
    pub(super) answer: CallAnswer,
}

impl Current {
    pub(super) fn new(span: &Span, about: Option<AttemptId>, parent: Option<TraceParent>) -> Self {
        Self {
            span: span.id,
            log: span.log.clone(),
            parent,
            about,
            sent: None,
            received: None,
            answer: CallAnswer::default(),
        }
    }
}

/// Does the work as this call's.
pub(super) async fn during<T>(current: Arc<Mutex<Current>>, work: impl Future<Output = T>) -> T {
    CURRENT.scope(current, work).await
}

/// Outside a call nothing is noted.
fn note<T>(note: impl FnOnce(&mut Current) -> T) -> Option<T> {
    CURRENT.try_with(|current| note(&mut current.lock().unwrap_or_else(PoisonError::into_inner))).ok()
}

/// The call is about this payment.
pub(crate) fn about(attempt: &AttemptId) {
    note(|current| {
        current.log.record("trace_id", tracing::field::display(TraceId::of(attempt)));
        current.about = Some(attempt.clone());
    });
}

/// The proxy refuses it with this code. The trace that it belongs to.
pub(crate) fn refused(code: &str) -> Option<TraceId> {
    note(|current| {
        current.answer.said = Word::new(code);
        current.about.as_ref().map(TraceId::of)
    })?
}

/// So many bytes were asked and answered, where that is known, under this HTTP status.
pub(super) fn answered(http: u16, sent: Option<u64>, received: Option<u64>) {
    let short = |bytes: Option<u64>| bytes.and_then(|bytes| bytes.try_into().ok());
    note(|current| {
        current.answer.http = Some(http);
        (current.sent, current.received) = (short(sent), short(received));
    });
}

/// The gateway answered this with so many bytes to a question of so many, or nobody did.
pub(crate) fn gateway_said(sent: usize, received: Option<usize>, answer: impl FnOnce() -> CallAnswer) {
    note(|current| {
        current.sent = sent.try_into().ok();
        current.received = received.and_then(|bytes| bytes.try_into().ok());
        current.answer = answer();
    });
}

/// What the gateway is told of the trace.
pub(crate) fn traceparent() -> Option<TraceParent> {
    note(|current| {
        let trace = TraceId::of(current.about.as_ref()?);
        Some(TraceParent { trace, parent: current.span, sampled: true })
    })?
}
