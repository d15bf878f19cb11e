//! The figures as a document.

use crate::figures::Figure;
use crate::spread::Spread;
use crate::{folder, machine};
use anyhow::{Context as _, Result, ensure};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- from here on written by `cargo xtask bench` -->";
const END: &str = "<!-- up to here -->";

/// What a figure came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    rows: Vec<Row>,
    budgets: Vec<Budget>,
}

#[derive(Debug)]
struct Row {
    what: String,
    unit: &'static str,
    rounds: Vec<f64>,
    /// The name of the baseline, and the ratio to it in each round.
    ratio: Option<(String, Vec<f64>)>,
}

#[derive(Debug)]
struct Budget {
    what: &'static str,
    unit: &'static str,
    most: f64,
    measured: f64,
    /// Why it is missed where it is.
    why: &'static str,
}

impl Outcome {
    /// A baseline, or whatever has none.
    pub(crate) fn plain(&mut self, what: impl Into<String>, unit: &'static str, rounds: &[f64]) {
        self.rows.push(Row { what: what.into(), unit, rounds: rounds.to_vec(), ratio: None });
    }

    /// What is divided by `baseline`, round by round.
    pub(crate) fn against(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        rounds: &[f64],
        (name, baseline): (&str, &[f64]),
    ) {
        let ratio = rounds.iter().zip(baseline).map(|(round, base)| round / base).collect();
        let ratio = Some((name.to_owned(), ratio));
        self.rows.push(Row { what: what.into(), unit, rounds: rounds.to_vec(), ratio });
    }

    /// Holds the median of `rounds` against a budget of the design.
    pub(crate) fn budget(
        &mut self,
        what: &'static str,
        unit: &'static str,
        most: f64,
        rounds: &[f64],
        why: &'static str,
    ) {
        let measured = Spread::of(rounds).map_or(f64::NAN, |spread| spread.median);
        self.budgets.push(Budget { what, unit, most, measured, why });
    }
}

/// A figure's part of the document.
pub(crate) fn section(figure: &Figure, outcome: &Outcome) -> String {
    let mut text = format!("### {}\n\n{}\n\n", figure.title, figure.method);
    text += "| | median | least – most | ratio |\n|---|--:|--:|---|\n";
    for Row { what, unit, rounds, ratio } in &outcome.rows {
        let Some(Spread { least, median, most }) = Spread::of(rounds) else { continue };
        let ratio = ratio.as_ref().and_then(|(name, rounds)| Some((name, Spread::of(rounds)?)));
        let ratio = ratio.map_or(String::new(), |(name, of)| {
            format!("× {} ({} – {}) {name}", number(of.median), number(of.least), number(of.most))
        });
        let (least, median, most) = (number(least), number(median), number(most));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {what} | {median} {unit} | {least} – {most} | {ratio} |");
    }
    for Budget { what, unit, most, measured, why } in &outcome.budgets {
        let verdict = if measured <= most {
            "kept".to_owned()
        } else {
            format!("**missed** by {} {unit}: {why}", number(measured - most))
        };
        let (most, measured) = (number(*most), number(*measured));
        let _ =
            writeln!(text, "\nBudget: {what} at most {most} {unit}. Measured {measured} {unit}: {verdict}.");
    }
    text
}

/// Three significant digits at least.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Writes the figures between the marks of `file`.
pub(crate) fn write(file: &Path, outcomes: &[(&'static Figure, Outcome)]) -> Result<()> {
    sound(outcomes)?;
    let text = fs::read_to_string(file)?;
    let (before, _, after) = parts(&text)?;
    let folder = folder::fresh("machine")?;
    let machine = machine::describe(&folder)?;
    let sections: Vec<_> = outcomes.iter().map(|(figure, outcome)| section(figure, outcome)).collect();
    let figures = format!("Measured on {machine}.\n\n{}", sections.join("\n"));
    fs::write(file, format!("{before}{BEGIN}\n\n{figures}\n{END}{after}"))?;
    Ok(())
}

/// Whether the figures can be what was measured, and `file` shows each of them.
pub(crate) fn check(file: &Path, outcomes: &[(&'static Figure, Outcome)]) -> Result<()> {
    sound(outcomes)?;
    let text = fs::read_to_string(file)?;
    let (_, figures, _) = parts(&text)?;
    for (figure, outcome) in outcomes {
        let wanted = section(figure, outcome);
        let heading = wanted.lines().next().unwrap_or_default();
        ensure!(figures.contains(heading), "{} does not show the figure {}", file.display(), figure.name);
    }
    Ok(())
}

fn sound(outcomes: &[(&'static Figure, Outcome)]) -> Result<()> {
    for (figure, outcome) in outcomes {
        ensure!(outcome.rows.iter().any(|row| row.ratio.is_some()), "{} has no baseline", figure.name);
        for row in &outcome.rows {
            let all = [Some(&row.rounds), row.ratio.as_ref().map(|(_, rounds)| rounds)];
            for rounds in all.into_iter().flatten() {
                let sound = Spread::of(rounds).is_some_and(|spread| spread.is_sound());
                ensure!(sound, "{}: {}: {rounds:?} is no measurement", figure.name, row.what);
            }
        }
    }
    Ok(())
}

fn parts(text: &str) -> Result<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN).context("the file has no place for the figures")?;
    let (figures, after) = rest.split_once(END).context("the place for the figures has no end")?;
    Ok((before, figures, after))
}
