//! A headless Chromium over chromedriver, and the page in it as people use it: by the words that they see.

use crate::process::Process;
use crate::proxy::MANAGER;
use crate::{Testbed, until};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use payment::till::Attempt;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long the page may take to come to what is awaited.
const LIMIT: Duration = Duration::from_secs(20);

/// What Chromium notes for developers where a page offers its installation by a button of its own.
const OFFER_KEPT: &str = "Banner not shown: beforeinstallpromptevent.preventDefault() called.";

/// A till: the page in a browser with a profile of its own.
pub struct Till {
    client: Client,
    folder: PathBuf,
    /// `http://HOST:PORT` of chromedriver.
    driver: String,
    process: Process,
}

/// Where a call of the page's to the proxy is stopped, so that the moment stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It is never sent.
    Request,
    /// It is sent, and its answer never arrives.
    Answer,
    /// It is answered, and after the first words nothing more arrives.
    Rest,
}

impl Till {
    /// A browser that sees this machine's devices, or those of the testbed, with this profile or a new one.
    pub async fn start(folder: &Path, testbed: Option<&Testbed>, profile: Option<&Path>) -> Self {
        let till = Self::try_start(folder, testbed, profile).await;
        till.unwrap_or_else(|error| panic!("cannot start Chromium: {error}; `cargo xtask setup` installs it"))
    }

    /// The same, or why the browser cannot be driven.
    pub async fn try_start(
        folder: &Path,
        testbed: Option<&Testbed>,
        profile: Option<&Path>,
    ) -> Result<Self, String> {
        let (process, driver) = start_driver(folder, testbed).await;
        let profile = profile.map(|path| format!("--user-data-dir={}", path.display()));
        let mut arguments = vec!["--headless", "--disable-gpu", "--disable-quic", "--no-first-run"];
        arguments.extend(profile.as_deref());
        arguments.extend(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        arguments.extend(["--window-size=1280,1000", "--lang=en-GB"]);
        if is_root() {
            // Chromium's own sandbox refuses to start for root.
            arguments.push("--no-sandbox");
        }
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "accept",
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self { client, folder: folder.to_path_buf(), driver, process })
    }

