//! `cargo xtask package`: one program with the page inside.

use crate::page::{self, Page};
use crate::setup::{Tool, Toolbox};
use crate::shell;
use anyhow::Result;
use std::fs;
use std::path::PathBuf;

/// Builds the program for a shop and prints where it is.
pub(crate) fn run() -> Result<()> {
    let program = build(&Toolbox::with(Tool::PAGE)?)?;
    println!("{} has the page inside; {} bytes", program.display(), fs::metadata(&program)?.len());
    Ok(())
}

/// Builds the release page and the proxy round it.
pub(crate) fn build(tools: &Toolbox) -> Result<PathBuf> {
    let folder = Page::Release.folder();
    page::build(tools, Page::Release, &folder)?;
    let mut proxy = tools.command("cargo");
    proxy.args(["build", "--locked", "--release", "-p", "proxy", "--bins", "--features", "built-in-page"]);
    shell::run(proxy.env("MPOS_PAGE", &folder))?;
    // A build for the tests has none inside, and would take its place.
    let out = shell::target_dir().join("package");
    fs::create_dir_all(&out)?;
    let program = out.join("mpos-proxy");
    fs::copy(shell::target_dir().join("release/mpos-proxy"), &program)?;
    Ok(program)
}
