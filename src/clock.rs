//! A clock that is never put back.

/// Follows the machine's clock, except where that is put back: then it goes on from where it was. Waits would last as
/// long as the clock was put back, and bytes that may be posted again for 20 s could be posted an hour later. A machine
/// that slept is older when it wakes, so a clock that stops in sleep would not do.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    last: u64,
    ahead: u64,
}

impl Clock {
    /// The time, by what the machine's clock shows; both in milliseconds.
    pub(crate) fn read(&mut self, machine: u64) -> u64 {
        let now = machine.saturating_add(self.ahead);
        self.ahead = self.ahead.saturating_add(self.last.saturating_sub(now));
        self.last = self.last.max(now);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn goes_on_where_the_machine_s_clock_is_put_back() {
        let mut clock = Clock::default();
        assert_eq!(
            [10_000, 12_000, 5_000, 6_000, 14_000].map(|at| clock.read(at)),
            [10_000, 12_000, 12_000, 13_000, 21_000]
        );
    }
}
