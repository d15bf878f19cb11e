//! `cargo xtask test`: every check, stage by stage, the first failure ending it.

use crate::page::{self, Page};
use crate::setup::{self, Tool, Toolbox};
use crate::{screens, shell, strangers};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const WASM: &str = "wasm32-unknown-unknown";
/// The crates that run in the page, and natively as well.
const PORTABLE: [&str; 4] = ["tlv", "reader", "paynet", "payment"];

struct Stage {
    name: &'static str,
    needs: &'static [Tool],
    run: fn(&Toolbox) -> Result<()>,
}

const STAGES: [Stage; 16] = [
    Stage { name: "fmt", needs: &[], run: fmt },
    Stage { name: "clippy", needs: &[Tool::WasmTarget], run: clippy },
    Stage { name: "deny", needs: &[Tool::CargoDeny], run: |tools| run_deny(tools, OFFLINE_CHECKS) },
    Stage { name: "native", needs: &[], run: native },
    Stage { name: "sim", needs: &[], run: |_| sim(&["--record", "docs/reliability.md"]) },
    Stage { name: "wasm", needs: Tool::BROWSER, run: wasm },
    Stage { name: "page", needs: Tool::BROWSER, run: page_tests },
    Stage { name: "size", needs: Tool::PAGE, run: size },
    Stage { name: "package", needs: Tool::PAGE, run: own_page },
    Stage { name: "strangers", needs: &[Tool::Curl], run: strangers::meet },
    Stage { name: "e2e", needs: Tool::ALL, run: e2e },
    Stage { name: "screens", needs: Tool::BROWSE, run: screens::check },
    Stage { name: "audit", needs: Tool::AUDIT, run: |tools| screens::audit(tools, 1) },
    Stage { name: "kill", needs: Tool::ALL, run: |tools| run_kill(tools, &[]) },
    Stage { name: "bench", needs: Tool::ALL, run: |tools| run_bench(tools, &["--check", FIGURES]) },
    Stage { name: "readers", needs: Tool::READERS, run: readers },
];

/// Where the figures of `cargo xtask bench` are.
const FIGURES: &str = "docs/benchmarks.md";

/// What cargo-deny can check without its database of known holes, which is on GitHub.
const OFFLINE_CHECKS: &[&str] = &["licenses", "bans", "sources"];

/// Runs the stages named, or all of them, and prints the minutes that each took.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| STAGES.iter().all(|stage| stage.name != **name)) {
        bail!("no stage {unknown}; there are: {}", STAGES.map(|stage| stage.name).join(" "));
    }
    let begun = Instant::now();
    let chosen = || STAGES.iter().filter(|stage| names.is_empty() || names.contains(&stage.name));
    let tools = Toolbox::with(&chosen().flat_map(|stage| stage.needs).copied().collect::<Vec<_>>())?;
    let mut report = vec![("setup", begun.elapsed())];
    let mut result = Ok(());
    for stage in chosen() {
        eprintln!("\n== {}", stage.name);
        let begun = Instant::now();
        result = (stage.run)(&tools).with_context(|| format!("stage {} failed", stage.name));
        report.push((stage.name, begun.elapsed()));
        if result.is_err() {
            break;
        }
    }
    println!("\nminutes per stage:");
    for (name, time) in report.iter().chain([&("in all", begun.elapsed())]) {
        println!("{:>7.1}  {name}", minutes(*time));
    }
    result
}

/// `cargo xtask deny`, with `--advisories` also against the database of known holes.
pub(crate) fn deny(advisories: bool) -> Result<()> {
    let tools = Toolbox::with(&[Tool::CargoDeny])?;
    run_deny(&tools, OFFLINE_CHECKS)?;
    if advisories { run_deny(&tools, &["advisories"]) } else { Ok(()) }
}

fn run_deny(tools: &Toolbox, checks: &[&str]) -> Result<()> {
    shell::run(tools.command("cargo-deny").args(["--workspace", "--locked", "check"]).args(checks))
}

fn fmt(tools: &Toolbox) -> Result<()> {
    shell::run(tools.command("cargo").args(["fmt", "--all", "--check"]))
}

fn size(tools: &Toolbox) -> Result<()> {
    page::build(tools, Page::Release, &Page::Release.folder()).map(drop)
}

/// The page inside the program is the one in the folder.
fn own_page(tools: &Toolbox) -> Result<()> {
    let folder = Page::Release.folder();
    page::build(tools, Page::Release, &folder)?;
    let mut tests = tools.command("cargo");
    tests.args(["test", "--locked", "-p", "proxy", "--features", "built-in-page", "--test", "own_page"]);
    shell::run_tests(tests.env("MPOS_PAGE", folder))
}

fn clippy(tools: &Toolbox) -> Result<()> {
    let mut native = tools.command("cargo");
    native.args(["clippy", "--locked", "--workspace", "--all-targets"]);
    shell::run(native.args(["--", "-D", "warnings"]))?;
    for features in [&[][..], &["--features", "demo"]] {
        let mut page = tools.command("cargo");
        page.args(["clippy", "--locked", "-p", "mpos-terminal", "--all-targets", "--target", WASM])
            .args(features);
        shell::run(page.args(["--", "-D", "warnings"]))?;
    }
    let mut others = tools.command("cargo");
    others.args(["clippy", "--locked", "-p", "office", "-p", "bare-page", "--all-targets", "--target", WASM]);
    shell::run(others.args(["--", "-D", "warnings"]))?;
    Ok(())
}

