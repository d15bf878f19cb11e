//! `cargo xtask demo`: sandbox gateway, proxy and page on this machine, until Ctrl-C.

use crate::page::{self, Page};
use crate::server::{Merchant, Server};
use crate::setup::{Tool, Toolbox};
use crate::shell;
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

const MERCHANT: Merchant = Merchant {
    login: "demo-merchant",
    key: "AF4B1C5E-5D2B-4C0B-9E36-0D9C2A7B8E11",
    endpoint: "1111",
    currency: "EUR",
};

/// Sets up, builds and starts everything; comes back when a server ends or on Ctrl-C.
pub(crate) fn run(port: u16) -> Result<()> {
    let tools = Toolbox::with(Tool::PAGE)?;
    page::build(&tools, Page::Demo, &Page::Demo.folder())?;
    shell::run(tools.command("cargo").args([
        "build",
        "--locked",
        "-p",
        "gateway-sim",
        "-p",
        "proxy",
        "--bins",
    ]))?;
    // Ours, not the default: a process that just ends would leave its servers behind.
    let (stop, stopped) = channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;

    let bin = |name: &str| shell::target_dir().join("debug").join(name).to_string_lossy().into_owned();
    let gateway = Server::gateway(&mut tools.command(&bin("mpos-gateway-sim")), &MERCHANT)?;
    let config = write_config(port, &gateway.address)?;
    let proxy = Server::start(tools.command(&bin("mpos-proxy")).arg("--config").arg(config))?;
    println!(
        "\n  The terminal is on http://localhost:{port}\n  The first visit asks for a manager's PIN.\n  Ctrl-C ends it. No money moves.\n"
    );

    let mut servers = [gateway, proxy];
    loop {
        match stopped.recv_timeout(Duration::from_millis(500)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        for server in &mut servers {
            if let Some((name, status)) = server.ended()? {
                bail!("{name} ended: {status}");
            }
        }
    }
}

/// Writes the proxy's configuration for a till on this machine and answers its path.
fn write_config(port: u16, gateway: &str) -> Result<PathBuf> {
    let folder = shell::target_dir().join("demo");
    fs::create_dir_all(&folder)?;
    let key = folder.join("control-key");
    fs::write(&key, MERCHANT.key)?;
    let gateway = MERCHANT.gateway_settings(gateway, &key);
    // TOML's and Rust's quoted strings agree on every path that people have.
    let text = format!(
        r#"listen = "127.0.0.1:{port}"
operations_listen = "127.0.0.1:0"
page = {page:?}
database = {database:?}

[till]
name = "Demo till"
preauth = true

[till.readers]
miura = "miura"
magtek-v5 = "magtek-v5"
magtek-mms = "magtek-mms"

[merchant]
name = "Demo shop"
address = "1 High Street"

{gateway}
[gateway.dialect]
send_traceparent = true
"#,
        page = Page::Demo.folder(),
        database = folder.join("proxy.db"),
    );
    let config = folder.join("proxy.toml");
    fs::write(&config, text)?;
    Ok(config)
}
