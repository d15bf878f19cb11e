//! The lines of a receipt as characters of a printer, 42 or 48 to a line.

use crate::line::{Line, Size};

/// How many characters the line to sign on has.
const SIGN: usize = 30;

/// A row on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Characters, no more than the paper is wide.
    Text(String, Size),
    /// A code to scan.
    Code(String),
}

/// The rows of these lines on paper of so many characters, at least 20. Nothing is cut: what is too long goes on.
#[must_use]
pub fn rows(lines: &[Line], columns: usize) -> Vec<Row> {
    let columns = columns.max(20);
    let mut rows = vec![];
    for line in lines {
        match line {
            Line::Centred(text, size) => {
                let wrapped = wrap(text, columns).into_iter();
                rows.extend(wrapped.map(|text| Row::Text(centred(&text, columns), *size)));
            }
            Line::Pair(label, value, size) => {
                rows.extend(pair(label, value, columns).into_iter().map(|text| Row::Text(text, *size)));
            }
            Line::Rule => rows.push(Row::Text("-".repeat(columns), Size::Normal)),
            Line::Blank => rows.push(Row::Text(String::new(), Size::Normal)),
            Line::Sign(words) => {
                let line = "_".repeat(SIGN.min(columns.saturating_sub(width(words) + 1)));
                let sign = [String::new(), String::new(), format!("{words} {line}")];
                rows.extend(sign.map(|text| Row::Text(text, Size::Normal)));
            }
            Line::Link(link) => {
                rows.push(Row::Code(link.clone()));
                rows.extend(wrap(link, columns).into_iter().map(|text| Row::Text(text, Size::Normal)));
            }
        }
    }
    rows
}

/// All of it as plain text. A code to scan is left to its text.
#[must_use]
pub fn plain(lines: &[Line], columns: usize) -> String {
    let mut text = String::new();
    for row in rows(lines, columns) {
        if let Row::Text(row, _) = row {
            text.push_str(&row);
            text.push('\n');
        }
    }
    text
}

fn pair(label: &str, value: &str, columns: usize) -> Vec<String> {
    let gap = columns.saturating_sub(width(label) + width(value));
    if gap > 0 {
        return vec![format!("{label}{}{value}", " ".repeat(gap))];
    }
    let mut rows = wrap(label, columns);
    rows.extend(wrap(value, columns).into_iter().map(|part| {
        let gap = columns.saturating_sub(width(&part));
        format!("{}{part}", " ".repeat(gap))
    }));
    rows
}

fn centred(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(width(text)) / 2;
    format!("{}{text}", " ".repeat(gap))
}

/// Breaks between words, and within one that is longer than a line.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut rows = vec![];
    let mut row = String::new();
    for word in text.split_whitespace() {
        if !row.is_empty() && width(&row) + 1 + width(word) <= columns {
            row.push(' ');
            row.push_str(word);
            continue;
        }
        if !row.is_empty() {
            rows.push(std::mem::take(&mut row));
        }
        for letter in word.chars() {
            if width(&row) == columns {
                rows.push(std::mem::take(&mut row));
            }
            row.push(letter);
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

/// A printer's font gives each character the same room, and none to the marks round a value in a text from right to left.
fn width(text: &str) -> usize {
    text.chars().filter(|letter| !matches!(letter, '\u{2068}' | '\u{2069}')).count()
}
