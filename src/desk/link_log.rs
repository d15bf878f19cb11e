use reader::Trace;
use std::collections::VecDeque;

/// So many messages are kept.
const KEPT: usize = 40;

/// How the link to the reader does, for support: names and lengths of messages, never their contents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkLog {
    /// The last messages, each with its moment in Unix milliseconds.
    pub last: VecDeque<(u64, Trace)>,
    /// Messages to the reader since the page was opened.
    pub sent: u32,
    /// Messages from it.
    pub received: u32,
    /// How often the link or the session was given up.
    pub losses: u32,
    /// When the reader was ready last, in Unix milliseconds.
    pub ready_at: Option<u64>,
    /// When the test prompt was sent, and after how many milliseconds it was answered.
    pub test: Option<(u64, Option<u64>)>,
}

impl LinkLog {
    /// Takes what went over the link.
    pub fn add(&mut self, now: u64, trace: Trace) {
        let count = if trace.from_reader { &mut self.received } else { &mut self.sent };
        *count = count.saturating_add(1);
        if let Some((at, answered @ None)) = &mut self.test
            && trace.from_reader
        {
            *answered = Some(now.saturating_sub(*at));
        }
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back((now, trace));
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn trace(from_reader: bool) -> Trace {
        Trace { from_reader, name: "BATTERY_STATUS", len: 8 }
    }

    #[test]
    fn the_last_messages_are_kept_and_all_are_counted() {
        let mut log = LinkLog::default();
        for at in 0..100 {
            log.add(at, trace(at % 4 == 0));
        }
        assert_eq!((log.last.len(), log.sent, log.received), (KEPT, 75, 25));
        assert_eq!(log.last.front().map(|(at, _)| *at), Some(60));
    }

    #[test]
    fn a_test_is_answered_once_by_the_reader() {
        let mut log = LinkLog { test: Some((100, None)), ..LinkLog::default() };
        log.add(110, trace(false));
        assert_eq!(log.test, Some((100, None)));
        log.add(130, trace(true));
        log.add(150, trace(true));
        assert_eq!(log.test, Some((100, Some(30))));
    }
}
