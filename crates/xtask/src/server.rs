//! A server of ours, running for as long as this value lives.

use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running process that ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    name: String,
    process: Child,
    /// `http://HOST:PORT`, as the process said.
    pub(crate) address: String,
}

/// Whom the sandbox gateway knows.
#[derive(Debug)]
pub(crate) struct Merchant {
    pub(crate) login: &'static str,
    /// The control key. It opens nothing but the sandbox gateway that is started with it.
    pub(crate) key: &'static str,
    pub(crate) endpoint: &'static str,
    pub(crate) currency: &'static str,
}

impl Merchant {
    /// The proxy's settings of its gateway: the sandbox at this address, and the merchant's key in this file.
    pub(crate) fn gateway_settings(&self, address: &str, key: &Path) -> String {
        let Self { login, endpoint, currency, .. } = self;
        // TOML's and Rust's quoted strings agree on every path that people have.
        format!(
            r#"[gateway]
url = "{address}/paynet"
login = "{login}"
endpoint = "{endpoint}"
control_key_file = {key:?}
sandbox = true
currency = "{currency}"
limit_minor = 100000
"#
        )
    }
}

impl Server {
    /// Starts `command` and waits until it says `listening on ADDRESS`.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {name}"))?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        let mut server = Self { name, process, address: String::new() };
        let mut lines = BufReader::new(stdout).lines();
        for line in lines.by_ref() {
            let line = line?;
            println!("{line}");
            if let Some((_, address)) = line.split_once("listening on ") {
                server.address = address.trim().to_owned();
                break;
            }
        }
        if server.address.is_empty() {
            let status = server.process.wait()?;
            anyhow::bail!("{} ended before it listened: {status}", server.name);
        }
        // A pipe that nobody reads would stop the server once it is full.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
        Ok(server)
    }

    /// Starts a sandbox gateway, `command` being the program, with one merchant and one endpoint.
    pub(crate) fn gateway(command: &mut Command, merchant: &Merchant) -> Result<Self> {
        let Merchant { login, key, endpoint, currency } = merchant;
        command.args(["--listen", "127.0.0.1:0", "--login", login, "--control-key", key]);
        Self::start(command.args(["--endpoint", endpoint, "--currency", currency]))
    }

    /// The server's name and how it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<(&str, ExitStatus)>> {
        Ok(self.process.try_wait()?.map(|status| (self.name.as_str(), status)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
