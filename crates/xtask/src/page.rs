//! The page, built by Trunk and made ready to be served.

use crate::{
    dist,
    setup::{Tool, Toolbox},
    shell, shrink, texts, worker,
};
use anyhow::{Context as _, Result, bail, ensure};
use language::Part;
use std::path::{Path, PathBuf};

/// What a first visit to the till downloads at most, in bytes at brotli 11. The worker is in it; what that fetches once the
/// till is there, the office above all, is not.
const TILL_BUDGET: usize = 150_000;
/// And what a first visit to the office does, which nobody waits for with a card in the hand.
const OFFICE_BUDGET: usize = 170_000;

/// Which page to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// For merchants.
    Release,
    /// With the virtual reader (feature `demo`).
    Demo,
}

impl Page {
    /// The folder that the page is built into unless another is asked for.
    pub(crate) fn folder(self) -> PathBuf {
        match self {
            Self::Release => shell::root().join("dist"),
            Self::Demo => shell::target_dir().join("page-demo"),
        }
    }
}

/// `cargo xtask build [--demo] [--out DIR]`.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    let (page, options) = match options {
        ["--demo", rest @ ..] => (Page::Demo, rest),
        rest => (Page::Release, rest),
    };
    let out = match options {
        [] => page.folder(),
        ["--out", dir] => std::path::absolute(dir)?,
        _ => bail!("build takes [--demo] [--out DIR]"),
    };
    build(&Toolbox::with(Tool::PAGE)?, page, &out).map(drop)
}

/// How large a function LLVM still copies to where it is called, in its own measure. Of those tried from 0 to 25 this made the
/// smallest page; for size alone it takes 5.
const INLINE: u32 = 14;

/// Views without their types, which would be compiled one by one; and no path of this machine in the page's panics.
fn flags() -> Result<String> {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| Path::new(&home).join(".cargo"), PathBuf::from);
    let sources = cargo.join("registry/src").into_os_string().into_string().ok();
    let sources = sources.context("the path of Cargo's home is not UTF-8")?;
    Ok(format!(
        "--cfg erase_components -Cllvm-args=-inline-threshold={INLINE} --remap-path-prefix={sources}=crates"
    ))
}

/// Builds `page` into `out`, and the office into its folder there, prints what a first visit to each downloads, and answers the
/// till's bytes.
///
/// # Errors
/// Fails if something stays inline, or if a release page is over its budget.
pub(crate) fn build(tools: &Toolbox, page: Page, out: &Path) -> Result<usize> {
    let features: &[&str] = if page == Page::Demo { &["--features", "demo"] } else { &[] };
    part(tools, &shell::root(), features, out, "/", &[(Part::Till, "")])?;
    texts::write_manifest(out)?;
    let parts = [(Part::Office, ""), (Part::Receipt, "receipt-")];
    part(tools, &shell::root().join("office"), &[], &out.join("office"), "/office/", &parts)?;
    worker::write(out)?;
    let assets = dist::compress(out)?;
    let till = dist::print_first_visit("/", "", &assets);
    let office = dist::print_first_visit("/office/", "office", &assets);
    for (name, total, budget) in [("the till", till, TILL_BUDGET), ("the office", office, OFFICE_BUDGET)] {
        ensure!(
            page == Page::Demo || total <= budget,
            "a first visit to {name} downloads {total} bytes; the budget is {budget}"
        );
    }
    Ok(till)
}

/// Builds the page that `bench` measures the till's against, as that is built, and answers what a first visit downloads.
pub(crate) fn build_bare(tools: &Toolbox) -> Result<usize> {
    let out = shell::target_dir().join("page-bare");
    part(tools, &shell::root().join("crates/bench/bare-page"), &[], &out, "/", &[])?;
    Ok(dist::print_first_visit("the bare page", "", &dist::compress(&out)?))
}

/// Builds the page whose `index.html` is in `source`, served at `url`.
fn part(
    tools: &Toolbox,
    source: &Path,
    features: &[&str],
    out: &Path,
    url: &str,
    parts: &[(Part, &str)],
) -> Result<()> {
    let mut trunk = tools.command("trunk");
    trunk
        .args(["build", "--release", "--cargo-profile", "wasm-release", "--skip-version-check", "--dist"])
        .arg(out)
        .args(features);
    trunk.env("RUSTFLAGS", flags()?).current_dir(source);
    shell::run(&mut trunk)?;
    texts::write(out, url, parts)?;
    shrink::shrink(tools, out, !features.is_empty())?;
    dist::name_by_content(out)?;
    dist::move_scripts_out(out, url)
}
