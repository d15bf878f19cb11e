//! What is known of a payment, in the order in which it happened: the till's journal, the proxy's steps, and every call.

use crate::order_words as words;
use language::say;
use mpos_terminal::browser;
use payment::api::{Happened, Party, Source, Trace, TracedCall};
use payment::till::{Attempt, State};

/// One thing that happened, or one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// When, in Unix milliseconds: by the till's clock what its journal says, by the proxy's the rest.
    pub(crate) at: u64,
    /// Who brought it about, or asked whom.
    pub(crate) who: String,
    /// What it was.
    pub(crate) what: String,
    /// The step's name in the logs, of a call.
    pub(crate) span: Option<String>,
}

/// All of it, the first before the rest.
pub(crate) fn lines(journal: Option<&Attempt>, steps: &[Happened], trace: Option<&Trace>) -> Vec<Line> {
    let mut lines = Vec::new();
    // A sorting algorithm would be larger than this.
    let mut add = |line: Line| {
        let place = lines.partition_point(|other: &Line| other.at <= line.at);
        lines.insert(place, line);
    };
    if let Some(attempt) = journal {
        let till = |at, what: &str| Line {
            at,
            who: words::source(Source::Page).to_owned(),
            what: what.to_owned(),
            span: None,
        };
        add(till(attempt.draft.paid_at, say::pay_pressed()));
        let since = match &attempt.state {
            State::AwaitAcceptance(sending) => Some(sending.since),
            _ => attempt.followed().map(|followed| followed.since),
        };
        since.map(|since| till(since, say::sending_began())).into_iter().for_each(&mut add);
    }
    for step in steps {
        add(Line {
            at: step.at,
            who: words::source(step.source).to_owned(),
            what: words::step(step),
            span: None,
        });
    }
    for call in trace.iter().flat_map(|trace| &trace.calls) {
        add(of_call(call));
    }
    lines
}

fn of_call(call: &TracedCall) -> Line {
    let (name, ms) = (call.call.as_str(), call.ms.to_string());
    let answer = answer(call);
    Line {
        at: call.at,
        who: format!("{} \u{203a} {}", party(call.from), party(call.to)),
        what: if call.times > 1 {
            let until = browser::hh_mm_ss(call.last_at);
            say::traced_times(name, &call.times.to_string(), &until, &answer, &ms)
        } else {
            say::traced(name, &answer, &ms)
        },
        span: Some(call.span.to_string()),
    }
}

/// `HTTP 200 status-response approved`, as the protocols have it.
fn answer(call: &TracedCall) -> String {
    let answer = &call.answer;
    let http = answer.http.map(|http| format!("HTTP {http}"));
    let first = http.unwrap_or_else(|| say::not_answered().to_owned());
    let words = [&answer.said, &answer.status].into_iter().flatten().map(ToString::to_string);
    let code = answer.code.map(|code| code.to_string());
    std::iter::once(first).chain(words).chain(code).collect::<Vec<_>>().join(" ")
}

fn party(party: Party) -> &'static str {
    words::source(match party {
        Party::Page => Source::Page,
        Party::Proxy => Source::Proxy,
        Party::Gateway => Source::Gateway,
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use payment::api::{CallAnswer, What, Word};
    use payment::attempt::AttemptId;
    use payment::trace::{SpanId, TraceId};

    fn call(at: u64, from: Party, to: Party, answer: CallAnswer) -> TracedCall {
        TracedCall {
            at,
            last_at: at,
            times: 1,
            ms: 12,
            from,
            to,
            call: Word::new("sale").unwrap(),
            span: SpanId::from_random([1; 8]),
            parent: None,
            sent: None,
            received: None,
            answer,
        }
    }

    #[test]
    fn steps_and_calls_stand_in_the_order_in_which_they_happened() {
        let attempt: AttemptId = "AAAAAAAAAAAAAAAAAAAB".parse().unwrap();
        let accepted = CallAnswer {
            http: Some(200),
            said: Word::new("async-response"),
            status: Word::new("processing"),
            code: Some(101),
        };
        let trace = Trace {
            trace: TraceId::of(&attempt),
            attempt,
            version: "1".into(),
            now: 9,
            since: 0,
            calls: vec![
                call(20, Party::Proxy, Party::Gateway, accepted),
                call(40, Party::Page, Party::Proxy, CallAnswer::default()),
            ],
            left_out: 0,
        };
        let steps = [
            Happened { at: 10, source: Source::Page, what: What::Taken, detail: None },
            Happened { at: 30, source: Source::Gateway, what: What::Approved, detail: None },
        ];
        let lines = lines(None, &steps, Some(&trace));
        let told: Vec<_> =
            lines.iter().map(|line| format!("{} {}: {}", line.at, line.who, line.what)).collect();
        assert_eq!(
            told,
            [
                "10 Till: Card read, payment sent",
                "20 Server \u{203a} Gateway: sale: HTTP 200 async-response processing 101, 12 ms",
                "30 Gateway: Approved",
                "40 Till \u{203a} Server: sale: no answer, 12 ms",
            ]
        );
        let spans: Vec<_> = lines.iter().map(|line| line.span.is_some()).collect();
        assert_eq!(spans, [false, true, false, true]);
    }
}
