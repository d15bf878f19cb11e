//! `cargo xtask fuzz`: the targets of the package `fuzz` under libFuzzer, guided by coverage, on stable Rust.

use crate::shell;
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const EXECS: u64 = 10_000_000;

/// What cargo-fuzz passes as well, but for two things. The sanitizers need a nightly compiler and look for mistakes in
/// `unsafe` code: there is none here. Tracing compared values takes more time than the decoders; the words that they look
/// for are in the corpus.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table";

/// Limits of one process: memory in megabytes, seconds for one input, bytes of one input (`fuzz::MAX_INPUT`).
const LIMITS: [&str; 3] = ["-rss_limit_mb=512", "-timeout=10", "-max_len=2048"];

/// Runs one target or all of them, each with so many inputs, and prints what they did.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    let (execs, rest) = match options {
        ["--execs", execs, rest @ ..] => (execs.parse().context("--execs takes a number")?, rest),
        rest => (EXECS, rest),
    };
    let corpora = shell::root().join("fuzz/corpus");
    let all = targets(&corpora)?;
    let chosen = match rest {
        [] => all,
        [name] if all.contains(*name) => BTreeSet::from([(*name).to_owned()]),
        [name] => bail!("no target {name}; there are: {}", Vec::from_iter(all).join(" ")),
        _ => bail!("fuzz takes one target at most"),
    };
    let program = build()?;
    println!("{:<22} {:>12} {:>10} {:>8}", "target", "execs", "execs/s", "peak MB");
    for name in &chosen {
        let done = fuzz(&program, &corpora, name, execs)?;
        println!("{name:<22} {:>12} {:>10} {:>8}", done.execs, done.execs_per_second, done.peak_mb);
    }
    Ok(())
}

/// A corpus folder each; the tests of `fuzz` hold them and the table together.
fn targets(corpora: &Path) -> Result<BTreeSet<String>> {
    let folders = fs::read_dir(corpora).context("fuzz/corpus cannot be read")?;
    folders.map(|folder| Ok(folder?.file_name().to_string_lossy().into_owned())).collect()
}

/// The one program of all targets. `--target` keeps build scripts and macros, and every other build, out of the coverage.
fn build() -> Result<PathBuf> {
    let about = shell::read(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names its host")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--profile", "fuzz", "-p", "fuzz", "--bin", "fuzz"]);
    cargo.args(["--features", "libfuzzer", "--target", host]).env("RUSTFLAGS", COVERAGE);
    shell::run(&mut cargo)?;
    Ok(shell::target_dir().join(host).join("fuzz/fuzz"))
}

/// What a run was.
struct Done {
    execs: u64,
    execs_per_second: u64,
    peak_mb: u64,
}

fn fuzz(program: &Path, corpora: &Path, name: &str, execs: u64) -> Result<Done> {
    let folder = shell::target_dir().join("fuzz-runs").join(name);
    let (found, log) = (folder.join("found"), folder.join("log"));
    fs::create_dir_all(&found)?;
    let status = Command::new(program)
        .env("FUZZ_TARGET", name)
        .args(LIMITS)
        .args([format!("-runs={execs}"), format!("-artifact_prefix={}/", folder.display())])
        .args(["-verbosity=0", "-print_final_stats=1"])
        // What it finds is written to the first folder.
        .args([&found, &corpora.join(name)])
        .stderr(fs::File::create(&log)?)
        .status()?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if !status.success() {
        let input =
            text.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path);
        bail!("{name} fails; the input is {}, the log is {}", input.unwrap_or("unknown"), log.display());
    }
    let stat = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        line.and_then(|number| number.parse().ok()).with_context(|| format!("libFuzzer says no {name}"))
    };
    let done = Done {
        execs: stat("stat::number_of_executed_units:")?,
        execs_per_second: stat("stat::average_exec_per_sec:")?,
        peak_mb: stat("stat::peak_rss_mb:")?,
    };
    ensure!(done.execs >= execs, "{name} ended after {} inputs; the log is {}", done.execs, log.display());
    Ok(done)
}
