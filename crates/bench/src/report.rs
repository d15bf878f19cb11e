//! The figures as a document.

use crate::figures::{FIGURES, Figure};
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

/// Writes the figures between the marks of `file`; those that were not measured stay as they are.
///
/// # Errors
/// Fails if some stay that were measured on another machine.
pub(crate) fn write(file: &Path, outcomes: &[(&'static Figure, Outcome)]) -> Result<()> {
    sound(outcomes)?;
    let text = fs::read_to_string(file)?;
    let (before, old, after) = parts(&text)?;
    let folder = folder::fresh("machine")?;
    let machine = format!("Measured on {}.", machine::describe(&folder)?);
    let new: Vec<_> =
        outcomes.iter().map(|(figure, outcome)| (figure.title, section(figure, outcome))).collect();
    let (sections, stay) = joined(&FIGURES.map(|figure| figure.title), old, &new);
    ensure!(
        !stay || old.contains(&machine),
        "{} has figures of another machine or system; `cargo xtask bench` measures all anew",
        file.display()
    );
    fs::write(file, format!("{before}{BEGIN}\n\n{machine}\n\n{sections}\n{END}{after}"))?;
    Ok(())
}

/// The sections in the order of their titles, new ones in the place of old ones; and whether an old one stays.
fn joined(titles: &[&str], old: &str, new: &[(&str, String)]) -> (String, bool) {
    let kept = |title: &str| {
        let mut sections = old.split("\n### ").skip(1);
        let section = sections.find(|section| section.lines().next() == Some(title))?;
        Some(format!("### {}\n", section.trim_end()))
    };
    let mut stay = false;
    let sections = titles.iter().filter_map(|title| {
        let measured = new.iter().find(|(of, _)| of == title).map(|(_, section)| section.clone());
        measured.or_else(|| kept(title).inspect(|_| stay = true))
    });
    (sections.collect::<Vec<_>>().join("\n"), stay)
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

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_figure_takes_the_place_of_its_earlier_self() {
        let section = |title: &str, text: &str| format!("### {title}\n\n{text}\n");
        let titles = ["One", "Two", "Three"];
        let old =
            format!("\n\nMeasured here.\n\n{}\n{}\n", section("One", "1"), section("Three", "3 | ### 3"));
        let new = [("Two", section("Two", "2")), ("Three", section("Three", "33"))];
        let wanted = [section("One", "1"), section("Two", "2"), section("Three", "33")].join("\n");
        assert_eq!(joined(&titles, &old, &new), (wanted, true));
        let kept = [section("One", "1"), section("Three", "3 | ### 3")].join("\n");
        assert_eq!(joined(&titles, &old, &[]), (kept, true));
        let all = titles.map(|title| (title, section(title, "new")));
        let wanted = titles.map(|title| section(title, "new")).join("\n");
        assert_eq!(joined(&titles, &old, &all), (wanted, false));
    }
}
