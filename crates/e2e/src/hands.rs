//! What the cashier and the customer do, in the words on the buttons.

use crate::Till;
use fantoccini::Locator;

/// A card of the virtual reader.
pub(crate) const PHONE: &str = "Visa on a phone, tap only";

impl Till {
    /// Takes a payment by phone and leaves its approval.
    pub async fn sell(&self, minor: u64) {
        self.pay(minor).await;
        self.present("Tap", PHONE).await;
        self.see(&["Approved"]).await;
        self.next_customer().await;
    }

    /// Presses one button after the other.
    pub async fn press_all(&self, names: &[&str]) {
        for name in names {
            self.press(name).await;
        }
    }

    /// Keys an amount in minor units and presses Pay.
    pub async fn pay(&self, minor: u64) {
        self.key(minor).await;
        self.press(&format!("Pay {}", major(minor))).await;
    }

    /// Keys an amount in minor units and presses Reserve.
    pub async fn reserve(&self, minor: u64) {
        self.choose("//label[normalize-space(.)='Reserve']").await;
        self.key(minor).await;
        self.press(&format!("Reserve {}", major(minor))).await;
    }

    /// `Insert`, `Tap` or `Swipe`: presents this card once the reader asks for one.
    pub async fn present(&self, verb: &str, card: &str) {
        self.see(&["Tap, insert or swipe"]).await;
        self.hold_out(verb, card).await;
    }

    /// `Insert`, `Tap` or `Swipe`, whatever the reader waits for.
    pub async fn hold_out(&self, verb: &str, card: &str) {
        self.choose(&format!("//option[normalize-space(.)='{card}']")).await;
        self.press(&format!("{verb} {card}")).await;
    }

    /// Keys the PIN on the reader once it asks for one.
    pub async fn enter_pin(&self, pin: &str) {
        self.see(&["Enter PIN"]).await;
        for digit in pin.chars() {
            self.press(&format!("PIN {digit}")).await;
        }
        self.press("PIN enter").await;
    }

    /// Takes the card out and leaves the result.
    pub async fn next_customer(&self) {
        self.press("Remove card").await;
        self.press("New sale").await;
        self.see(&["Pay 0.00"]).await;
    }

    /// Keys a text into the field of this name, in place of what it held.
    pub async fn fill(&self, name: &str, text: &str) {
        let label = format!("//label[(span|text())[normalize-space(.)=\"{name}\"]]");
        self.keyed(&format!("{label}//input"), text).await;
    }

    /// Switches a fault of the virtual reader on, or off again.
    pub async fn reader_fault(&self, name: &str) {
        self.run("document.querySelector('.virtual-reader details').open = true", vec![]).await;
        self.choose(&format!("//label[normalize-space(.)='{name}']")).await;
    }

    /// Opens the payment in whose row of the list these words stand.
    pub async fn open_payment(&self, words: &str) {
        self.choose(&format!("//li//a[contains(normalize-space(.), '{words}')]")).await;
    }

    /// Chooses one of what the field of this label offers.
    pub async fn pick(&self, label: &str, option: &str) {
        let field = format!("//label[span[normalize-space(.)=\"{label}\"]]");
        self.choose(&format!("{field}//option[normalize-space(.)='{option}']")).await;
    }

    async fn key(&self, minor: u64) {
        for digit in minor.to_string().chars() {
            self.press(&digit.to_string()).await;
        }
    }

    /// Clicks what is neither button nor text.
    pub async fn choose(&self, xpath: &str) {
        self.click(Locator::XPath(xpath)).await;
    }
}

/// `12.50`, of an amount below 1,000.
fn major(minor: u64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}