fn native(tools: &Toolbox) -> Result<()> {
    let mut tests = tools.command("cargo");
    tests.args(["test", "--locked", "--workspace", "--exclude", "e2e"]);
    shell::run_tests(&mut tests)
}

/// Shops with one seed each and every fault there is. Writes what it saw into the documentation.
pub(crate) fn sim(options: &[&str]) -> Result<()> {
    let mut sim = Command::new("cargo");
    sim.args(["run", "--locked", "--release", "--quiet", "-p", "sim", "--"]).args(options);
    shell::run(sim.current_dir(shell::root()))
}

fn wasm(tools: &Toolbox) -> Result<()> {
    PORTABLE.iter().try_for_each(|package| shell::run_tests(&mut browser_tests(tools, package)?))
}

fn page_tests(tools: &Toolbox) -> Result<()> {
    shell::run_tests(browser_tests(tools, "mpos-terminal")?.args(["--features", "demo"]))?;
    shell::run_tests(&mut browser_tests(tools, "office")?)
}

/// `cargo test` of `package` compiled to wasm, in a headless Chromium.
fn browser_tests(tools: &Toolbox, package: &str) -> Result<Command> {
    let capabilities = shell::target_dir().join("webdriver.json");
    // Chromium's own sandbox refuses to start for root.
    let sandbox = if setup::is_root() { r#", "--no-sandbox""# } else { "" };
    let arguments = r#""--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking""#;
    fs::write(&capabilities, format!(r#"{{"goog:chromeOptions": {{"args": [{arguments}{sandbox}]}}}}"#))?;
    let mut tests = tools.command("cargo");
    tests.args(["test", "--locked", "-p", package, "--target", WASM]);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    tests.env("WASM_BINDGEN_USE_BROWSER", "1").env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    tests.env("CHROMEDRIVER", "chromedriver").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    tests.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    Ok(tests)
}

fn e2e(tools: &Toolbox) -> Result<()> {
    for page in [Page::Release, Page::Demo] {
        page::build(tools, page, &page.folder())?;
    }
    build_programs(tools)?;
    // The readers' tests are a stage of their own: they need root, and the machine for themselves.
    let tests = ["test", "--locked", "-p", "e2e", "--", "--skip", "readers::"];
    shell::run_tests(tools.command("cargo").args(tests))
}

/// `cargo xtask kill`: every step with all victims, or what is named.
pub(crate) fn kill(words: &[&str]) -> Result<()> {
    run_kill(&Toolbox::with(Tool::ALL)?, if words.is_empty() { &["matrix"] } else { words })
}

fn run_kill(tools: &Toolbox, words: &[&str]) -> Result<()> {
    page::build(tools, Page::Demo, &Page::Demo.folder())?;
    build_programs(tools)?;
    // It counts for itself, and fails if it played nothing.
    let tests = ["test", "--locked", "-p", "e2e", "--test", "kill", "--"];
    shell::run(tools.command("cargo").args(tests).args(words))
}

/// `cargo xtask bench`: every figure into the documentation, or the one that is named.
pub(crate) fn bench(figure: Option<&str>) -> Result<()> {
    let words: Vec<_> = ["--record", FIGURES].into_iter().chain(figure).collect();
    run_bench(&Toolbox::with(Tool::ALL)?, &words)
}

fn run_bench(tools: &Toolbox, words: &[&str]) -> Result<()> {
    let till = page::build(tools, Page::Release, &Page::Release.folder())?;
    page::build(tools, Page::Demo, &Page::Demo.folder())?;
    let first_visits = format!("{} {till}", page::build_bare(tools)?);
    let mut programs = tools.command("cargo");
    programs.args(["build", "--locked", "--release", "--bins"]);
    let packages = ["-p", "bench", "-p", "gateway-sim", "-p", "proxy", "-p", "reader-sim", "-p", "sim"];
    shell::run(programs.args(packages))?;
    let bench = shell::target_dir().join("release/bench");
    let mut bench = tools.command(&bench.to_string_lossy());
    shell::run(bench.args(words).env("FIRST_VISITS", first_visits).current_dir(shell::root()))
}

/// Emulated readers in a real Chromium.
fn readers(tools: &Toolbox) -> Result<()> {
    page::build(tools, Page::Release, &Page::Release.folder())?;
    // The receipt printer stands beside the virtual reader.
    page::build(tools, Page::Demo, &Page::Demo.folder())?;
    build_programs(tools)?;
    let tests = ["testbed", "readers", "printer", "lockdown"].map(|test| ["--test", test]);
    shell::run_tests(tools.command("cargo").args(["test", "--locked", "-p", "e2e"]).args(tests.concat()))
}

/// What scenarios start beside the browser.
pub(crate) fn build_programs(tools: &Toolbox) -> Result<()> {
    let packages = ["-p", "gateway-sim", "-p", "proxy", "-p", "reader-sim"];
    shell::run(tools.command("cargo").args(["build", "--locked", "--bins"]).args(packages))
}

#[allow(clippy::float_arithmetic, reason = "minutes for people, no money")]
fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}
