//! One scenario's world.

use crate::testbed::Device;
use crate::{Gateway, Proxy, Testbed, Till, folder, until};
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

const CHIP: &str = "Visa, chip without PIN";
/// How long the bank thinks, and then the gateway waits for an advice: longer than a scenario takes, so that only the
/// moved clock ends it.
const WAIT_MS: u64 = 600_000;

/// What the proxy is set up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    /// Staff are there; otherwise it is a kiosk.
    pub attended: bool,
    /// Sales are taken without anybody signed in.
    pub open: bool,
    /// Between two questions that the proxy asks the gateway by itself, in milliseconds.
    pub poll_ms: u64,
    /// The gateway calls back.
    pub callbacks: bool,
    /// More of the proxy's settings, as TOML.
    pub settings: &'static str,
    /// Gateway and browser keep what they know in the scenario's folder: killed and started again, they go on.
    pub lasting: bool,
    /// The acquirer wants each day closed.
    pub closes_day: bool,
}

impl Habits {
    /// An attended till that anybody may sell at.
    pub const USUAL: Self = Self {
        attended: true,
        open: true,
        poll_ms: 300,
        callbacks: false,
        settings: "",
        lasting: false,
        closes_day: false,
    };
}

impl Default for Habits {
    fn default() -> Self {
        Self::USUAL
    }
}

/// A sandbox gateway, a proxy and a browser with the page open. All end with this value.
pub struct Shop {
    /// The till's page, and the cashier's and the customer's hands.
    pub till: Till,
    /// The proxy.
    pub proxy: Proxy,
    /// The sandbox gateway.
    pub gateway: Gateway,
    /// The readers on USB, if the scenario has some.
    testbed: Option<Testbed>,
    /// Where all that they write is.
    pub folder: PathBuf,
}

impl Shop {
    /// Starts everything for the scenario of this name and opens the page with the virtual reader.
    pub async fn open(scenario: &str) -> Self {
        Self::open_with(scenario, Habits::default()).await
    }

    /// The same with a proxy of other habits.
    pub async fn open_with(scenario: &str, habits: Habits) -> Self {
        Self::start(scenario, &folder::page(), &[], habits).await
    }

    /// The same with this page in place of the built one.
    pub async fn open_page(scenario: &str, page: &Path, habits: Habits) -> Self {
        Self::start(scenario, page, &[], habits).await
    }

    /// A contact chip that is pulled while the bank is asked, and that the gateway approves without its word.
    pub async fn with_pulled_card(scenario: &str, habits: Habits) -> Self {
        let shop = Self::open_with(scenario, habits).await;
        shop.gateway.play(&json!({ "processing_ms": WAIT_MS, "approve_without_advice_ms": WAIT_MS }));
        if !habits.attended {
            shop.till.press("Touch to start").await;
        }
        shop.till.pay(2000).await;
        shop.till.present("Insert", CHIP).await;
        shop.till.see(&["Asking the bank"]).await;
        shop.gateway.see_stage("sale_emv_processing").await;
        shop.till.record().await;
        shop.till.press("Remove card").await;
        // The proxy knows before the bank answers, as it would where a bank takes its seconds.
        let told = until(Duration::from_secs(20), async || {
            let calls = shop.till.calls().await;
            calls
                .iter()
                .any(|call| call["url"].as_str().is_some_and(|url| url.ends_with("/card-lost")))
                .then_some(())
        });
        assert!(told.await.is_some(), "the proxy was not told that the card is lost");
        // A return, if there is one, is done at once.
        shop.gateway.play(&json!({ "processing_ms": 0 }));
        shop.gateway.advance_clock(WAIT_MS);
        shop.gateway.see_stage("sale_emv_validating").await;
        assert_eq!(shop.gateway.ledger().charges, 0);
        shop.gateway.advance_clock(WAIT_MS);
        shop
    }

    /// Starts everything with these readers plugged in, which the kiosk policy grants, and opens this page.
    pub async fn with_readers(scenario: &str, page: &Path, devices: &[Device]) -> Self {
        assert!(!devices.is_empty(), "no readers");
        Self::start(scenario, page, devices, Habits::default()).await
    }

    /// Starts everything with what else is plugged in, answered at `HOST:PORT` and granted to the page by a policy of its
    /// own, and opens the page with the virtual reader.
    pub async fn with_plugs(scenario: &str, plugs: &[(Device, &str)]) -> Self {
        let mut shop = Self::start(scenario, &folder::page(), &[], Habits::default()).await;
        let id = |(device, _): &(Device, &str)| json!({ "vendor_id": device.vendor, "product_id": device.product });
        let ids: Vec<_> = plugs.iter().map(id).collect();
        let granted = json!([{ "devices": ids, "urls": [&shop.proxy.address] }]);
        let policy = json!({ "SerialAllowUsbDevicesForUrls": granted }).to_string();
        shop.testbed = Some(Testbed::carry(&shop.folder, &policy, plugs).await);
        shop.replace_till().await;
        shop
    }

    async fn start(scenario: &str, page: &Path, devices: &[Device], habits: Habits) -> Self {
        let folder = folder::scenario(scenario);
        // Gateway and proxy have to be told of each other, so one address is chosen before anybody listens.
        let callbacks = habits.callbacks.then(free_address);
        let gateway = Gateway::start(&folder, callbacks, habits.lasting).await;
        let proxy = Proxy::start(&gateway, page, &folder, habits, callbacks).await;
        let testbed = match devices {
            [] => None,
            devices => Some(Testbed::start(&folder, &proxy.address, devices).await),
        };
        let profile = habits.lasting.then(|| folder.join("profile"));
        let till = Till::start(&folder, testbed.as_ref(), profile.as_deref()).await;
        let shop = Self { till, proxy, gateway, testbed, folder };
        shop.till.open(&shop.proxy.address).await;
        shop
    }

    /// The readers on USB of a scenario that has some.
    #[must_use]
    pub fn testbed(&self) -> &Testbed {
        self.testbed.as_ref().expect("the shop was opened with readers")
    }

    /// Another browser, with an empty profile, in place of this one.
    pub async fn replace_till(&mut self) {
        self.till = Till::start(&self.folder, self.testbed.as_ref(), None).await;
        self.till.open(&self.proxy.address).await;
    }

    /// The browser of a lasting shop again, after a kill, with the profile that it had.
    pub async fn restart_till(&mut self) {
        let profile = self.folder.join("profile");
        self.till = Till::start(&self.folder, self.testbed.as_ref(), Some(&profile)).await;
        self.till.open(&self.proxy.address).await;
    }
}

/// An address on this machine that nobody listens on.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("this machine has ports");
    listener.local_addr().expect("it listens")
}
