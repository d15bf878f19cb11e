//! Tools from npm, of the versions and with the checksums in the lists under `npm/`.

use crate::shell;
use anyhow::Result;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// axe-core and Lighthouse.
pub(crate) const AUDIT: &str = "audit";
/// What makes the page small.
pub(crate) const BUILD: &str = "build";

/// Where the tools of a list are in the cache, or will be: a folder that is named after what the lock file holds.
pub(crate) fn folder(cache: &Path, list: &str) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    fs::read(files(list).join("package-lock.json"))?.hash(&mut hasher);
    Ok(cache.join(format!("npm-{list}-{:016x}", hasher.finish())))
}

/// Installs them, unless that was done before, and answers the folder of their programs. No package's own script is run.
pub(crate) fn install(cache: &Path, list: &str) -> Result<PathBuf> {
    let home = folder(cache, list)?;
    let programs = home.join("node_modules/.bin");
    if home.is_dir() {
        return Ok(programs);
    }
    // Made aside and renamed, so that an interrupted installation is never taken for a whole one.
    let partial = home.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(files(list).join(file), partial.join(file))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&partial);
    shell::run(npm.stdin(Stdio::null()))?;
    fs::rename(&partial, &home)?;
    Ok(programs)
}

/// The folder of npm's two files: what is wanted, and every package that comes with it.
fn files(list: &str) -> PathBuf {
    shell::root().join("crates/xtask/npm").join(list)
}
