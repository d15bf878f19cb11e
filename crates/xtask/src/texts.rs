//! The pages' texts: a file a language, of which a page fetches one.

use crate::dist;
use anyhow::{Context as _, Result, ensure};
use language::{Language, Part, file_of, say};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// How `public/shell.js` names the files until they are known.
const UNKNOWN: &str = "const TEXTS = {};";

/// Writes the texts of `parts` into `dist`, and into the shell's script where the page finds them. A part's files are known by
/// the name in front of the language's code; the page's own have none.
pub(crate) fn write(dist: &Path, url: &str, parts: &[(Part, &str)]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut named = Vec::new();
    for (part, name) in parts {
        for language in Language::ALL {
            let (text, code) = (file_of(language, *part), language.code());
            let file = format!("{}-{code}-{}.txt", format!("{part:?}").to_lowercase(), dist::hash_of(text));
            fs::write(dist.join(&file), text)?;
            named.push(format!("{:?}: {:?}", format!("{name}{code}"), format!("{url}{file}")));
        }
    }
    let mut scripts = 0;
    for path in dist::files(dist)?.iter().filter(|path| path.extension().is_some_and(|kind| kind == "js")) {
        let text = fs::read_to_string(path)?;
        if text.contains(UNKNOWN) {
            fs::write(
                path,
                text.replacen(UNKNOWN, &format!("const TEXTS = {{ {} }};", named.join(", ")), 1),
            )?;
            scripts += 1;
        }
    }
    ensure!(scripts == 1, "{scripts} scripts of the page ask for its texts by `{UNKNOWN}`");
    Ok(())
}

/// Writes the texts of the installed page into its manifest: the English ones, and the others beside them where browsers look
/// for theirs (<https://www.w3.org/TR/appmanifest/#x_localized-members>).
pub(crate) fn write_manifest(dist: &Path) -> Result<()> {
    let path = dist.join("manifest.webmanifest");
    let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    for language in Language::ALL {
        language::speak(file_of(language, Part::Office).to_owned());
        for (place, member, text) in [
            ("", "name", say::page_name()),
            ("", "short_name", say::page_short_name()),
            ("", "description", say::page_description()),
            ("/shortcuts/0", "name", say::new_sale()),
            ("/shortcuts/1", "name", say::close_day()),
        ] {
            let place = manifest.pointer_mut(place).and_then(Value::as_object_mut);
            let place = place.with_context(|| format!("{} has no place for {text:?}", path.display()))?;
            if language == Language::English {
                place.insert(member.to_owned(), text.into());
                continue;
            }
            let others = place.entry(format!("{member}_localized")).or_insert_with(|| json!({}));
            let is_turned = language.is_right_to_left();
            let text = if is_turned { json!({ "value": text, "dir": "rtl" }) } else { text.into() };
            others.as_object_mut().context("an object")?.insert(language.code().to_owned(), text);
        }
    }
    Ok(fs::write(&path, manifest.to_string())?)
}
