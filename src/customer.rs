//! What the customer sees on a screen of his own: the page in `public/customer`, which is told by this one.

use crate::desk::Desk;
use crate::words;
use web_sys::BroadcastChannel;

/// Where it is told.
const CHANNEL: &str = "mpos-terminal.customer";

impl Desk {
    /// Shows the customer the amount with a title, and what to do or what became of the money: nothing that is for staff, and
    /// no reason of the bank's. `look` is `paid`, `not-known` or nothing.
    #[inline(never)]
    pub fn show_customer(self, look: &str, title: &str, text: &str) {
        let shop = self.terminal.with_untracked(|t| t.as_ref().map(|t| t.merchant.name.clone()));
        let asked = self.current.with_untracked(|attempt| attempt.as_ref().map(|a| a.draft.amount));
        let amount = asked.or_else(|| self.bill().filter(|bill| bill.minor > 0));
        let (shop, amount) = (shop.unwrap_or_default(), amount.map(words::amount).unwrap_or_default());
        *self.customer_sees.borrow_mut() = format!("{look}\n{shop}\n{amount}\n{title}\n{text}");
        self.tell_customer();
    }

    /// Tells it again, so that a window that has just been opened knows it too.
    pub(crate) fn tell_customer(self) {
        if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
            // A window that is not there hears nothing.
            let _ = channel.post_message(&self.customer_sees.borrow().as_str().into());
            channel.close();
        }
    }
}
