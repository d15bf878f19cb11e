//! `cargo xtask bench`: what the proxy and the simulation cost, each against a named baseline in the same run.
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
bench [NAME]          measure every figure, or one
bench --record FILE   measure every figure and write them into FILE
bench --check FILE    run every figure in a small size, and look whether FILE has a place for each";

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["serve", role, ref more @ ..] => roles::serve(role, more).await,
        ["--record", file] => report::write(Path::new(file), &run(&FIGURES, Size::Full).await?),
        ["--check", file] => report::check(Path::new(file), &run(&FIGURES, Size::Small).await?),
        [] => run(&FIGURES, Size::Full).await.map(drop),
        [name] if !name.starts_with('-') => {
            let names = || FIGURES.map(|figure| figure.name).join(" ");
            let figure = FIGURES.iter().find(|figure| figure.name == name);
            let figure = figure.with_context(|| format!("no figure {name}; there are: {}", names()))?;
            run(std::slice::from_ref(figure), Size::Full).await.map(drop)
        }
        _ => bail!("{USAGE}"),
    }
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
