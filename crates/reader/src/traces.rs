use std::collections::VecDeque;

use crate::Trace;

/// So many are kept for whoever did not look.
const KEPT: usize = 64;

/// The last messages that went over a link.
#[derive(Default)]
pub(crate) struct Traces(VecDeque<Trace>);

impl Traces {
    pub(crate) fn sent(&mut self, name: &'static str, len: usize) {
        self.push(Trace { from_reader: false, name, len });
    }

    pub(crate) fn received(&mut self, name: &'static str, len: usize) {
        self.push(Trace { from_reader: true, name, len });
    }

    pub(crate) fn pop(&mut self) -> Option<Trace> {
        self.0.pop_front()
    }

    fn push(&mut self, trace: Trace) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(trace);
    }
}
