/// So many wrong PINs in a row are forgiven, all but the last.
const FREE: u32 = 5;
/// The first lock-out lasts so long; each wrong PIN after it doubles that.
const FIRST_MS: u64 = 5 * 60_000;
/// And never longer.
const LONGEST_MS: u64 = 24 * 3_600_000;

/// The wrong PINs that were keyed for a name in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub wrong: u32,
    /// Until when none is taken, in Unix milliseconds; 0 when one is.
    pub locked_until: u64,
}

impl Tries {
    /// Until when none is taken, if that is still to come.
    #[must_use]
    pub fn locked(&self, now: u64) -> Option<u64> {
        Some(self.locked_until).filter(|until| *until > now)
    }

    /// How many may be wrong before none is taken for some time.
    #[must_use]
    pub fn left(&self) -> u32 {
        FREE.saturating_sub(self.wrong)
    }

    /// With one more.
    #[must_use]
    pub fn after_wrong(self, now: u64) -> Self {
        let wrong = self.wrong.saturating_add(1);
        let locked_until = match wrong.checked_sub(FREE) {
            None => 0,
            Some(more) => now.saturating_add((FIRST_MS << more.min(16)).min(LONGEST_MS)),
        };
        Self { wrong, locked_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_lock_for_five_minutes_and_each_further_one_doubles_it() {
        let now = 1_000;
        let mut tries = Tries::default();
        for left in (1..5).rev() {
            tries = tries.after_wrong(now);
            assert_eq!((tries.left(), tries.locked(now)), (left, None));
        }
        for minutes in [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440] {
            tries = tries.after_wrong(now);
            assert_eq!((tries.left(), tries.locked(now)), (0, Some(now + minutes * 60_000)));
            assert_eq!(tries.locked(now + minutes * 60_000), None, "it is over");
        }
        let endless = Tries { wrong: u32::MAX, locked_until: 0 }.after_wrong(u64::MAX);
        assert_eq!(endless.wrong, u32::MAX);
    }
}
