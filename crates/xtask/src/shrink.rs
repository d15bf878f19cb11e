//! Takes out of the built page what it downloads for nothing.
//!
//! leptos brings server functions, whose streams wasm-bindgen exports as classes; and what wasm-bindgen writes for people
//! to read is not read by anybody here.

use crate::{alike, dist, setup::Toolbox, shell, wasm};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The names of the streams' classes begin with it.
const STREAMS: &str = "IntoUnderlying";

/// The style sheet of the virtual reader.
const READER: &str = "reader-";

/// Shrinks the wasm, its JavaScript and the style sheets in `dist`.
pub(crate) fn shrink(tools: &Toolbox, dist: &Path, is_demo: bool) -> Result<()> {
    join_styles(dist, is_demo)?;
    let all = dist::files(dist)?;
    let is_wasm = |path: &&std::path::PathBuf| path.extension().is_some_and(|kind| kind == "wasm");
    let wasm_file = all.iter().find(is_wasm).context("the page has no wasm")?;
    let script = wasm_file.to_string_lossy().replace("_bg.wasm", ".js");
    let mut text = without_streams(&fs::read_to_string(&script)?)?;
    wasm::lighten(wasm_file, &mut text)?;
    let reached = exports(&text);
    ensure!(reached.contains("memory"), "{script} reaches no memory of its wasm");
    let graph = wasm_file.with_extension("reached.json");
    fs::write(&graph, reachable(&reached))?;
    let kept = wasm_file.with_extension("kept");
    let mut keep = tools.command("wasm-metadce");
    keep.arg(wasm_file).arg("--graph-file").arg(&graph).arg("-o").arg(&kept).args(dist::WASM_FEATURES);
    shell::read(&mut keep)?;
    let mut optimise = tools.command("wasm-opt");
    optimise
        // Rust leaves the first megabyte to its stack: no constant is an address below 1 KiB.
        .args(["--low-memory-unused", "-Os", "--flatten", "--rereloop", "-Os", "-Os"])
        .args(["--strip-producers", "--strip-target-features"])
        .arg(&kept)
        .arg("-o")
        .arg(wasm_file);
    shell::run(optimise.args(dist::WASM_FEATURES))?;
    alike::order(wasm_file)?;
    fs::write(&script, wasm::without_unused(wasm_file, &text)?)?;
    for file in all.iter().filter(|path| path.extension().is_some_and(|kind| kind == "js")) {
        let mut terser = tools.command("terser");
        terser.arg(file).args(["--module", "--compress", "passes=2", "--mangle", "--output"]).arg(file);
        shell::read(&mut terser)?;
    }
    fs::remove_file(graph)?;
    fs::remove_file(kept)?;
    Ok(())
}

/// Makes one style sheet of all, in the order in which the page names them. The virtual reader's is for a demo only.
fn join_styles(dist: &Path, is_demo: bool) -> Result<()> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index)?;
    let sheets = sheets(&html);
    let [first, others @ ..] = sheets.as_slice() else { bail!("the page names no style sheet") };
    let mut joined = fs::read_to_string(dist.join(first.name))?;
    let mut html = html.clone();
    for sheet in others {
        let path = dist.join(sheet.name);
        if is_demo || !sheet.name.starts_with(READER) {
            joined.push_str(&fs::read_to_string(&path)?);
        }
        fs::remove_file(path)?;
        html = html.replace(sheet.link, "");
    }
    fs::write(dist.join(first.name), with_short_properties(&joined))?;
    fs::write(index, html)?;
    Ok(())
}

/// A style sheet whose own properties have names of a letter or two: nothing but the sheet knows them.
fn with_short_properties(css: &str) -> String {
    let mut names = BTreeMap::new();
    let mut parts = css.split("--");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let number = names.len();
        let name = names.entry(name).or_insert_with(|| wasm::short_name(number));
        short.push_str(&format!("--{name}{rest}"));
    }
    short
}

struct Sheet<'a> {
    link: &'a str,
    name: &'a str,
}

