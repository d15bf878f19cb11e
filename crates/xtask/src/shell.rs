//! Commands: shown before they run, and named when they fail.

use anyhow::{Context as _, Result, bail, ensure};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    // Asked of Cargo at run time: clones that share a target folder share this program as well.
    let crate_dir = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    crate_dir.ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// Where Cargo builds.
pub(crate) fn target_dir() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Runs `command` with the terminal as its own.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed: {status}");
    Ok(())
}

/// Runs `command` quietly and answers what it wrote to standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = words(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a `cargo test` command and fails also if it ran no test: nothing passes because it was skipped.
pub(crate) fn run_tests(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let mut passed = 0;
    for text in BufReader::new(child.stdout.take().context("standard output is piped")?).lines() {
        let text = text?;
        println!("{text}");
        passed += passed_tests(&text);
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{line}` failed: {status}");
    ensure!(passed > 0, "`{line}` ran no test");
    Ok(())
}

/// The N of `test result: ok. N passed; …`, as libtest and wasm-bindgen-test-runner close.
fn passed_tests(line: &str) -> u32 {
    line.strip_prefix("test result: ok. ")
        .and_then(|rest| rest.split_once(" passed"))
        .and_then(|(count, _)| count.parse().ok())
        .unwrap_or(0)
}

fn announce(command: &Command) -> String {
    let line = words(command);
    eprintln!("$ {line}");
    line
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::passed_tests;

    #[test]
    fn counts_only_closing_lines() {
        assert_eq!(passed_tests("test result: ok. 12 passed; 0 failed; 0 ignored"), 12);
        assert_eq!(passed_tests("test result: FAILED. 3 passed; 1 failed"), 0);
        assert_eq!(passed_tests("test card::passed ... ok"), 0);
    }
}
