//! The service worker (`public/worker.js`): which files it keeps, and the version that they make.

use crate::{dist, shell, shrink};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::Path;

/// What a page and the worker say in place of the version until it is known.
const VERSION: &str = "VERSION";
/// The worker's list of files until they are known.
const FILES: &str = r#""FILES""#;
/// The worker's list of texts until they are known.
const TEXTS: &str = r#""TEXTS""#;
/// What is read only by who installs the page: it is not needed without a network.
const NOT_KEPT: [&str; 2] = ["png", "webmanifest"];

/// Writes the worker of the built pages in `dist`, and their version into each of them: the package's, and a hash of every file
/// that the worker keeps. Comes before anything is compressed.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let template = fs::read_to_string(shell::root().join("public/worker.js"))?;
    let (mut kept, mut texts) = (Vec::new(), Vec::new());
    for path in dist::files(dist)? {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if kind == "txt" {
            texts.push((address(dist, &path)?, Vec::new()));
        } else if !NOT_KEPT.contains(&kind) {
            let content = fs::read(&path)?;
            kept.push((address(dist, &path)?, content));
        }
    }
    // A text's name holds what it says.
    let hash = dist::hash_of(&(&kept, &texts, &template));
    let version = format!("{}+{}", env!("CARGO_PKG_VERSION"), hash.get(..7).unwrap_or(&hash));
    for page in ["index.html", "office/index.html"] {
        let path = dist.join(page);
        let html = fs::read_to_string(&path)?;
        let named = html.replacen(&format!("data-version={VERSION}"), &format!("data-version={version}"), 1);
        ensure!(named != html, "{page} names no version");
        fs::write(path, named)?;
    }
    let list = |files: &[(String, Vec<u8>)]| {
        files.iter().map(|(address, _)| format!("{address:?}")).collect::<Vec<_>>().join(",")
    };
    fs::write(dist.join("worker.js"), worker(&template, &version, &list(&kept), &list(&texts))?)?;
    println!("version {version}");
    Ok(())
}

/// Where a browser finds the file.
fn address(dist: &Path, path: &Path) -> Result<String> {
    let name = path.strip_prefix(dist)?.to_str().context("a file's name is not UTF-8")?;
    Ok(format!("/{}", name.strip_suffix("index.html").unwrap_or(name)))
}

fn worker(template: &str, version: &str, files: &str, texts: &str) -> Result<String> {
    let lines = [
        (format!("const VERSION = {VERSION:?};"), format!("const VERSION = {version:?};")),
        (format!("const FILES = [{FILES}];"), format!("const FILES = [{files}];")),
        (format!("const TEXTS = [{TEXTS}];"), format!("const TEXTS = [{texts}];")),
    ];
    let mut script = shrink::without_comments(template);
    for (line, written) in lines {
        ensure!(script.contains(&line), "the worker has no line `{line}`");
        script = script.replacen(&line, &written, 1);
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::{address, worker};
    use std::path::Path;

    #[test]
    fn an_index_is_found_at_its_folder() {
        let address = |path: &str| address(Path::new("/dist"), Path::new(path)).unwrap();
        assert_eq!(address("/dist/index.html"), "/");
        assert_eq!(address("/dist/office/index.html"), "/office/");
        assert_eq!(address("/dist/office/a-1.js"), "/office/a-1.js");
    }

    #[test]
    fn the_worker_gets_its_version_and_files_once() {
        let template = "// VERSION\nconst VERSION = \"VERSION\";\nconst FILES = [\"FILES\"];\nconst TEXTS = [\"TEXTS\"];\nkeep(VERSION, FILES);\n";
        let script = worker(template, "1.0.0+abc", "\"/\",\"/a.js\"", "\"/t.txt\"").unwrap();
        assert_eq!(
            script,
            "const VERSION = \"1.0.0+abc\";\nconst FILES = [\"/\",\"/a.js\"];\nconst TEXTS = [\"/t.txt\"];\nkeep(VERSION, FILES);\n"
        );
        assert!(worker("const FILES = [\"FILES\"];", "1", "", "").is_err());
    }
}
