//! The style sheets take colours, type, spaces, lines and times from `style/tokens.css` and have none of their own. Measures of
//! one thing, such as the least height of a key, stand with the thing.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;

const FOLDERS: [&str; 3] = ["style", "office/style", "public/customer"];
const TOKENS: &str = "tokens.css";

/// What has its lengths and times from tokens, by how the property's name begins.
const MEASURED: [&str; 9] =
    ["font", "padding", "margin", "gap", "border", "outline", "box-shadow", "transition", "animation"];
const UNITS: [&str; 13] = ["px", "rem", "em", "ch", "mm", "pt", "vw", "vh", "vmin", "vmax", "cqi", "ms", "s"];
const COLOURS: [&str; 9] = ["#", "rgb", "hsl", "oklch", "color-mix", "white", "black", "red", "yellow"];

/// What is wrong with a declaration, if anything is.
fn fault(property: &str, value: &str, is_print: bool) -> Option<String> {
    let words =
        value.split(|c: char| c.is_whitespace() || "(),/".contains(c)).filter(|word| !word.is_empty());
    for word in words {
        if COLOURS.iter().any(|colour| word == *colour || (*colour == "#" && word.starts_with('#'))) {
            return Some(format!("`{property}: {value}` has a colour of its own"));
        }
        let number = word.trim_start_matches(['-', '+']);
        let unit = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_measure = unit.len() < number.len() && UNITS.contains(&unit);
        // Paper has its own measures: millimetres and points.
        let is_on_paper = is_print && matches!(unit, "mm" | "pt");
        if is_measure && !is_on_paper && MEASURED.iter().any(|kind| property.starts_with(kind)) {
            return Some(format!("`{property}: {value}` has {word} of its own"));
        }
    }
    None
}

/// The faults of a style sheet.
fn faults(css: &str) -> Vec<String> {
    let mut rest = css.to_owned();
    while let (Some(from), Some(to)) = (rest.find("/*"), rest.find("*/")) {
        rest.replace_range(from..to + 2, "");
    }
    let (mut found, mut blocks) = (vec![], vec![]);
    let mut part = String::new();
    for letter in rest.chars() {
        match letter {
            '{' => blocks.push(std::mem::take(&mut part)),
            ';' | '}' => {
                let is_print = blocks.iter().any(|block| block.contains("print") || block.contains("@page"));
                if let Some((property, value)) = part.trim().split_once(':') {
                    found.extend(fault(property.trim(), value.trim(), is_print));
                }
                part.clear();
                if letter == '}' {
                    blocks.pop();
                }
            }
            _ => part.push(letter),
        }
    }
    found
}

#[test]
fn style_sheets_take_everything_from_tokens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut sheets, mut found) = (0, vec![]);
    for folder in FOLDERS {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let is_sheet = path.extension().is_some_and(|kind| kind == "css") && !path.ends_with(TOKENS);
            if is_sheet {
                sheets += 1;
                let own = faults(&fs::read_to_string(&path).unwrap());
                found.extend(own.into_iter().map(|fault| format!("{}: {fault}", path.display())));
            }
        }
    }
    assert!(sheets > 10, "the style sheets are not where they were");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_colour_or_a_measure_of_its_own_is_found() {
    for css in [
        "a { color: #fff }",
        "a { background: rgb(0 0 0 / 50%); }",
        "a { border: var(--line) solid black }",
        "a { padding: var(--s1) 3px }",
        "@media (width > 1px) { a { margin: calc(-1 * 0.5rem) } }",
        "a { font: 600 14px var(--font) }",
        "a { transition: color 50ms }",
        "a { gap: 1mm }",
    ] {
        assert_eq!(faults(css).len(), 1, "{css}");
    }
    for css in [
        "a { color: var(--text); padding: 0 var(--s1); font: 700 var(--title)/1.2 var(--font) }",
        "a { min-height: 6rem; margin: 0 auto; border-radius: 50% }",
        "@media print { a { padding: 0.5mm; font-size: 9pt } }",
        "/* #fff */ a[href=\"#\"] { color: currentColor }",
    ] {
        assert_eq!(faults(css), Vec::<String>::new(), "{css}");
    }
}