    /// Opens the page.
    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.expect("the proxy serves the page");
    }

    /// Opens the page once more, beside the first, and goes there.
    pub async fn open_second_tab(&self, address: &str) {
        let tab = self.client.new_window(true).await.expect("Chromium opens a tab");
        self.client.switch_to_window(tab.handle).await.expect("the tab is there");
        self.open(address).await;
    }

    /// Goes to a tab, counted from 0 in the order in which they were opened.
    pub async fn switch_tab(&self, number: usize) {
        let tabs = self.client.windows().await.expect("tabs can be listed");
        let tab = tabs.into_iter().nth(number).expect("the tab is there");
        self.client.switch_to_window(tab).await.expect("the tab is there");
    }

    /// Waits until the page, whichever it is, says all these words; answers all that it says, in small letters.
    pub async fn see_anywhere(&self, words: &[&str]) -> String {
        let seen = until(LIMIT, async || {
            let text = self.run("return document.body.innerText", vec![]).await;
            let text = text.as_str().unwrap_or_default().to_lowercase();
            words.iter().all(|words| text.contains(&words.to_lowercase())).then_some(text)
        });
        match seen.await {
            Some(text) => text,
            None => self.fail(&format!("the page does not say {words:?}")).await,
        }
    }

    /// Closes every tab but this one.
    pub async fn close_other_tabs(&self) {
        let own = self.client.window().await.expect("a tab is open");
        for tab in self.client.windows().await.expect("tabs can be listed") {
            if tab != own {
                self.client.switch_to_window(tab).await.expect("the tab is there");
                self.client.close_window().await.expect("a tab can be closed");
            }
        }
        self.client.switch_to_window(own).await.expect("this tab stays");
    }

    /// Loads the page anew, as a customer who leans on F5 does.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the proxy serves the page");
    }

    /// Stops every call of this method whose path ends in what the pattern matches, until the page is loaded anew.
    pub async fn hold(&self, method: &str, path: &str, hold: Hold) {
        let script = "
            const [method, path, hold] = arguments, fetch = window.fetch.bind(window);
            window.held = 0;
            window.letGo ??= [];
            const pattern = new RegExp(path + '$'), all = window.letGo;
            window.fetch = (url, init) => {
                const other = (init?.method ?? 'GET') !== method || !pattern.test(url);
                if (other || window.letGo !== all) return fetch(url, init);
                const sent = hold === 'Request' ? Promise.resolve() : fetch(url, init);
                sent.finally(() => window.held += 1);
                if (hold === 'Rest') return sent.then(async answer => {
                    const { value } = await answer.body.getReader().read();
                    return new Response(new ReadableStream({ start: rest => rest.enqueue(value) }));
                });
                return new Promise((resolve, reject) => sent.finally(() => all.push(lost => {
                    if (lost) return reject(new TypeError('Failed to fetch'));
                    (hold === 'Request' ? fetch(url, init) : sent).then(resolve, reject);
                })));
            };";
        self.run(script, vec![json!(method), json!(path), json!(format!("{hold:?}"))]).await;
    }

    /// Waits until a call was stopped.
    pub async fn see_held(&self) {
        let held =
            until(LIMIT, async || (self.run("return window.held", vec![]).await != json!(0)).then_some(()));
        if held.await.is_none() {
            self.fail("no call was held").await;
        }
    }

    /// Lets every call go on that was stopped: it is sent, or its answer arrives, unless it is lost. Stops none any more.
    pub async fn release(&self, lost: bool) {
        let script = "
            const stopped = window.letGo;
            window.letGo = [];
            stopped.forEach(goOn => goOn(arguments[0]));";
        self.run(script, vec![json!(lost)]).await;
    }

    /// Stops the page's clock, and with it all that the till does after some time, until [`thaw`](Self::thaw).
    pub async fn freeze(&self) {
        self.run("const at = Date.now(); window.thawed = Date.now; Date.now = () => at;", vec![]).await;
    }

    /// The clock goes on, with the time that it is.
    pub async fn thaw(&self) {
        self.run("Date.now = window.thawed;", vec![]).await;
    }

    /// The attempts in the journal, as a page that starts would find them.
    pub async fn journal(&self) -> Vec<Attempt> {
        let script = "
            const done = arguments[0];
            const open = indexedDB.open('mpos-terminal');
            open.onerror = () => done(null);
            open.onsuccess = () => {
                const attempts = open.result.transaction('attempts').objectStore('attempts').getAll();
                attempts.onerror = () => done(null);
                attempts.onsuccess = () => { open.result.close(); done(attempts.result); };
            };";
        let all = self.client.execute_async(script, vec![]).await.expect("the journal can be read");
        let read = |json: &Value| {
            let text = json.as_str().expect("the journal holds texts");
            payment::json::read(text).unwrap_or_else(|| panic!("the journal cannot be read: {text}"))
        };
        all.as_array().expect("the page has a journal").iter().map(read).collect()
    }

    /// Makes the shop's manager, the first of its people, and signs them in at this browser.
    pub async fn sign_in_manager(&self) {
        let script = "
            const headers = { 'content-type': 'application/json' };
            const body = JSON.stringify(arguments[0]);
            return (await fetch('/api/v1/operators', { method: 'POST', headers, body })).ok;";
        assert_eq!(self.evaluate(script, vec![MANAGER.clone()]).await, json!(true), "there is one already");
    }

    /// Ends the browser, every process of it, as a power cut does.
    pub fn kill(&mut self) {
        self.process.kill_tree();
    }

    /// Keeps every call's body and answer from here on, until the page is loaded anew. What is pushed is kept as it comes.
    pub async fn record(&self) {
        let script = "
            const fetch = window.fetch.bind(window);
            window.calls = [];
            window.fetch = async (url, init) => {
                const answer = await fetch(url, init), words = answer.clone();
                const call = { method: init?.method ?? 'GET', url, body: init?.body ?? '', answer: '' };
                call.sent = [...new Headers(init?.headers)];
                window.calls.push(Object.assign(call, { headers: [...answer.headers] }));
                const read = async () => {
                    for await (const text of words.body.pipeThrough(new TextDecoderStream())) call.answer += text;
                };
                const kept = read().catch(() => {});
                if (!url.includes('/events')) await kept;
                return answer;
            };";
        self.run(script, vec![]).await;
    }

    /// The calls that were kept: `method`, `url`, `sent` (headers), `body`, `headers`, `answer`.
    pub async fn calls(&self) -> Vec<Value> {
        let Value::Array(calls) = self.run("return window.calls", vec![]).await else {
            self.fail("no calls were kept").await
        };
        calls
    }

    /// All that the page keeps: its journal, its other storage, and the terminal's screen. The virtual reader beside it
    /// names its cards' PINs.
    pub async fn kept(&self) -> String {
        let script = "
            const done = arguments[0];
            const open = indexedDB.open('mpos-terminal');
            open.onerror = () => done(null);
            open.onsuccess = () => {
                const attempts = open.result.transaction('attempts').objectStore('attempts').getAll();
                attempts.onsuccess = () => done(JSON.stringify([
                    attempts.result, { ...localStorage }, { ...sessionStorage }, document.cookie,
                    document.querySelector('.terminal').outerHTML,
                ]));
            };";
        let kept = self.client.execute_async(script, vec![]).await.expect("the journal can be read");
        kept.as_str().expect("the page has a journal").to_owned()
    }

    /// What the page wrote to its console since this was last asked, and what the browser complained of there.
    pub async fn console(&self) -> Vec<String> {
        let session = self.client.session_id().await.ok().flatten().unwrap_or_default();
        let log = ureq::post(format!("{}/session/{session}/se/log", self.driver));
        let mut answer = log.send(r#"{"type":"browser"}"#).expect("chromedriver has a log");
        let answer = answer.body_mut().read_to_string().expect("a text");
        let answer: Value = serde_json::from_str(&answer).expect("WebDriver's JSON");
        let entries = answer["value"].as_array().expect("a list").iter().map(Value::to_string);
        entries.filter(|entry| !entry.contains(OFFER_KEPT)).collect()
    }

    /// Sends a command of Chromium's own protocol and answers its result.
    pub async fn command(&self, name: &str, parameters: &Value) -> Value {
        let session = self.client.session_id().await.ok().flatten().unwrap_or_default();
        let body = json!({ "cmd": name, "params": parameters });
        let mut answer = ureq::post(format!("{}/session/{session}/goog/cdp/execute", self.driver))
            .send(body.to_string())
            .unwrap_or_else(|error| panic!("Chromium refused {name}: {error}"));
        let answer = answer.body_mut().with_config().limit(u64::MAX).read_to_string().expect("a text");
        let mut answer: Value = serde_json::from_str(&answer).expect("WebDriver's JSON");
        answer["value"].take()
    }

    /// Moves the page's clock on.
    pub async fn advance_clock(&self, ms: u64) {
        self.run("const now = Date.now; Date.now = () => now() + arguments[0];", vec![json!(ms)]).await;
    }

    /// Presses the button of this name once it is there and may be pressed.
    pub async fn press(&self, name: &str) {
        assert!(!name.contains('"'), "a name with a quotation mark");
        let xpath = format!(
            "//*[(self::button or @role='button') and not(@disabled) and not(@aria-disabled='true') \
             and (@aria-label=\"{name}\" or (not(@aria-label) and normalize-space(.)=\"{name}\"))]"
        );
        self.click(Locator::XPath(&xpath)).await;
    }

    /// Follows the link of this name once it is there.
    pub async fn follow(&self, name: &str) {
        assert!(!name.contains('\''), "a name with an apostrophe");
        self.click(Locator::XPath(&format!("//a[normalize-space(.)='{name}']"))).await;
    }

    /// What the browser would print, as PDF.
    pub async fn print(&self) -> Vec<u8> {
        let configuration = fantoccini::wd::PrintConfiguration::default();
        self.client.print(configuration).await.expect("Chromium prints")
    }

    /// Clicks what is there, or will be.
    pub(crate) async fn click(&self, locator: Locator<'_>) {
        let clicked = until(LIMIT, async || self.client.find(locator).await.ok()?.click().await.ok());
        if clicked.await.is_none() {
            self.fail(&format!("there is no {locator:?} to click")).await;
        }
    }

    /// Keys a text into what is there, or will be.
    pub(crate) async fn keyed(&self, xpath: &str, text: &str) {
        let keyed = until(LIMIT, async || {
            let field = self.client.find(Locator::XPath(xpath)).await.ok()?;
            field.clear().await.ok()?;
            field.send_keys(text).await.ok()
        });
        if keyed.await.is_none() {
            self.fail(&format!("there is no {xpath} to key into")).await;
        }
    }

    /// Shows the page as it is printed, or as it is on a screen again.
    pub async fn show_print(&self, printed: bool) {
        let media = if printed { "print" } else { "" };
        self.command("Emulation.setEmulatedMedia", &json!({ "media": media })).await;
    }

    /// Makes the window so large.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size).await;
    }

    /// How many pixels the page or its screen is wider than the window shows; one that fits has none.
    pub async fn sticks_out(&self) -> i64 {
        let script = "const parts = [document.documentElement, document.querySelector('main')];
            return Math.max(...parts.map(part => part.scrollWidth - part.clientWidth))";
        self.run(script, vec![]).await.as_i64().expect("the page has a width")
    }

    /// Waits until the screen says all these words.
    pub async fn see(&self, words: &[&str]) {
        self.see_within(LIMIT, words).await;
    }

    /// Waits so long until the screen says all these words.
    pub async fn see_within(&self, limit: Duration, words: &[&str]) {
        let seen = until(limit, async || {
            let text = self.text().await;
            words.iter().all(|words| text.contains(&words.to_lowercase())).then_some(())
        });
        if seen.await.is_none() {
            self.fail(&format!("the screen does not say {words:?}")).await;
        }
    }

    /// The words on the terminal's screen, in small letters; not those of the virtual reader beside it, nor those that
    /// are only spoken.
    pub async fn text(&self) -> String {
        let text = self.run("return document.querySelector('.terminal')?.innerText ?? ''", vec![]).await;
        let words: Vec<_> = text.as_str().unwrap_or_default().split_whitespace().collect();
        words.join(" ").to_lowercase()
    }

    /// The version of the page, whichever it is. None while it is being loaded.
    pub async fn version(&self) -> String {
        let version = self.run("return document.documentElement.dataset.version", vec![]).await;
        version.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of an async function in the page and answers what it returns. Fails if it throws.
    pub async fn evaluate(&self, body: &str, arguments: Vec<Value>) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1);
            (async (...arguments) => {{ {body} }})(...given).then(
                value => done({{ value }}), error => done({{ error: String(error) }}));"
        );
        let answer = self.client.execute_async(&script, arguments).await.expect("the page answers in time");
        if let Some(error) = answer["error"].as_str() {
            self.fail(error).await;
        }
        answer["value"].clone()
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or(Value::Null)
    }

    async fn fail(&self, why: &str) -> ! {
        let picture = self.folder.join("failed.png");
        if let Ok(png) = self.client.screenshot().await {
            // The failure itself is told either way.
            let _ = std::fs::write(&picture, png);
        }
        let (picture, text, console) = (picture.display(), self.text().await, self.console().await);
        panic!("{why}; see {picture}\nscreen: {text}\nconsole: {console:#?}");
    }
}

/// Chromedriver, and its `http://HOST:PORT`.
async fn start_driver(folder: &Path, testbed: Option<&Testbed>) -> (Process, String) {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").envs(testbed.map(Testbed::environment).unwrap_or_default());
    for _ in 0..5 {
        let mut process = Process::start("chromedriver", &mut command, folder);
        match process.says("started successfully on port ").await {
            Ok(port) => return (process, format!("http://127.0.0.1:{port}")),
            // It chooses a port that is free on IPv4 and then wants the same on IPv6, where another may have it.
            Err(why) if why.contains("Address already in use") => {}
            Err(why) => panic!("{why}"),
        }
    }
    panic!("chromedriver finds no port that is free on IPv4 and IPv6");
}

impl Drop for Till {
    fn drop(&mut self) {
        // Without a word chromedriver would leave its Chromium behind.
        let _ = ureq::get(format!("{}/shutdown", self.driver)).call();
        self.process.let_end(LIMIT);
    }
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
