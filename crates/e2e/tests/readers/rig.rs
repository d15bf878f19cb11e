//! A shop with one kind of reader, and the count of what has to be at the gateway.

use e2e::testbed::{self, Device};
use e2e::{Shop, Till, release_page, until};
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A kind of reader, and what can be done with it.
pub struct Kind {
    pub device: Device,
    /// What the page asks for when it wants a card.
    pub prompt: &'static str,
    /// Presents a card that is read at once and leaves nothing to do.
    pub quick: &'static str,
    /// What the page calls this card.
    pub quick_card: &'static str,
    /// It has a chip slot, a display and a keypad.
    pub has_slot: bool,
    /// Cards may be tapped.
    pub taps: bool,
    /// Cards may be swiped.
    pub swipes: bool,
}

const PHONE: &str = "tap on a phone";
const PHONE_CARD: &str = "Visa **** 0119";
pub const STRIPE: &str = "swipe stripe only";
pub const STRIPE_CARD: &str = "Mastercard **** 0434";

pub const MIURA: Kind = Kind {
    device: testbed::MIURA,
    prompt: "Tap, insert or swipe",
    quick: PHONE,
    quick_card: PHONE_CARD,
    has_slot: true,
    taps: true,
    swipes: true,
};
pub const MAGTEK_V5: Kind = Kind {
    device: testbed::MAGTEK_V5,
    prompt: "Swipe the card",
    quick: STRIPE,
    quick_card: STRIPE_CARD,
    has_slot: false,
    taps: false,
    swipes: true,
};
pub const MAGTEK_MMS: Kind = Kind { device: testbed::MAGTEK_MMS, ..MIURA };
pub const MAGTEK_MMS_SERIAL: Kind =
    Kind { device: testbed::MAGTEK_MMS_SERIAL, has_slot: false, swipes: false, ..MIURA };

/// How long the page may take to come to what is awaited.
const LIMIT: Duration = Duration::from_secs(20);
/// Longer than any scenario waits.
const THINKS_MS: u64 = 600_000;

/// Notes when the chip of the reader says what and every heading that there was; lets a scenario hold the opening of
/// devices and the page's clock, and counts what is opened and sent.
const INSTRUMENT: &str = "
    const real = Date.now.bind(Date);
    Object.assign(window, { chips: [], headings: [], opening: 0, opened: 0, sent: 0, mayOpen: null, frozen: null });
    Date.now = () => window.frozen ?? real();
    const note = () => {
        const chip = document.querySelector('[data-testid=\"reader-state\"]').textContent;
        if (chips.at(-1)?.[1] !== chip) chips.push([Math.round(performance.timeOrigin + performance.now()), chip]);
        const heading = document.querySelector('h1')?.textContent;
        if (headings.at(-1) !== heading) headings.push(heading);
    };
    note();
    new MutationObserver(note).observe(document.body, { childList: true, characterData: true, subtree: true });
    for (const prototype of [SerialPort.prototype, HIDDevice.prototype]) {
        const open = prototype.open;
        prototype.open = async function (...given) {
            window.opening += 1;
            await window.mayOpen;
            await open.apply(this, given);
            window.opened += 1;
        };
    }
    const counts = (prototype, name) => {
        const send = prototype[name];
        prototype[name] = function (...given) { window.sent += 1; return send.apply(this, given); };
    };
    counts(WritableStreamDefaultWriter.prototype, 'write');
    counts(HIDDevice.prototype, 'sendReport');
    counts(HIDDevice.prototype, 'sendFeatureReport');";

/// A shop with one reader.
pub struct Rig {
    pub shop: Shop,
    pub kind: &'static Kind,
    /// The next amount: each payment has its own, so that none repeats another.
    next: Cell<u64>,
    charges: Cell<u64>,
    charged: Cell<u64>,
}

impl Rig {
    /// A shop with this reader, ready.
    pub async fn open(kind: &'static Kind, scenario: &str) -> Self {
        let rig = Self::with(kind, scenario, &[kind.device]).await;
        rig.till().see(&["Reader ready", "Online"]).await;
        rig
    }

    /// A shop with these readers of one kind.
    pub async fn with(kind: &'static Kind, scenario: &str, devices: &[Device]) -> Self {
        let shop = Shop::with_readers(&format!("readers-{scenario}"), &release_page(), devices).await;
        let zero = || Cell::new(0);
        let rig = Self { shop, kind, next: Cell::new(1000), charges: zero(), charged: zero() };
        rig.bank_is_quick();
        rig.till().see(&["Pay 0.00"]).await;
        rig.instrument().await;
        rig
    }

    /// To be done again for each page that is loaded.
    pub async fn instrument(&self) {
        self.till().evaluate(INSTRUMENT, vec![]).await;
    }

    pub fn till(&self) -> &Till {
        &self.shop.till
    }

    /// The reader's own control.
    pub fn reader(&self, line: &str) -> String {
        self.shop.testbed().reader(self.kind.device.name).tell(line)
    }

