//! The proxy, with a till on this machine.

use crate::gateway::{CONTROL_KEY, CURRENCY, ENDPOINT, LOGIN};
use crate::process::Process;
use crate::{Gateway, Habits, folder};
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

/// How long a proxy may take to stop: longer than it waits for pages.
const STOP: Duration = Duration::from_secs(10);

/// The first person of a shop, who manages it.
pub(crate) static MANAGER: LazyLock<Value> =
    LazyLock::new(|| json!({ "name": "Max", "role": "manager", "pin": "258013" }));

/// A proxy, running.
pub struct Proxy {
    /// `None` between stop and start.
    process: Option<Process>,
    config: PathBuf,
    folder: PathBuf,
    /// Where the page is, `http://HOST:PORT`.
    pub address: String,
    /// Where health and metrics are, `http://HOST:PORT`.
    pub operations: String,
    /// The cookie of the manager, once there is one.
    manager: Mutex<String>,
    /// Where callbacks arrive, `http://HOST:PORT/callback`, if any do.
    pub callbacks: Option<String>,
}

impl Proxy {
    /// One in front of this gateway, for a till on this machine.
    pub async fn start(
        gateway: &Gateway,
        page: &Path,
        folder: &Path,
        habits: Habits,
        callbacks: Option<SocketAddr>,
    ) -> Self {
        let Habits { attended, poll_ms, open, closes_day, settings, .. } = habits;
        let listen = callbacks.map(|address| format!("callback_listen = \"{address}\"\n"));
        let config = folder.join("proxy.toml");
        // TOML's and Rust's quoted strings agree on every path that people have.
        let text = format!(
            r#"listen = "127.0.0.1:0"
operations_listen = "127.0.0.1:0"
{listen}page = {page:?}
database = {database:?}

[till]
name = "Till 1"
preauth = true
open = {open}

[till.readers]
miura = "miura"
magtek-v5 = "magtek-v5"
magtek-mms = "magtek-mms"

[merchant]
name = "Corner Shop"
address = "1 High Street"

[gateway]
url = "{gateway}/paynet"
login = "{LOGIN}"
endpoint = "{ENDPOINT}"
sandbox = true
currency = "{CURRENCY}"
limit_minor = 100000

[rules]
attended = {attended}
poll_ms = {poll_ms}
chip_poll_ms = 200
not_found_grace_ms = 2000
not_found_gap_ms = 300
void = true

[close_day]
needed = {closes_day}
{settings}
"#,
            listen = listen.unwrap_or_default(),
            database = folder.join("proxy.db"),
            gateway = gateway.address,
        );
        fs::write(&config, text).expect("the scenario's folder can be written to");
        let folder = folder.to_path_buf();
        let mut proxy = Self {
            process: None,
            config,
            folder,
            address: String::new(),
            operations: String::new(),
            manager: Mutex::default(),
            callbacks: callbacks.map(|address| format!("http://{address}/callback")),
        };
        proxy.run().await;
        // The page's origin, with its journal in it, outlives a restart; and a command has to find the proxy.
        let mut text = fs::read_to_string(&proxy.config).expect("just written");
        for address in [&proxy.address, &proxy.operations] {
            let port = address.rsplit(':').next().expect("an address ends with its port");
            text = text.replacen("\"127.0.0.1:0\"", &format!("\"127.0.0.1:{port}\""), 1);
        }
        fs::write(&proxy.config, text).expect("the scenario's folder can be written to");
        proxy
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join("proxy.db")
    }

    /// A counter or gauge of its metrics, by name.
    #[must_use]
    pub fn metric(&self, name: &str) -> i64 {
        let mut answer = ureq::get(format!("{}/metrics", self.operations)).call().expect("the proxy runs");
        let text = answer.body_mut().read_to_string().expect("a text");
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_else(|| panic!("no metric {name} in:\n{text}"))
    }

    /// What `GET /api/v1/{path}` answers the manager, whom the first call makes.
    #[must_use]
    pub fn ask_as_manager(&self, path: &str) -> String {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let url = |path: &str| format!("{}/api/v1/{path}", self.address);
        let post = |path: &str| {
            let request = agent.post(url(path)).header("content-type", "application/json");
            request.send(MANAGER.to_string()).expect("the proxy runs")
        };
        let get = |path: &str, cookie: &str| {
            let mut answer = agent.get(url(path)).header("cookie", cookie).call().expect("the proxy runs");
            answer.body_mut().read_to_string().expect("a text")
        };
        let mut cookie = self.manager.lock().expect("nobody panics over it");
        if get("rights", &cookie) == "[]" {
            let made = post("operators");
            let signed = if made.status() == 200 { made } else { post("sign-in") };
            let held = signed.headers().get("set-cookie").expect("the manager may sign in");
            *cookie = held.to_str().expect("a cookie").split(';').next().unwrap_or_default().to_owned();
        }
        get(path, &cookie)
    }

    /// `mpos-proxy reconcile`: how it ended, and what it printed.
    #[must_use]
    pub fn reconcile(&self) -> (Option<i32>, Value) {
        let mut command = Command::new(folder::program("mpos-proxy"));
        let output =
            command.arg("reconcile").arg("--config").arg(&self.config).output().expect("it is built");
        let printed = serde_json::from_slice(&output.stdout);
        let printed = printed.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code(), printed)
    }

    /// Copies the files of its database into this folder, or back out of it. Only while it is stopped.
    pub fn copy_database(&self, backup: &Path, restore: bool) {
        assert!(self.process.is_none(), "a running proxy writes to its database");
        let (from, to) =
            if restore { (backup, self.folder.as_path()) } else { (self.folder.as_path(), backup) };
        fs::create_dir_all(to).expect("the scenario's folder can be written to");
        let database = |folder: &Path| {
            let names =
                fs::read_dir(folder).expect("the folder is there").map(|file| file.unwrap().file_name());
            names.filter(|name| name.to_string_lossy().starts_with("proxy.db")).collect::<Vec<_>>()
        };
        for name in database(to) {
            fs::remove_file(to.join(name)).expect("it was there");
        }
        for name in database(from) {
            fs::copy(from.join(&name), to.join(&name)).expect("the disk has room");
        }
    }

    /// Ends it as a power cut does.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Asks it to stop, as the system does when it shuts down, and waits until it has.
    pub fn shut_down(&mut self) {
        let mut process = self.process.take().expect("the proxy runs");
        process.terminate();
        process.let_end(STOP);
    }

    /// Starts it again, on the same port and database.
    pub async fn run(&mut self) {
        let mut command = Command::new(folder::program("mpos-proxy"));
        command.arg("--config").arg(&self.config);
        command.env("MPOS_CONTROL_KEY", CONTROL_KEY).env("RUST_LOG", "trace");
        let mut process = Process::start("proxy", &mut command, &self.folder);
        self.operations = process.said("operations on ").await;
        self.address = process.said("listening on ").await;
        self.process = Some(process);
    }
}
