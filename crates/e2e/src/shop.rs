//! One scenario's world.

use crate::{Gateway, Proxy, Till, folder};
use std::path::PathBuf;

/// A sandbox gateway, a proxy and a browser with the page open. All end with this value.
pub struct Shop {
    /// The till's page, and the cashier's and the customer's hands.
    pub till: Till,
    /// The proxy.
    pub proxy: Proxy,
    /// The sandbox gateway.
    pub gateway: Gateway,
    /// Where all that they write is.
    pub folder: PathBuf,
}

impl Shop {
    /// Starts everything for the scenario of this name and opens the page.
    pub async fn open(scenario: &str) -> Self {
        let folder = folder::scenario(scenario);
        let gateway = Gateway::start(&folder).await;
        let proxy = Proxy::start(&gateway, &folder).await;
        let till = Till::start(&folder).await;
        let shop = Self { till, proxy, gateway, folder };
        shop.till.open(&shop.proxy.address).await;
        shop
    }

    /// Another browser, with an empty profile, in place of this one.
    pub async fn replace_till(&mut self) {
        self.till = Till::start(&self.folder).await;
        self.till.open(&self.proxy.address).await;
    }
}
