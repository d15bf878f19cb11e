//! Who is killed.

use std::fmt;

/// Who is killed in the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Victims {
    pub(crate) proxy: bool,
    pub(crate) gateway: bool,
    pub(crate) browser: bool,
}

impl Victims {
    /// Each alone; the power cut of a machine that is till and proxy in one; and everybody.
    pub(crate) const ALL: [Self; 5] = [
        Self { proxy: true, gateway: false, browser: false },
        Self { proxy: false, gateway: true, browser: false },
        Self { proxy: false, gateway: false, browser: true },
        Self { proxy: true, gateway: false, browser: true },
        Self { proxy: true, gateway: true, browser: true },
    ];
    /// So many of them are somebody alone.
    pub(crate) const ALONE: usize = 3;
}

impl fmt::Display for Victims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [(self.proxy, "proxy"), (self.gateway, "gateway"), (self.browser, "browser")];
        let names: Vec<_> = all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        f.pad(&names.join("+"))
    }
}
