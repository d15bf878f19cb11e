//! What is asserted of a whole run, and its tables for the documentation.

use crate::faults::{Fault, Step};
use crate::protections::{Protection, Setting};
use crate::runs::{self, Result as Run};
use crate::shrink;
use anyhow::{Context as _, Result, bail, ensure};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// The ordinary run.
pub(crate) const PAYMENTS: u64 = 100_000;
const SEED: u64 = 1;
/// Within so many payments the lack of a protection must show.
const PAYMENTS_WITHOUT: u64 = 20_000;
/// The mix of all transactions in the ordinary run.
const PAYMENTS_AFTERWARDS: u64 = 10_000;
/// How often each fault must have struck at each step.
const LEAST: u64 = 50;

const BEGIN: &str = "<!-- from here on written by `cargo xtask test sim` -->";
const END: &str = "<!-- up to here -->";

/// One line about a run.
pub(crate) fn sum(run: &Run) -> String {
    let tenths = run.faults_a_payment();
    format!("{} payments, {} faults ({}.{} a payment)", run.payments, run.faults, tenths / 10, tenths % 10)
}

/// A run that hardly ever meets a fault at some step proves nothing about it.
pub(crate) fn assert_it_sees(run: &Run, setting: Setting) -> Result<()> {
    ensure!(run.faults_a_payment() >= 30, "only {}", sum(run));
    if setting.all {
        return assert_it_sees_afterwards(run, LEAST);
    }
    for fault in Fault::ALL {
        for step in Step::ALL {
            let count = run.count(fault, step);
            ensure!(count >= LEAST, "“{}” struck only {count} times at {step:?}", fault.text());
        }
    }
    Ok(())
}

/// Every kind of transaction after the sale, and both ends of an equal part whose answer was lost.
fn assert_it_sees_afterwards(run: &Run, least: u64) -> Result<()> {
    let seen = |what: &str| run.tally.0.get(what).copied().unwrap_or_default();
    for what in [
        "captured",
        "captured in part",
        "returned whole",
        "returned in part",
        "voided",
        "refused by bank or gateway",
        "answer lost, or the gateway does not know",
        "second of two equal parts, answer lost",
        "second of two equal parts, answer lost: a person’s",
        "day closed, totals agree",
        "day closed, totals differ",
        "day closed, totals of the gateway not known",
        "closing of the day refused",
        "closing of the day not known for a while",
        "gate blocked while the day is closed",
        "day not closed: something is not final",
        "payment refused while the day is closed",
        "shops whose days agree with the gateway’s to the minor unit",
    ] {
        ensure!(seen(what) >= least, "“{what}” was seen only {} times", seen(what));
    }
    Ok(())
}

/// What came after the sale, a line each.
pub(crate) fn afterwards(run: &Run) -> String {
    run.tally.0.iter().map(|(what, count)| format!("{count:>8}  {what}\n")).collect()
}

fn afterwards_table(run: &Run) -> String {
    let rows: String = run.tally.0.iter().map(|(what, count)| format!("| {what} | {count} |\n")).collect();
    format!(
        "### After the sale\n\n{}, seed {SEED}, with captures, returns in part, voids and closings of the day (`--mix all`).\n\n\
         | what became of it | times |\n|---|--:|\n{rows}",
        sum(run)
    )
}

/// The ordinary run and one without each protection, into the documentation.
pub(crate) fn record(file: &Path) -> Result<()> {
    let begun = Instant::now();
    let run = runs::run(PAYMENTS, SEED, Setting::default());
    println!("{}, {} s", sum(&run), begun.elapsed().as_secs());
    if let Some(failure) = &run.failure {
        println!("{}", shrink::story(failure.seed, Setting::default()));
        bail!("world {}: {}", failure.seed, failure.what);
    }
    assert_it_sees(&run, Setting::default())?;
    let mix = Setting { without: None, all: true };
    let after = runs::run(PAYMENTS_AFTERWARDS, SEED, mix);
    println!("with all transactions: {}", sum(&after));
    if let Some(failure) = &after.failure {
        println!("{}", shrink::story(failure.seed, mix));
        bail!("world {}: {}", failure.seed, failure.what);
    }
    assert_it_sees_afterwards(&after, LEAST / 10)?;
    let mut protections = String::new();
    for protection in Protection::ALL.into_iter().chain(Protection::AFTERWARDS) {
        let name = protection.name();
        let all = Protection::AFTERWARDS.contains(&protection);
        let failure = runs::run(PAYMENTS_WITHOUT, SEED, Setting { without: Some(protection), all }).failure;
        let failure = failure.with_context(|| format!("without {name} nothing fails"))?;
        println!("without {name}: {} after {} payments", failure.what, failure.payments);
        let (without, what) = (protection.without(), failure.what.replace('|', "/"));
        protections += &format!("| `{name}` | {without} | {} | {what} |\n", failure.payments);
    }
    let text = fs::read_to_string(file)?;
    let (before, rest) = text.split_once(BEGIN).context("the file has no place for the tables")?;
    let (_, behind) = rest.split_once(END).context("the place for the tables has no end")?;
    let tables = format!("{}\n{}\n{}", faults(&run), afterwards_table(&after), without(&protections));
    fs::write(file, format!("{before}{BEGIN}\n\n{tables}\n{END}{behind}"))?;
    Ok(())
}

fn faults(run: &Run) -> String {
    let mut table = format!(
        "### Faults injected and survived\n\n{}, seed {SEED}. Each number is how often that fault struck while the \
         till stood at that step.\n\n| fault |",
        sum(run)
    );
    for step in Step::ALL {
        table += &format!(" {step:?} |");
    }
    table += &format!("\n|---|{}\n", "--:|".repeat(Step::ALL.len()));
    for fault in Fault::ALL {
        let counts = Step::ALL.map(|step| format!(" {} |", run.count(fault, step)));
        table += &format!("| {} |{}\n", fault.text(), counts.concat());
    }
    let [reversed, forgotten, unknown] = run.limits;
    table += &format!(
        "\nWhat a store put back from a backup cost, of {} times that one was: {reversed} payments shown as approved were \
         given back by a kiosk’s proxy, {forgotten} returns were forgotten by the proxy, and {unknown} charges were known \
         to the gateway only, as the page’s profile was wiped as well.\n",
        Step::ALL.map(|step| run.count(Fault::ProxyRestored, step)).iter().sum::<u64>()
    );
    table
}

fn without(rows: &str) -> String {
    format!(
        "### Protections that matter\n\nEach is left out by the simulation’s drivers; shipped code has no switch for it. \
         The third column is the number of payments after which its lack showed; the last three were run with \
         `--mix all`.\n\n\
         | without | what happens instead | payments | what was seen |\n|---|---|--:|---|\n{rows}"
    )
}
