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
use std::sync::Mutex;
use std::thread;
use walk::Part;

/// How many parts of the walk are walked at a time.
const AT_A_TIME: usize = 2;

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
    let (queue, failed) = (Mutex::new(Part::ALL.iter()), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(part) = queue.lock().unwrap().next() else { break };
                    let walk = &walk;
                    // One that stumbles has said where; the others are walked all the same.
                    let ended = thread::scope(|scope| scope.spawn(move || run(part.walk(walk))).join());
                    *failed.lock().unwrap() += u32::from(ended.is_err());
                }
            });
        }
    });
    let (screens, faults) = walk.end();
    for fault in &faults {
        println!("{fault}");
    }
    let failed = failed.into_inner().unwrap();
    println!("\n{screens} screens, {} faults, {failed} parts not walked to their end", faults.len());
    if screens > 0 && faults.is_empty() && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
