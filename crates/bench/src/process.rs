//! Programs that run for as long as their values live, and what the system says of them.

use crate::folder;
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// What proxy and stub gateway agree on.
pub(crate) const CONTROL_KEY: &str = "B17F59B4-A7DC-41B4-8FF9-37D986B43D20";

/// A running program.
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts it; what it logs goes to `NAME.log` in `folder`, as an operator would have it.
    fn start(mut command: Command, name: &str, folder: &Path) -> Result<Self> {
        let log = File::create(folder.join(name).with_extension("log"))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        Ok(Self { child, lines: BufReader::new(stdout).lines() })
    }

    /// The address that stands behind these words on the next line that has them.
    async fn address(&mut self, words: &str) -> Result<SocketAddr> {
        while let Some(line) = self.lines.next_line().await? {
            if let Some((_, url)) = line.split_once(words) {
                return Ok(url.trim().trim_start_matches("http://").parse()?);
            }
        }
        bail!("it ended before it said `{words}`: {}", self.child.wait().await?)
    }

    /// Its memory that is in RAM, in bytes.
    fn resident(&self) -> Result<u64> {
        let pid = self.child.id().context("it runs")?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux says VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

/// A part of this program as a process of its own.
pub(crate) struct Role {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Role {
    pub(crate) async fn start(role: &str, folder: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", role]);
        let mut process = Process::start(command, role, folder)?;
        Ok(Self { address: process.address("listening on ").await?, process })
    }

    pub(crate) fn resident(&self) -> Result<u64> {
        self.process.resident()
    }
}

/// A proxy with the gateway that it asks.
pub(crate) struct Proxy {
    process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) operations: SocketAddr,
    _gateway: Role,
}

impl Proxy {
    /// `mpos-proxy` as it is shipped.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        Self::run(Command::new(folder::program("mpos-proxy")?), folder).await
    }

    /// Its parts in a process of ours that commits one write at a time.
    pub(crate) async fn one_by_one(folder: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "one-by-one"]);
        Self::run(command, folder).await
    }

    async fn run(mut command: Command, folder: &Path) -> Result<Self> {
        let gateway = Role::start("gateway", folder).await?;
        let config = folder.join("proxy.toml");
        // TOML's and Rust's quoted strings agree on every path that people have.
        let text = format!(
            r#"listen = "127.0.0.1:0"
operations_listen = "127.0.0.1:0"
page = {folder:?}
database = {database:?}
[till]
name = "Till 1"
open = true
[merchant]
name = "Corner Shop"
[gateway]
url = "http://{gateway}/paynet"
login = "merchantlogin"
endpoint = "1111"
sandbox = true
currency = "EUR"
limit_minor = 100000
"#,
            database = folder.join("proxy.db"),
            gateway = gateway.address,
        );
        fs::write(&config, text)?;
        command.arg("--config").arg(&config).env("MPOS_CONTROL_KEY", CONTROL_KEY).env_remove("RUST_LOG");
        let mut process = Process::start(command, "proxy", folder)?;
        let address = process.address("listening on ").await?;
        let operations = process.address("operations on ").await?;
        Ok(Self { process, address, operations, _gateway: gateway })
    }

    pub(crate) fn resident(&self) -> Result<u64> {
        self.process.resident()
    }
}
