//! The colours of `style/tokens.css` keep their contrast in every theme.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::float_arithmetic, reason = "luminance; no money here")]

use std::collections::HashMap;

const TOKENS: &str = include_str!("../style/tokens.css");
const THEMES: [&str; 3] = ["light", "dark", "more contrast"];

/// Ink, what it is on, the least ratio.
const PAIRS: &[(&str, &str, f64)] = &[
    ("text", "bg", 4.5),
    ("text", "surface", 4.5),
    ("text", "sunken", 4.5),
    ("text", "paid-tint", 4.5),
    ("text", "not-paid-tint", 4.5),
    ("text", "not-known-tint", 4.5),
    ("text", "info-tint", 4.5),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "sunken", 4.5),
    ("border", "bg", 3.0),
    ("border", "surface", 3.0),
    ("border", "sunken", 3.0),
    ("primary", "bg", 4.5),
    ("primary", "surface", 4.5),
    ("on-primary", "primary", 4.5),
    ("on-primary", "primary-pressed", 4.5),
    ("paid", "bg", 3.0),
    ("paid", "surface", 3.0),
    ("on-paid", "paid", 4.5),
    ("paid-ink", "bg", 4.5),
    ("paid-ink", "paid-tint", 4.5),
    ("not-paid", "bg", 4.5),
    ("not-paid", "surface", 4.5),
    ("not-paid", "not-paid-tint", 4.5),
    ("not-known", "bg", 4.5),
    ("not-known", "surface", 4.5),
    ("not-known", "not-known-tint", 4.5),
    ("info", "info-tint", 4.5),
    ("hatch-dark", "hatch-bright", 4.5),
];

/// Each theme's colours: those of the first block, overwritten by its own.
fn themes() -> Vec<HashMap<&'static str, f64>> {
    let blocks: Vec<_> = TOKENS.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), THEMES.len());
    let base = colours(blocks[0]);
    blocks.iter().map(|block| base.clone().into_iter().chain(colours(block)).collect()).collect()
}

fn colours(block: &'static str) -> HashMap<&'static str, f64> {
    block
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            Some((name, luminance(value.trim_end_matches(';'))))
        })
        .collect()
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_pair_can_be_read() {
    for (theme, colours) in THEMES.iter().zip(themes()) {
        for (ink, on, least) in PAIRS {
            let ratio = ratio(colours[ink], colours[on]);
            assert!(ratio >= *least, "{ink} on {on} has {ratio:.2} in the {theme} theme, not {least}");
        }
    }
}

#[test]
fn the_ratio_is_that_of_the_standard() {
    assert!((ratio(luminance("000000"), luminance("ffffff")) - 21.0).abs() < 1e-9);
    assert!((ratio(luminance("12181f"), luminance("f3f5f7")) - 16.3).abs() < 0.1);
}
