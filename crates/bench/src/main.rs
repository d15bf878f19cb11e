//! `cargo xtask bench`: what proxy, page and simulation cost, each against a named baseline in the same run.
#![allow(clippy::print_stdout, reason = "a command-line tool talks to its user")]
#![allow(clippy::float_arithmetic, reason = "times, memory and their ratios; no money")]

mod client;
mod figures;
mod folder;
mod load;
mod machine;
mod process;
mod report;
mod roles;
mod sample;
mod spread;

use anyhow::{Context as _, Result, bail};
use figures::{FIGURES, Figure, Size};
use report::Outcome;
use std::path::Path;

const USAGE: &str = "\
bench --record FILE [NAME]   measure every figure, or one, and write it into FILE
bench --check FILE           run every figure in a small size, and look whether FILE has a place for each";

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["serve", role, ref more @ ..] => roles::serve(role, more).await,
        ["--record", file] => record(file, &FIGURES).await,
        ["--record", file, name] => {
            let names = || FIGURES.map(|figure| figure.name).join(" ");
            let figure = FIGURES.iter().find(|figure| figure.name == name);
            let figure = figure.with_context(|| format!("no figure {name}; there are: {}", names()))?;
            record(file, std::slice::from_ref(figure)).await
        }
        ["--check", file] => report::check(Path::new(file), &run(&FIGURES, Size::Small).await?),
        _ => bail!("{USAGE}"),
    }
}

async fn record(file: &str, figures: &'static [Figure]) -> Result<()> {
    report::write(Path::new(file), &run(figures, Size::Full).await?)
}

async fn run(figures: &'static [Figure], size: Size) -> Result<Vec<(&'static Figure, Outcome)>> {
    let mut outcomes = vec![];
    for figure in figures {
        let folder = folder::fresh(figure.name)?;
        let outcome = (figure.run)(size, folder.clone()).await;
        let outcome = outcome.with_context(|| format!("figure {}", figure.name))?;
        folder::remove(&folder)?;
        println!("{}", report::section(figure, &outcome));
        outcomes.push((figure, outcome));
    }
    Ok(outcomes)
}
