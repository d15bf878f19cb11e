//! The tools that the tasks need, installed where they are missing.
//!
//! Rust tools and npm's go to a cache folder of the user's, keyed by version, so that a second clone finds them; the browser
//! and node come from Debian's packages. What cannot be installed is answered with the command to type.

use crate::{npm, shell};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const WASM: &str = "wasm32-unknown-unknown";

/// Something that a task cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Rust's standard library for the browser.
    WasmTarget,
    /// Builds the page.
    Trunk,
    /// Joins wasm and JavaScript, runs wasm tests; of the version that the workspace pins its crate to.
    WasmBindgen,
    /// Checks the dependencies' licences and sources.
    CargoDeny,
    /// Make the wasm and its JavaScript small.
    Shrinkers,
    /// The browser.
    Chromium,
    /// Drives the browser.
    Chromedriver,
    /// Speaks HTTP for `strangers`.
    Curl,
    /// Makes root file systems for `bare` and `kiosk`.
    Debootstrap,
    /// Starts a machine in one of them, for `kiosk`.
    Nspawn,
    /// Reads the kiosk's scripts.
    Shellcheck,
    /// USB devices that do not exist, and Python's way to them.
    Umockdev,
    /// axe-core and Lighthouse.
    Auditors,
}

use Tool::{
    Auditors, CargoDeny, Chromedriver, Chromium, Curl, Debootstrap, Nspawn, Shellcheck, Shrinkers, Trunk,
    Umockdev, WasmBindgen, WasmTarget,
};

impl Tool {
    /// What builds the page.
    pub(crate) const PAGE: &[Tool] = &[WasmTarget, Trunk, WasmBindgen, Shrinkers];
    /// What runs wasm tests in a browser.
    pub(crate) const BROWSER: &[Tool] = &[WasmTarget, WasmBindgen, Chromium, Chromedriver];
    /// What builds the page and drives a browser.
    pub(crate) const BROWSE: &[Tool] = &[WasmTarget, Trunk, WasmBindgen, Shrinkers, Chromium, Chromedriver];
    /// What builds the page and lets a browser see emulated readers.
    pub(crate) const READERS: &[Tool] =
        &[WasmTarget, Trunk, WasmBindgen, Shrinkers, Chromium, Chromedriver, Umockdev];
    /// What builds the page and audits it in a browser.
    pub(crate) const AUDIT: &[Tool] =
        &[WasmTarget, Trunk, WasmBindgen, Shrinkers, Chromium, Chromedriver, Auditors];
    /// Everything but the auditors.
    pub(crate) const ALL: &[Tool] =
        &[WasmTarget, Trunk, WasmBindgen, CargoDeny, Shrinkers, Chromium, Chromedriver, Curl, Umockdev];
}

/// The tools asked for, on a search path.
#[derive(Debug)]
pub(crate) struct Toolbox {
    path: OsString,
}

impl Toolbox {
    /// Installs those of `needs` that are missing.
    ///
    /// # Errors
    /// Says what to type where this user or this machine cannot install them.
    pub(crate) fn with(needs: &[Tool]) -> Result<Self> {
        let cache = cache_dir()?;
        let _lock = lock(&cache)?;
        let mut dirs = Vec::new();
        let mut packages = Vec::new();
        for tool in needs {
            match tool {
                WasmTarget => add_wasm_target()?,
                Trunk => dirs.push(cargo_install(&cache, "trunk", "trunk", "0.21.14", &["--locked"])?),
                // Without --locked: the lock file that it was published with names a version that was withdrawn.
                WasmBindgen => {
                    let version = pinned_wasm_bindgen()?;
                    dirs.push(cargo_install(&cache, "wasm-bindgen", "wasm-bindgen-cli", &version, &[])?);
                }
                CargoDeny => {
                    dirs.push(cargo_install(&cache, "cargo-deny", "cargo-deny", "0.20.2", &["--locked"])?);
                }
                Chromium => packages.extend(missing("chromium", "chromium")),
                Chromedriver => packages.extend(missing("chromedriver", "chromium-driver")),
                Curl => packages.extend(missing("curl", "curl")),
                // It lives among the administrator's programs.
                Debootstrap if Path::new("/usr/sbin/debootstrap").exists() => {}
                Debootstrap => packages.push("debootstrap"),
                Nspawn => packages.extend(missing("systemd-nspawn", "systemd-container")),
                Shellcheck => packages.extend(missing("shellcheck", "shellcheck")),
                Umockdev => packages.extend(missing_umockdev()),
                Auditors | Shrinkers => {
                    packages.extend(missing("node", "nodejs"));
                    packages.extend(missing("npm", "npm"));
                }
            }
        }
        packages.sort_unstable();
        packages.dedup();
        apt_install(&packages)?;
        for (tool, list) in [(Auditors, npm::AUDIT), (Shrinkers, npm::BUILD)] {
            if needs.contains(&tool) {
                dirs.push(npm::install(&cache, list)?);
            }
        }
        dirs.extend(search_path());
        Ok(Self { path: std::env::join_paths(dirs)? })
    }

