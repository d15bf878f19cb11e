//! One walk over every screen of the till, the office and the customer's window, in a real Chromium: `record FOLDER` makes
//! pictures of them, `check FOLDER` measures them, `axe FILE` lets axe-core look at them, and `lighthouse PROGRAM RUNS` looks at the
//! start screen as merchants get it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a harness fails its run"
)]

mod lighthouse;
mod look;
mod walk;

use look::{Look, Walk};
use std::fs;
use std::process::ExitCode;
use walk::Part;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let look = match words[..] {
        ["record", folder] => Look::Record(folder.into()),
        ["check", folder] => Look::Check(folder.into()),
        ["axe", file] => Look::Axe(fs::read_to_string(file).expect("axe-core is installed")),
        ["lighthouse", program, runs] => return lighthouse::run(program, runs.parse().expect("a number")),
        _ => {
            println!("screens takes record FOLDER, check FOLDER, axe FILE or lighthouse PROGRAM RUNS");
            return ExitCode::FAILURE;
        }
    };
    let walk = Walk::new(look);
    let failed = e2e::play(Part::ALL, |part| part.walk(&walk), |_, _| ());
    let (screens, faults) = walk.end();
    for fault in &faults {
        println!("{fault}");
    }
    println!("\n{screens} screens, {} faults, {failed} parts not walked to their end", faults.len());
    if screens > 0 && faults.is_empty() && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