    /// Switches a fault of the reader.
    pub fn fault(&self, name: &str, on: bool) {
        self.reader(&format!("fault {name} {}", if on { "on" } else { "off" }));
    }

    /// Bytes or a report that no reader sends.
    pub fn garbage(&self) {
        let (testbed, Device { name, descriptor, .. }) = (self.shop.testbed(), self.kind.device);
        if descriptor.is_empty() {
            testbed.garbage(name, &[0xC0, 0xFF, 0xFF, 0xC0]);
        } else {
            // As long as a report of this reader is.
            let len = if self.kind.taps { 64 } else { 887 };
            testbed.garbage_report(name, 0, &vec![0xEE; len]);
        }
    }

    /// The bank answers at once.
    pub fn bank_is_quick(&self) {
        self.shop.gateway.play(&json!({ "processing_ms": 100 }));
    }

    /// The bank thinks for as long as it is let.
    pub fn bank_thinks(&self) {
        self.shop.gateway.play(&json!({ "processing_ms": THINKS_MS }));
    }

    /// It has thought enough.
    pub fn bank_answers(&self) {
        self.shop.gateway.advance_clock(THINKS_MS);
        self.bank_is_quick();
    }

    /// An amount that the sandbox approves; 16 more is declined.
    pub fn amount(&self) -> u64 {
        self.next.replace(self.next.get() + 100)
    }

    /// Begins a payment of so much, until the reader wants a card.
    pub async fn begin(&self, minor: u64) {
        self.till().pay(minor).await;
        self.till().see(&[self.kind.prompt, "Nothing charged yet"]).await;
        if self.kind.taps {
            self.reader("wait contactless");
        }
    }

    /// So much was charged, says the screen.
    pub fn expect(&self, minor: u64) {
        self.charges.set(self.charges.get() + 1);
        self.charged.set(self.charged.get() + minor);
    }

    /// The gateway has charged what the screens said, and no more.
    pub fn count(&self) {
        let ledger = self.shop.gateway.ledger();
        let counted = (ledger.charges, ledger.charged, ledger.returned);
        assert_eq!(counted, (self.charges.get(), self.charged.get(), 0), "{ledger:?}");
        assert!(ledger.orders.iter().all(|order| order.sale_requests == 1), "{ledger:?}");
    }

    /// The screen says that so much was charged to this card, and the gateway agrees.
    pub async fn approved(&self, minor: u64, card: &str) {
        self.till().see(&["Approved", &format!("was charged to {card}")]).await;
        self.expect(minor);
        self.count();
    }

    /// The screen says this, and that nothing was sent, and the gateway agrees.
    pub async fn nothing_sent(&self, title: &str) {
        self.till().see(&[title, "Nothing was sent. The card was not charged."]).await;
        self.count();
    }

    /// From a result to the next sale.
    pub async fn leave(&self) {
        self.till().press("New sale").await;
        self.till().see(&["Pay 0.00"]).await;
    }

    /// A payment that works, on the page as it is.
    pub async fn pays(&self) {
        self.till().see(&["Reader ready"]).await;
        let minor = self.amount();
        self.begin(minor).await;
        self.reader(self.kind.quick);
        self.approved(minor, self.kind.quick_card).await;
        self.leave().await;
    }

    /// Pulls the cable; the page shows it within a second.
    pub async fn pull(&self) {
        let pulled = now();
        self.shop.testbed().unplug(self.kind.device.name);
        let shown = self.shown("Reader unplugged", pulled).await;
        assert!(shown <= 1_000, "unplugged, and shown only after {shown} ms");
    }

    /// Plugs it in again, without waiting for anything.
    pub fn plug(&self) {
        self.shop.testbed().plug(self.kind.device.name);
    }

    /// Milliseconds from `since` until the reader's chip began to say this.
    pub async fn shown(&self, words: &str, since: u64) -> u64 {
        self.till().see(&[words]).await;
        let script = "return chips.findLast(([_, chip]) => chip.startsWith(arguments[0]))?.[0]";
        let at = self.till().evaluate(script, vec![json!(words)]).await;
        at.as_u64().unwrap_or_else(|| panic!("the chip never said {words}")).saturating_sub(since)
    }

    /// Waits until a count of the page's instruments has grown beyond this.
    pub async fn grown(&self, counter: &str, beyond: u64) {
        let script = format!("return window.{counter}");
        let found = until(LIMIT, async || {
            (self.till().evaluate(&script, vec![]).await.as_u64()? > beyond).then_some(())
        });
        assert!(found.await.is_some(), "{counter} is not beyond {beyond}");
    }

    /// A count of the page's instruments.
    pub async fn counted(&self, counter: &str) -> u64 {
        let count = self.till().evaluate(&format!("return window.{counter}"), vec![]).await;
        count.as_u64().unwrap()
    }

    /// Runs this in the page.
    pub async fn script(&self, body: &str) -> Value {
        self.till().evaluate(body, vec![]).await
    }
}

/// Unix milliseconds.
pub fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