    /// A command in the workspace's root that finds these tools before any other of the same name.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // Trunk takes NO_COLOR for a flag of its own and stops at the customary value "1".
        command.current_dir(shell::root()).env("PATH", &self.path).env_remove("NO_COLOR");
        if is_ci() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }
}

/// Whether this is a machine without a person.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}

/// Whether the user is root.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Where tools are kept that are not the system's.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(std::env::var_os("HOME").context("neither HOME nor XDG_CACHE_HOME is set")?)
            .join(".cache"),
    };
    let tools = base.join("mpos-terminal/tools");
    fs::create_dir_all(&tools).with_context(|| format!("cannot create {}", tools.display()))?;
    Ok(tools)
}

/// One run sets up at a time; the lock goes with the file handle, however the process ends.
fn lock(cache: &Path) -> Result<File> {
    let file = File::create(cache.join("lock"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("another run is setting up the tools; waiting for it");
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    Ok(file)
}

fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

fn missing(program: &str, package: &'static str) -> Option<&'static str> {
    let found = search_path().iter().any(|dir| dir.join(program).is_file());
    (!found).then_some(package)
}

/// The packages of umockdev, unless Debian's own Python finds it: they have no program that could be looked for.
fn missing_umockdev() -> Vec<&'static str> {
    let imports = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev";
    let found = Command::new("/usr/bin/python3").args(["-c", imports]).output();
    let found =
        found.is_ok_and(|output| output.status.success()) && missing("umockdev-run", "umockdev").is_none();
    if found { vec![] } else { vec!["umockdev", "gir1.2-umockdev-1.0", "python3-gi"] }
}

/// Installs `package` into the cache, unless that was done before, and answers the folder of its programs.
fn cargo_install(
    cache: &Path,
    program: &str,
    package: &str,
    version: &str,
    flags: &[&str],
) -> Result<PathBuf> {
    let name = format!("{program}-{version}");
    let home = cache.join(&name);
    let bin = home.join("bin");
    if bin.join(program).is_file() {
        return Ok(bin);
    }
    eprintln!("installing {package} {version} (once, some minutes)");
    // Built aside and renamed, so that an interrupted installation is never taken for a whole one.
    let partial = cache.join(format!("{name}.partial"));
    for leftover in [&partial, &home] {
        if leftover.exists() {
            fs::remove_dir_all(leftover)?;
        }
    }
    let mut install = Command::new("cargo");
    install.args(["install", package, "--version", version, "--root"]).arg(&partial).args(flags);
    // These tools run for seconds: what costs time is to compile them.
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env_remove("CARGO_TARGET_DIR");
    // Its advice about PATH is for people; the tasks find the tool themselves.
    shell::run(install.current_dir(cache).stdin(std::process::Stdio::null()))?;
    fs::rename(&partial, &home)?;
    Ok(bin)
}

/// The version that the workspace pins the crate `wasm-bindgen` to: the tool's has to be the same.
fn pinned_wasm_bindgen() -> Result<String> {
    fs::read_to_string(shell::root().join("Cargo.toml"))?
        .lines()
        .find_map(|line| line.strip_prefix("wasm-bindgen = \"=")?.strip_suffix('"').map(str::to_owned))
        .context("Cargo.toml does not pin wasm-bindgen as `wasm-bindgen = \"=x.y.z\"`")
}

fn add_wasm_target() -> Result<()> {
    let libraries = shell::read(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    // The toolchain in use says which rustup it belongs to; HOME may be another user's or empty.
    let sysroot = PathBuf::from(shell::read(Command::new("rustc").args(["--print", "sysroot"]))?.trim());
    let home = sysroot.ancestors().nth(2).context("rustc's sysroot has no parent folder")?;
    let mut rustup = Command::new("rustup");
    rustup.env("RUSTUP_HOME", home).args(["target", "add", WASM]);
    if let Some(toolchain) = sysroot.file_name() {
        rustup.arg("--toolchain").arg(toolchain);
    }
    shell::run(&mut rustup).with_context(|| {
        format!("Rust's {WASM} target is missing from {}; type: rustup target add {WASM}", sysroot.display())
    })
}

fn apt_install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let (prefix, root) = if is_root() { ("", true) } else { ("sudo ", false) };
    let advice = format!(
        "missing Debian packages; type: {prefix}apt-get update && {prefix}apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    if missing("apt-get", "apt").is_some() || (!root && missing("sudo", "sudo").is_some()) {
        bail!("{advice}");
    }
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            // Without a person nobody can type the password.
            command.args(is_ci().then_some("-n")).arg("apt-get");
        }
        // Packages' scripts need the administrator's programs, which a bare PATH may lack.
        let path = search_path().into_iter().chain(["/usr/sbin".into(), "/sbin".into()]);
        command.env("PATH", std::env::join_paths(path)?).env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(command.args(arguments))
    };
    apt_get(&["update"])
        .and_then(|()| apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat()))
        .context(advice)
}
