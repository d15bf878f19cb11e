//! What the page says of itself: its updates, its installation, and that it started without a network.

use crate::shell;

/// The button that installs the page as an app. There only where the browser can.
pub(crate) const INSTALL: &str = "Install as an app";
/// Another version waits.
pub(crate) const UPDATE_READY: &str = "Update ready";
/// It may come now.
pub(crate) const UPDATE_NOW: &str = "Update now";
/// It may come once nobody is at the till.
pub(crate) const UPDATE_LATER: &str = "Later, when idle";
/// What the update means for the money.
pub(crate) const UPDATE_MONEY: &str = "No payment is open.";
/// The title of a start without a network.
pub(crate) const OFFLINE: &str = "No connection";
/// What that means for the money.
pub(crate) const OFFLINE_MONEY: &str =
    "Nothing can be charged now. What was not sent will not be charged later.";
/// Who does what next.
pub(crate) const OFFLINE_NEXT: &str = "We reconnect. Cashier: no card payments until the strip says Online.";
/// Above the payments that this browser has in its own journal.
pub(crate) const OFFLINE_HISTORY: &str = "Offline: this till only, the last 24 hours";

/// The name of the version among facts.
pub(crate) const VERSION: &str = "Version";

/// What is checked before the till opens, and which version does.
pub(crate) fn starting() -> String {
    format!("Checking journal, reader and network. Version {}.", shell::version())
}

/// What the update does and how long that takes.
pub(crate) fn update_next() -> String {
    format!(
        "The till starts anew with its new version, in at most 5 seconds. This is version {}.",
        shell::version()
    )
}
