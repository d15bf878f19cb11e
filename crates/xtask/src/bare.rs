//! `cargo xtask bare`: the packaged program alone in a Debian that has nothing else, and a payment through it.

use crate::server::{Merchant, Server};
use crate::setup::{self, Tool, Toolbox};
use crate::{package, shell};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MERCHANT: Merchant = Merchant {
    login: "bare-merchant",
    key: "8E0C2B7A-6D51-4F0E-9B3C-41A7D2F6E95B",
    endpoint: "1111",
    currency: "EUR",
};
const ATTEMPT: &str = "BAREBAREBAREBAREBARE";
/// A Miura reader's card status: a swiped card, encrypted under the public test keys.
const READING: &str = include_str!("readings/swipe.hex");
/// Debian's own, without rights.
const NOBODY: &str = "--userspec=65534:65534";
const LIMIT: Duration = Duration::from_secs(60);

/// Makes the root file system if it is not there, starts gateway and proxy in it, and pays.
pub(crate) fn run() -> Result<()> {
    ensure!(setup::is_root(), "a root file system of its own needs root: debootstrap and chroot do");
    let tools = Toolbox::with(&[Tool::PAGE, &[Tool::Curl, Tool::Debootstrap]].concat())?;
    let program = package::build(&tools)?;
    shell::run(tools.command("cargo").args([
        "build",
        "--locked",
        "--release",
        "-p",
        "gateway-sim",
        "--bins",
    ]))?;
    let root = root(&tools, &shell::target_dir().join("bare/root"))?;
    for program in [program, shell::target_dir().join("release/mpos-gateway-sim")] {
        let name = program.file_name().context("a program has a name")?;
        fs::copy(&program, root.join("usr/local/bin").join(name))?;
    }

    let inside = |program: &str| {
        let mut command = tools.command("chroot");
        command.arg(NOBODY).arg(&root).args(["/usr/bin/env", "-i"]).arg(format!("/usr/local/bin/{program}"));
        command
    };
    let gateway = Server::gateway(&mut inside("mpos-gateway-sim"), &MERCHANT)?;
    write_config(&root, &gateway.address)?;
    let proxy = Server::start(inside("mpos-proxy").args(["--config", "/srv/till/proxy.toml"]))?;

    let page = curl(&tools, &["--head", &proxy.address])?;
    ensure!(page.starts_with("HTTP/1.1 200") && page.contains("text/html"), "no page: {page}");
    let body = format!(
        r#"{{"attempt":"{ATTEMPT}","kind":"sale","amount":{{"minor":1000,"currency":"EUR"}},"entry":"swipe",
            "reader":{{"family":"miura","serial":"1"}},"card":{{"last4":"0119"}},"encrypted_data":"{}"}}"#,
        READING.trim()
    );
    let payments = format!("{}/api/v1/payments", proxy.address);
    curl(&tools, &["--fail-with-body", "--json", &body, &payments])?;
    let begun = Instant::now();
    loop {
        let view = curl(&tools, &["--fail-with-body", &format!("{payments}/{ATTEMPT}")])?;
        if view.contains(r#""approved""#) {
            println!("paid in {}: {view}", root.display());
            return Ok(());
        }
        ensure!(begun.elapsed() < LIMIT, "the payment does not become final: {view}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A root file system in this folder: what debootstrap calls the least of Debian.
pub(crate) fn root(tools: &Toolbox, root: &Path) -> Result<PathBuf> {
    if root.join("etc/debian_version").exists() && root.join("usr/bin/env").exists() {
        return Ok(root.to_path_buf());
    }
    fs::create_dir_all(root)?;
    let mut debootstrap = tools.command("debootstrap");
    // Its scripts look for the administrator's programs.
    debootstrap.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    shell::run(debootstrap.args(["--variant=minbase", "bookworm"]).arg(root).args(mirror()))?;
    Ok(root.to_path_buf())
}

/// Where this machine gets Debian's packages from; debootstrap's own default if it does not say.
fn mirror() -> Option<String> {
    let lists = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
    let text = lists.iter().filter_map(|list| fs::read_to_string(list).ok()).collect::<String>();
    let line = text.lines().find(|line| line.starts_with("URIs:") || line.starts_with("deb "))?;
    line.split_whitespace().find(|word| word.contains("://")).map(str::to_owned)
}

fn write_config(root: &Path, gateway: &str) -> Result<()> {
    let folder = root.join("srv/till");
    fs::create_dir_all(&folder)?;
    std::os::unix::fs::chown(&folder, Some(65534), Some(65534))?;
    for old in fs::read_dir(&folder)? {
        fs::remove_file(old?.path())?;
    }
    fs::write(folder.join("control-key"), MERCHANT.key)?;
    let gateway = MERCHANT.gateway_settings(gateway, Path::new("/srv/till/control-key"));
    let text = format!(
        r#"listen = "127.0.0.1:0"
operations_listen = "127.0.0.1:0"
database = "/srv/till/proxy.db"
[till]
name = "Bare till"
open = true
[merchant]
name = "Bare shop"
{gateway}"#
    );
    Ok(fs::write(folder.join("proxy.toml"), text)?)
}

fn curl(tools: &Toolbox, arguments: &[&str]) -> Result<String> {
    let mut curl = tools.command("curl");
    shell::read(curl.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "10"]).args(arguments))
}
