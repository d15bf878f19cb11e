//! `cargo xtask sim`: the money under every fault, in one process, with one seed and a fake clock.
#![allow(clippy::print_stdout, reason = "a command-line tool talks to its user")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a simulation that breaks its own rules must stop, as a test does"
)]

mod afterwards;
mod callback;
mod calls;
mod closing;
mod day;
mod faults;
mod gateway;
mod invariants;
mod network;
mod office;
mod office_books;
mod page;
mod protections;
mod proxy;
mod random;
mod report;
mod runs;
mod shrink;
mod store;
mod strike;
mod world;

use anyhow::{Context as _, Result, bail};
use protections::{Protection, Setting};
use std::path::Path;
use std::time::Instant;

const USAGE: &str = "\
sim [--runs N] [--seed S] [--without NAME]   simulate N payments (100000), the seed being S (1)
sim … --mix all                              captures, returns in part, voids and days that are closed as well, everywhere but with --record
sim --record FILE                            100000 payments, and 20000 without each protection, which must fail;
                                             writes both tables into FILE
sim --world SEED [--without NAME]            tell the story of one world that fails, with the fewest faults";

fn main() -> Result<()> {
    let (mut payments, mut seed, mut setting, mut world) = (100_000, 1, Setting::default(), None);
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().with_context(|| format!("{name} wants a value\n\n{USAGE}"))?;
        match name.as_str() {
            "--runs" => payments = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--record" => return report::record(Path::new(&value)),
            "--world" => world = Some(value.parse()?),
            "--mix" if value == "all" => setting.all = true,
            "--without" => {
                setting.without = Some(Protection::named(&value).with_context(|| {
                    format!(
                        "no protection {value}; there are: {}",
                        Protection::ALL
                            .iter()
                            .chain(&Protection::AFTERWARDS)
                            .map(|p| p.name())
                            .collect::<Vec<_>>()
                            .join(" ")
                    )
                })?);
            }
            _ => bail!("{USAGE}"),
        }
    }
    if let Some(world) = world {
        println!("{}", shrink::story(world, setting));
        return Ok(());
    }
    let begun = Instant::now();
    let result = runs::run(payments, seed, setting);
    let ms = begun.elapsed().as_millis();
    println!("{}, {ms} ms", report::sum(&result));
    if let Some(failure) = result.failure {
        println!("{}", shrink::story(failure.seed, setting));
        bail!("after {} payments, world {}: {}", failure.payments, failure.seed, failure.what);
    }
    if setting.all {
        println!("{}", report::afterwards(&result));
    }
    match setting.without {
        None if payments >= report::PAYMENTS => report::assert_it_sees(&result, setting),
        _ => Ok(()),
    }
}
