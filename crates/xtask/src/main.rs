//! The project's tasks: `cargo xtask demo`, `build`, `test`, `sim`, `e2e readers`, `screens`, `audit`, `kill`, `bench`,
//! `strangers`, `fuzz` and `deny`.
//!
//! Each installs what it needs and finds missing, so that a fresh clone is one command away from running.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its user")]

mod alike;
mod bare;
mod demo;
mod dist;
mod fuzz;
mod kiosk;
mod npm;
mod package;
mod page;
mod screens;
mod server;
mod setup;
mod shell;
mod shrink;
mod stages;
mod strangers;
mod texts;
mod wasm;
mod worker;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [--port PORT]           set up, build and start everything; the page is on http://localhost:8080
cargo xtask build [--demo] [--out DIR]   build the page into dist/ and weigh it (--demo: into target/page-demo)
cargo xtask package                      build the proxy with the page inside, into target/package
cargo xtask bare                         pay through that program alone in a bare Debian; needs root
cargo xtask kiosk                        set a bare Debian up as a kiosk, start it and kill its page; needs root
cargo xtask test [STAGE...]              every check, or only the stages named
cargo xtask sim [--runs N] [--seed S] [--without NAME]
                                         simulate N payments under faults, or without one of the protections
cargo xtask e2e readers                  emulated USB readers in a real Chromium; needs root
cargo xtask screens [--check]            pictures of every screen into docs/screens, or measure each in eight windows
cargo xtask audit                        axe-core on every screen in every theme; Lighthouse on the start screen, five times
cargo xtask kill [STEP | burst SEED]     kill -9 of proxy, gateway and browser at each step of a payment, or at one
cargo xtask bench [FIGURE]               measure every figure into docs/benchmarks.md, or one; needs root
cargo xtask strangers                    other people's OAuth client, curl and sha1sum against the sandbox gateway
cargo xtask deny [--advisories]          licences, bans and sources of the dependencies (and known holes: needs GitHub)
cargo xtask fuzz [--execs N] [TARGET]    every decoder under libFuzzer, or one, with N inputs each (10000000)
cargo xtask setup                        only install what the others would";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<()> {
    match args {
        ["demo"] => demo::run(8080),
        ["demo", "--port", port] => demo::run(port.parse()?),
        ["build", options @ ..] => page::run(options),
        ["package"] => package::run(),
        ["bare"] => bare::run(),
        ["kiosk"] => kiosk::run(),
        ["test", stages @ ..] => stages::run(stages),
        ["sim", options @ ..] => stages::sim(options),
        ["e2e", "readers"] => stages::run(&["readers"]),
        ["screens"] => screens::record(),
        ["screens", "--check"] => stages::run(&["screens"]),
        ["audit"] => screens::run_audit(),
        ["kill", words @ ..] => stages::kill(words),
        ["bench"] => stages::bench(None),
        ["bench", figure] => stages::bench(Some(figure)),
        ["strangers"] => strangers::run(),
        ["deny"] => stages::deny(false),
        ["deny", "--advisories"] => stages::deny(true),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["setup"] => setup::Toolbox::with(&[setup::Tool::ALL, setup::Tool::AUDIT].concat()).map(drop),
        _ => bail!("unknown task\n\n{USAGE}"),
    }
}
