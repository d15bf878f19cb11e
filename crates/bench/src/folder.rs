//! Where a figure's files are: beside the programs, so on the disk that the project is built on.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A program that was built with this one.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    anyhow::ensure!(program.exists(), "{} is not built; `cargo xtask bench` does", program.display());
    Ok(program)
}

/// An empty folder for a figure.
pub(crate) fn fresh(name: &str) -> Result<PathBuf> {
    let programs = std::env::current_exe()?;
    let target = programs.ancestors().nth(2).context("programs are in a folder of the target folder")?;
    let folder = target.join("bench").join(name);
    remove(&folder)?;
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Removes it with everything in it.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
