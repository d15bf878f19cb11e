//! The pages' texts: a file a language, of which a page fetches one.

use crate::dist;
use anyhow::{Result, ensure};
use language::{Language, Part, file_of};
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
