//! `cargo xtask screens` and `cargo xtask audit`: every screen, walked once in a real Chromium, seen with different eyes.

use crate::page::{self, Page};
use crate::setup::{self, Tool, Toolbox};
use crate::{npm, shell, stages};
use anyhow::Result;

/// Where the pictures are.
const FOLDER: &str = "docs/screens";
/// How often Lighthouse looks when it is asked for by name.
const RUNS: u32 = 5;

/// Makes the pictures anew.
pub(crate) fn record() -> Result<()> {
    walk(&Toolbox::with(Tool::BROWSE)?, &["record", FOLDER])
}

/// Measures every screen, and looks whether its pictures are there.
pub(crate) fn check(tools: &Toolbox) -> Result<()> {
    walk(tools, &["check", FOLDER])
}

/// `cargo xtask audit`.
pub(crate) fn run_audit() -> Result<()> {
    audit(&Toolbox::with(Tool::AUDIT)?, RUNS)
}

/// axe-core on every screen, Lighthouse so many times on the start screen.
pub(crate) fn audit(tools: &Toolbox, runs: u32) -> Result<()> {
    let modules = npm::folder(&setup::cache_dir()?, npm::AUDIT)?.join("node_modules");
    let file = |name: &str| modules.join(name).to_string_lossy().into_owned();
    walk(tools, &["axe", &file("axe-core/axe.min.js")])?;
    page::build(tools, Page::Release, &Page::Release.folder())?;
    see(tools, &["lighthouse", &file("lighthouse/cli/index.js"), &runs.to_string()])
}

fn walk(tools: &Toolbox, words: &[&str]) -> Result<()> {
    page::build(tools, Page::Demo, &Page::Demo.folder())?;
    stages::build_programs(tools)?;
    see(tools, words)
}

/// It counts for itself, and fails if it saw nothing.
fn see(tools: &Toolbox, words: &[&str]) -> Result<()> {
    let folder = shell::root();
    let mut run = tools.command("cargo");
    run.args(["test", "--locked", "-p", "e2e", "--test", "screens", "--"]);
    // Cargo runs it in its crate's folder.
    let words = words.iter().map(|word| if *word == FOLDER { folder.join(word) } else { word.into() });
    shell::run(run.args(words))
}
