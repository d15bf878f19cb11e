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

/// The page that the till's is measured against.
pub(crate) fn bare_page() -> Result<PathBuf> {
    let page = target()?.join("page-bare");
    anyhow::ensure!(page.exists(), "{} is not built; `cargo xtask bench` does", page.display());
    Ok(page)
}

fn target() -> Result<PathBuf> {
    let programs = std::env::current_exe()?;
    let target = programs.ancestors().nth(2).context("programs are in a folder of the target folder")?;
    Ok(target.to_path_buf())
}

/// An empty folder for a figure.
pub(crate) fn fresh(name: &str) -> Result<PathBuf> {
    let folder = target()?.join("bench").join(name);
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
