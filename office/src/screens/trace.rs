use super::timeline::entry;
use crate::parts::{begin, watched};
use crate::traced::{self, Line};
use crate::{Office, local, moment};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::desk::Watched;
use mpos_terminal::parts::{element, line, part};
use mpos_terminal::proxy;
use payment::api::{Happened, Trace};
use payment::attempt::AttemptId;
use payment::till::Attempt;

/// All that is known of a payment, step by step and call by call.
pub(crate) struct Known {
    /// What the proxy remembers of its calls.
    pub(crate) trace: Option<Trace>,
    /// What it says of its steps, to whoever may read them.
    steps: Vec<Happened>,
    /// What the till's journal has.
    journal: Option<Attempt>,
}

impl Known {
    /// Asks the proxy; what it does not say is left out.
    pub(crate) async fn ask(office: Office, id: &AttemptId, journal: Option<Attempt>) -> Self {
        let trace = proxy::call("GET", format!("payments/{id}/trace"), None).await.got();
        let steps = match office.terminal.with_untracked(|t| t.as_ref()?.operator.clone()) {
            Some(_) => proxy::call("GET", format!("payments/{id}/timeline"), None).await.got(),
            None => None,
        };
        Self { trace, steps: steps.unwrap_or_default(), journal }
    }

    /// In the order in which it happened.
    pub(crate) fn lines(&self) -> Vec<Line> {
        traced::lines(self.journal.as_ref(), &self.steps, self.trace.as_ref())
    }
}

/// The trace of a payment, asked for each time that it is opened.
pub(super) fn trace(office: Office, id: AttemptId) -> AnyView {
    let known: &'static Watched<Option<Known>> = watched(None);
    let all = part(move || known.with(|known| known.as_ref().map(show)));
    let summary = element("summary").text(say::trace()).view();
    let details = element("details").class("trail trace").on("toggle", move |_| {
        let id = id.clone();
        begin(async move {
            let journal = local::attempts().await.into_iter().find(|attempt| attempt.draft.attempt == id);
            known.set(Some(Known::ask(office, &id, journal).await));
        });
    });
    details.child(summary).child(all).view()
}

fn show(known: &Known) -> AnyView {
    let head = match &known.trace {
        Some(Trace { trace, version, since, .. }) => {
            say::trace_named(&trace.to_string(), version, &moment::day_and_second(*since))
        }
        None => say::offline().to_owned(),
    };
    let left_out = known.trace.as_ref().map_or(0, |trace| trace.left_out);
    let left_out = (left_out > 0).then(|| line("codes", say::calls_left_out(&left_out.to_string())));
    let rows = known.lines().into_iter().map(|line| entry(browser::hh_mm_ss(line.at), line.who, line.what));
    let rows = element("ol").class("timeline").children(rows).view();
    element("div").child(line("codes", head)).children(left_out).child(rows).view()
}