/// The links of style sheets in a page, and the files that they name.
fn sheets(html: &str) -> Vec<Sheet<'_>> {
    let links = html.split_inclusive('>').filter_map(|part| part.get(part.rfind("<link")?..));
    links
        .filter_map(|link| {
            let (_, path) = link.split_once("href=").filter(|_| link.contains("stylesheet"))?;
            let path = path.trim_start_matches('"').split(['"', ' ', '>']).next()?;
            Some(Sheet { link, name: path.rsplit('/').next()? })
        })
        .collect()
}

/// `script` without the streams' classes, the lines about them, and their finalizers.
fn without_streams(script: &str) -> Result<String> {
    let mut kept = String::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        let end = if line.starts_with(&format!("export class {STREAMS}")) {
            "}"
        } else if line.starts_with(&format!("const {STREAMS}")) {
            ";"
        } else if line.contains(STREAMS) {
            continue;
        } else {
            kept.push_str(line);
            kept.push('\n');
            continue;
        };
        let ends = |line: &str| if end == "}" { line == end } else { line.ends_with(end) };
        if !ends(line) {
            lines.find(|line| ends(line)).context("a stream's class has no end")?;
        }
    }
    Ok(kept)
}

/// `script` without comments that stand alone, and without indentation.
pub(crate) fn without_comments(script: &str) -> String {
    let mut kept = String::new();
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    kept
}

/// What the JavaScript names of the wasm.
fn exports(script: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let name = |after: &str| after.split(|letter| !is_name(letter)).next().unwrap_or_default().to_owned();
    script.split("wasm.").skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

/// The graph that wasm-metadce keeps.
fn reachable(exports: &BTreeSet<String>) -> String {
    let names: Vec<_> = exports.iter().map(|name| format!("{name:?}")).collect();
    let nodes: String = names.iter().map(|name| format!(",{{\"name\":{name},\"export\":{name}}}")).collect();
    format!("[{{\"name\":\"page\",\"root\":true,\"reaches\":[{}]}}{nodes}]", names.join(","))
}

#[cfg(test)]
mod tests {
    use super::{exports, sheets, with_short_properties, without_comments, without_streams};

    #[test]
    fn properties_of_a_sheet_have_short_names() {
        let css = ":root{--text:#000;--text-far:1px}a-b{margin:-1px;color:var(--text);gap:calc(-1*var(--text-far))}";
        let short = ":root{--a:#000;--b:1px}a-b{margin:-1px;color:var(--a);gap:calc(-1*var(--b))}";
        assert_eq!(with_short_properties(css), short);
        assert_eq!(with_short_properties("a{color:red}"), "a{color:red}");
    }

    #[test]
    fn streams_go_and_everything_else_stays() {
        let script = "export class IntoUnderlyingSink {\n  free() {\n  }\n}\nif (Symbol.dispose) IntoUnderlyingSink.x = 1;\n\
                      const IntoUnderlyingSinkFinalization = (a)\n  ? b\n  : c;\nlet keep = 1;\n";
        assert_eq!(without_streams(script).unwrap(), "let keep = 1;\n");
        assert!(without_streams("export class IntoUnderlyingSink {\n").is_err());
    }

    #[test]
    fn comments_that_stand_alone_go() {
        let script =
            "/**\n * words\n */\nfunction a() {\n    // why\n    return 'http://x';\n}\n/* one */\nb();\n";
        assert_eq!(without_comments(script), "function a() {\nreturn 'http://x';\n}\nb();\n");
    }

    #[test]
    fn style_sheets_are_found_in_their_order() {
        let html = r#"<link rel="icon" href="/i.svg"/><link rel="stylesheet" href="/a-1.css" /><b><link href=/b.css rel=stylesheet>"#;
        let found: Vec<_> = sheets(html).into_iter().map(|sheet| (sheet.name, sheet.link)).collect();
        let links = [r#"<link rel="stylesheet" href="/a-1.css" />"#, "<link href=/b.css rel=stylesheet>"];
        assert_eq!(found, [("a-1.css", links[0]), ("b.css", links[1])]);
    }

    #[test]
    fn names_of_the_wasm_are_found() {
        let names = exports("wasm.memory.buffer; wasm.__wbindgen_free(a); wasm = x.exports; 'a.wasm'");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["__wbindgen_free", "memory"]);
    }
}
