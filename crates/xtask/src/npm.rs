//! axe-core and Lighthouse from npm, of the versions and with the checksums in `npm/package-lock.json`.

use crate::shell;
use anyhow::Result;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where they are in the cache, or will be: a folder that is named after what the lock file holds.
pub(crate) fn folder(cache: &Path) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    fs::read(lists().join("package-lock.json"))?.hash(&mut hasher);
    Ok(cache.join(format!("npm-{:016x}", hasher.finish())))
}

/// Installs them, unless that was done before. No package's own script is run.
pub(crate) fn install(cache: &Path) -> Result<()> {
    let home = folder(cache)?;
    if home.is_dir() {
        return Ok(());
    }
    // Made aside and renamed, so that an interrupted installation is never taken for a whole one.
    let partial = home.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    for list in ["package.json", "package-lock.json"] {
        fs::copy(lists().join(list), partial.join(list))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&partial);
    shell::run(npm.stdin(Stdio::null()))?;
    Ok(fs::rename(&partial, &home)?)
}

/// The folder of npm's two lists: what is wanted, and every package that comes with it.
fn lists() -> PathBuf {
    shell::root().join("crates/xtask/npm")
}
