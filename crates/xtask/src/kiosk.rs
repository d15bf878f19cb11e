//! `cargo xtask kiosk`: `deploy/kiosk` in a Debian of its own, which is set up, started, and watched.
//!
//! The machine is real from systemd up: the unit as it is installed, its user, the session, compositor and browser. Its
//! screen is a virtual one, and it has no console. The ways out of the page are `crates/e2e/tests/lockdown.rs`.

mod machine;

use crate::page::{self, Page};
use crate::server::{Merchant, Server};
use crate::setup::{self, Tool, Toolbox};
use crate::{bare, shell, stages};
use anyhow::{Result, ensure};
use machine::Machine;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const MERCHANT: Merchant = Merchant {
    login: "kiosk-merchant",
    key: "2F64C0B7-18A9-4E5D-8D0E-6B1C93A7F54E",
    endpoint: "1111",
    currency: "EUR",
};
/// Where the technician has copied the files to.
const FILES: &str = "srv/kiosk";
const UNITS: [&str; 4] =
    ["mpos-kiosk.service", "mpos-kiosk-watch.service", "mpos-kiosk-watch.timer", "mpos-kiosk-nightly.timer"];
/// What only this test needs in the machine: a screen, a picture of it, and the rules' checker.
const INSTRUMENTS: [&str; 4] = ["xvfb", "grim", "nftables", "netbase"];
/// A screen that is not there, and the kiosk on it instead of on a console.
const SCREEN: &str = "[Service]
ExecStart=/usr/bin/Xvfb :7 -screen 0 1280x800x24 -nolisten tcp
";
const ON_SCREEN: &str = "[Unit]
ConditionPathExists=
Wants=screen.service
After=screen.service
[Service]
TTYPath=
StandardInput=null
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
UtmpIdentifier=
Environment=WLR_BACKENDS=x11 WLR_RENDERER=pixman DISPLAY=:7
";
/// From the machine's start, or a cold browser's, to the page.
const START: Duration = Duration::from_secs(90);
/// When the watchdog first looks after the machine's start, how long it lets a page be silent, and what a busy machine takes.
const WATCHED: Duration = Duration::from_secs(180 + 45 + 75);

/// Sets the machine up, twice, as a technician may; looks at its screen; kills browser and page; takes all away again.
pub(crate) fn run() -> Result<()> {
    ensure!(
        setup::is_root(),
        "a root file system of its own needs root: debootstrap, chroot and systemd-nspawn do"
    );
    let tools = Toolbox::with(&[Tool::PAGE, &[Tool::Debootstrap, Tool::Nspawn, Tool::Shellcheck]].concat())?;
    let files = shell::root().join("deploy/kiosk");
    let scripts = ["install.sh", "mpos-kiosk-watch"].map(|script| files.join(script));
    shell::run(tools.command("shellcheck").args(scripts))?;

    page::build(&tools, Page::Release, &Page::Release.folder())?;
    stages::build_programs(&tools)?;
    let program = |name: &str| shell::target_dir().join("debug").join(name);
    let folder = shell::target_dir().join("kiosk");
    let root = bare::root(&tools, &folder.join("root"))?;
    let gateway =
        Server::gateway(&mut tools.command(&program("mpos-gateway-sim").to_string_lossy()), &MERCHANT)?;
    let config = write_config(&folder, &gateway.address)?;
    let mut proxy = tools.command(&program("mpos-proxy").to_string_lossy());
    let proxy = Server::start(proxy.arg("--config").arg(config))?;

    copy(&files, &root.join(FILES))?;
    fs::copy(program("mpos-proxy"), root.join(FILES).join("mpos-proxy"))?;
    let inside = |words: &[&str]| {
        let mut command = tools.command("chroot");
        // A package's scripts look for the administrator's programs.
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("DEBIAN_FRONTEND", "noninteractive");
        command.arg(&root).args(words).stdin(Stdio::null());
        command
    };
    let install = format!("/{FILES}/install.sh");
    for refused in ["http://till.example", "https://till.example/", "till"] {
        let said = inside(&[&install, refused]).output()?;
        ensure!(!said.status.success() && said.stdout.is_empty(), "{refused} is taken for an origin");
    }
    shell::run(&mut inside(&[&install, "https://till.example"]))?;
    shell::run(&mut inside(&[&install, &proxy.address]))?;
    shell::run(&mut inside(
        &[&["apt-get", "install", "-yq", "--no-install-recommends"], &INSTRUMENTS[..]].concat(),
    ))?;
    shell::run(&mut inside(&[&["systemd-analyze", "verify"], &UNITS[..]].concat()))?;
    shell::run(&mut inside(&["nft", "--check", "--file", &format!("/{FILES}/nftables.conf")]))?;

    let units = root.join("etc/systemd/system");
    let (screen, on_screen) = (units.join("screen.service"), units.join("mpos-kiosk.service.d"));
    fs::write(&screen, SCREEN)?;
    fs::create_dir_all(&on_screen)?;
    fs::write(on_screen.join("screen.conf"), ON_SCREEN)?;
    let machine = Machine::boot(&tools, &root, &folder)?;
    machine.until(START, "the page on the whole screen", Machine::is_covered)?;
    println!("the page fills the screen: {}", machine.picture().display());
    machine.kill_and_await("the browser", "user-data-dir", START)?;
    machine.until(START, "the page on the whole screen again", Machine::is_covered)?;
    machine.kill_and_await("the page's process", "type=renderer", WATCHED)?;
    drop(machine);

    fs::remove_file(screen)?;
    fs::remove_dir_all(on_screen)?;
    shell::run(&mut inside(&[&install, "--uninstall"]))?;
    for left in ["etc/systemd/system/mpos-kiosk.service", "etc/chromium/policies/managed/mpos-terminal.json"]
    {
        ensure!(!root.join(left).exists(), "{left} was left behind");
    }
    ensure!(root.join("var/lib/till/profile").exists(), "the journal of open payments was taken away");
    println!("the kiosk is set up, comes back by itself, and is gone without its journal being touched");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// The proxy stands beside the machine, as in a shop.
fn write_config(folder: &Path, gateway: &str) -> Result<PathBuf> {
    let database = folder.join("proxy.db");
    for suffix in ["", "-wal", "-shm"] {
        let old = folder.join(format!("proxy.db{suffix}"));
        if old.exists() {
            fs::remove_file(old)?;
        }
    }
    let key = folder.join("control-key");
    fs::write(&key, MERCHANT.key)?;
    let gateway = MERCHANT.gateway_settings(gateway, &key);
    let page = Page::Release.folder();
    // TOML's and Rust's quoted strings agree on every path that people have.
    let text = format!(
        r#"listen = "127.0.0.1:0"
operations_listen = "127.0.0.1:0"
page = {page:?}
database = {database:?}
[till]
name = "Kiosk"
[merchant]
name = "Kiosk shop"
{gateway}[rules]
attended = false
"#
    );
    let config = folder.join("proxy.toml");
    fs::write(&config, text)?;
    Ok(config)
}
