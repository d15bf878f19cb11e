//! A headless Chromium over chromedriver, and the page in it as people use it: by the words that they see.

use crate::process::Process;
use crate::until;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long the page may take to come to what is awaited.
const LIMIT: Duration = Duration::from_secs(20);

/// A browser with a profile of its own.
pub struct Browser {
    client: Client,
    folder: PathBuf,
    _driver: Process,
}

/// Where a call of the page's to the proxy is stopped, so that the moment stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It is never sent.
    Request,
    /// It is sent, and its answer never arrives.
    Answer,
}

impl Browser {
    pub(crate) async fn start(folder: &Path) -> Self {
        let mut driver = Process::start("chromedriver", Command::new("chromedriver").arg("--port=0"), folder);
        let port = driver.said("started successfully on port ").await;
        let mut arguments = vec!["--headless", "--disable-gpu", "--disable-quic", "--no-first-run"];
        arguments.extend(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        arguments.extend(["--window-size=1280,1000", "--lang=en-GB"]);
        if is_root() {
            // Chromium's own sandbox refuses to start for root.
            arguments.push("--no-sandbox");
        }
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments }, "unhandledPromptBehavior": "accept" });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("cannot start Chromium: {error}; `cargo xtask setup` installs it"));
        Self { client, folder: folder.to_path_buf(), _driver: driver }
    }

    /// Opens the page and waits for the keypad, or for the payment that is still open.
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.expect("the proxy serves the page");
    }

    /// Loads the page anew, as a customer who leans on F5 does.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the proxy serves the page");
    }

    /// Stops every call whose method and path end so. Holds until the page is loaded anew.
    pub async fn hold(&self, method: &str, path: &str, hold: Hold) {
        let script = "
            const [method, path, sends] = arguments, fetch = window.fetch.bind(window);
            window.held = 0;
            window.fetch = (url, init) => {
                if ((init?.method ?? 'GET') !== method || !new RegExp(path + '$').test(url)) return fetch(url, init);
                const sent = sends ? fetch(url, init) : Promise.resolve();
                sent.finally(() => window.held += 1);
                return new Promise(() => {});
            };";
        self.run(script, vec![json!(method), json!(path), json!(hold == Hold::Answer)]).await;
    }

    /// Waits until a call was stopped.
    pub async fn see_held(&self) {
        let held = until(LIMIT, async || {
            (self.run("return window.held", vec![]).await != json!(0)).then_some(())
        });
        if held.await.is_none() {
            self.fail("no call was held").await;
        }
    }

    /// Moves the page's clock on.
    pub async fn advance_clock(&self, ms: u64) {
        self.run("const now = Date.now; Date.now = () => now() + arguments[0];", vec![json!(ms)]).await;
    }

    /// Keys the digits of an amount in minor units.
    pub async fn key(&self, minor: u64) {
        for digit in minor.to_string().chars() {
            self.press(&digit.to_string()).await;
        }
    }

    /// Presses the button of this name once it is there and may be pressed.
    pub async fn press(&self, name: &str) {
        let xpath = format!(
            "//button[not(@disabled) and not(@aria-disabled='true') and (@aria-label={0} or (not(@aria-label) and normalize-space(.)={0}))]",
            quoted(name)
        );
        let pressed = until(LIMIT, async || {
            let button = self.client.find(Locator::XPath(&xpath)).await.ok()?;
            button.click().await.ok()
        });
        if pressed.await.is_none() {
            self.fail(&format!("there is no button `{name}` to press")).await;
        }
    }

    /// Waits until the page says all these words.
    pub async fn see(&self, words: &[&str]) {
        let seen = until(LIMIT, async || {
            let text = self.text().await;
            words.iter().all(|words| text.contains(words)).then_some(())
        });
        if seen.await.is_none() {
            self.fail(&format!("the page does not say {words:?}")).await;
        }
    }

    /// All words on the page.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body?.innerText ?? ''", vec![]).await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or(Value::Null)
    }

    /// Runs a script that calls its last argument with the result.
    pub async fn run_async(&self, script: &str) -> Value {
        self.client.execute_async(script, vec![]).await.expect("the script runs")
    }

    async fn fail(&self, why: &str) -> ! {
        let picture = self.folder.join("failed.png");
        if let Ok(png) = self.client.screenshot().await {
            // The failure itself is told either way.
            let _ = std::fs::write(&picture, png);
        }
        panic!("{why}; see {}. It says: {}", picture.display(), self.text().await);
    }
}

fn quoted(text: &str) -> String {
    assert!(!text.contains('\''), "a button's name with an apostrophe");
    format!("'{text}'")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
