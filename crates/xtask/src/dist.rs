//! The built page's files: nothing inline, everything precompressed, the first visit weighed.

use anyhow::{Context as _, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file of the page and its size in bytes at brotli 11.
pub(crate) struct Asset {
    path: PathBuf,
    brotli: usize,
}

impl Asset {
    fn kind(&self) -> Option<&str> {
        self.path.extension()?.to_str()
    }
}

/// Moves the scripts that Trunk writes into `index.html` to files of their own: the page's Content-Security-Policy
/// allows nothing inline.
pub(crate) fn move_scripts_out(dist: &Path, url: &str) -> Result<()> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
    let (html, scripts) = extract_scripts(&html, url);
    for (name, text) in scripts {
        fs::write(dist.join(name), text)?;
    }
    for inline in ["<style", " style=", " onload=", " onclick=", "javascript:"] {
        ensure!(!html.contains(inline), "{} still holds `{inline}`: nothing may be inline", index.display());
    }
    fs::write(index, html)?;
    Ok(())
}

/// Names every file that Trunk has named by a hash of what it was by the hash of what it has become: browsers keep what they
/// got under such a name.
pub(crate) fn name_by_content(dist: &Path) -> Result<()> {
    let kind = |path: &Path| path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_owned();
    // A script may name what comes before it, and the page names all.
    for named in ["wasm", "css", "js"] {
        for path in files(dist)?.iter().filter(|path| kind(path) == named) {
            let name = path.file_name().and_then(|name| name.to_str()).context("a name that is not UTF-8")?;
            // Trunk writes no zeros in front.
            let is_hash =
                |part: &&str| (10..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
            let Some(hash) = name.split(['-', '_', '.']).find(is_hash) else { continue };
            let new_name = name.replace(hash, &hash_of(&fs::read(path)?));
            fs::rename(path, path.with_file_name(&new_name))?;
            for text in files(dist)?.iter().filter(|path| ["html", "js"].contains(&kind(path).as_str())) {
                fs::write(text, fs::read_to_string(text)?.replace(name, &new_name))?;
            }
        }
    }
    Ok(())
}

/// Sixteen hexadecimal digits for what is hashed.
pub(crate) fn hash_of(value: &(impl Hash + ?Sized)) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Answers `html` with every inline script replaced by a reference, and the scripts by the name they are referred by.
fn extract_scripts(html: &str, url: &str) -> (String, Vec<(String, String)>) {
    let mut out = String::new();
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some((before, tag, body, after)) = next_script(rest) {
        out.push_str(before);
        let body = body.trim();
        if body.is_empty() {
            out.push_str(&format!("<script{tag}></script>"));
        } else {
            let name = format!("start-{}.js", hash_of(body));
            out.push_str(&format!("<script{tag} src=\"{url}{name}\"></script>"));
            scripts.push((name, body.to_owned()));
        }
        rest = after;
    }
    out.push_str(rest);
    (out, scripts)
}

/// Splits at the first script: what stands before it, its attributes, its body, what follows it.
fn next_script(html: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = html.split_once("<script")?;
    let (attributes, rest) = rest.split_once('>')?;
    let (body, after) = rest.split_once("</script>")?;
    Some((before, attributes, body, after))
}

/// The features of wasm that Rust's target has on by default, and every browser of the last years.
pub(crate) const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Writes a `.br` and a `.gz` beside every file that becomes smaller by it.
pub(crate) fn compress(dist: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for path in files(dist)? {
        let plain = fs::read(&path)?;
        let brotli = brotli11(&plain)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&plain)?;
        for (extension, packed) in [("br", &brotli), ("gz", &gzip.finish()?)] {
            if packed.len() < plain.len() {
                let mut name = path.clone().into_os_string();
                name.push(".");
                name.push(extension);
                fs::write(name, packed)?;
            }
        }
        assets.push(Asset {
            path: path.strip_prefix(dist)?.to_path_buf(),
            brotli: brotli.len().min(plain.len()),
        });
    }
    Ok(assets)
}

/// Prints what a first visit to the page at `url`, whose files are in `folder`, downloads, and answers it in bytes. Of the texts,
/// of which a page fetches one language's, the largest count.
pub(crate) fn print_first_visit(url: &str, folder: &str, assets: &[Asset]) -> usize {
    println!("first visit to {url}, bytes at brotli 11:");
    let here = |asset: &&Asset| asset.path.parent() == Some(Path::new(folder));
    let is_own = |asset: &&Asset| !asset.path.to_string_lossy().contains("receipt-");
    let texts = assets.iter().filter(here).filter(|asset| asset.kind() == Some("txt")).filter(is_own);
    let text = texts.max_by_key(|asset| asset.brotli);
    let always =
        |asset: &&Asset| matches!(asset.kind(), Some("html" | "js" | "wasm" | "css" | "webmanifest"));
    let mut total = 0;
    for asset in assets.iter().filter(here).filter(always).chain(text) {
        println!("{:>9}  {}", asset.brotli, asset.path.display());
        total += asset.brotli;
    }
    println!("{total:>9}  in all");
    total
}

fn brotli11(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 4096, 11, 22).write_all(plain)?;
    Ok(packed)
}

/// Every file under `dir`, in order of its path.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{extract_scripts, files, name_by_content};
    use std::fs;

    #[test]
    fn inline_scripts_become_files_and_others_stay() {
        let html = "<p>a</p><script src=\"/x.js\"></script><script type=\"module\">\nimport '/y.js';\n</script><p>b</p>";
        let (out, scripts) = extract_scripts(html, "/");
        let [(name, text)] = scripts.as_slice() else { panic!("one inline script, not {scripts:?}") };
        assert_eq!(text, "import '/y.js';");
        assert_eq!(
            out,
            format!(
                "<p>a</p><script src=\"/x.js\"></script><script type=\"module\" src=\"/{name}\"></script><p>b</p>"
            )
        );
    }

    #[test]
    fn files_are_named_by_what_they_hold_and_found_by_that_name() {
        let dist = std::env::temp_dir().join(format!("xtask-dist-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        let named_for = |wasm: &str| {
            let old = ["page-0123456789abcdef_bg.wasm", "page-0123456789abcdef.js"];
            fs::write(dist.join(old[0]), wasm).unwrap();
            fs::write(dist.join(old[1]), format!("load('/{}')", old[0])).unwrap();
            fs::write(dist.join("icon.svg"), "<svg/>").unwrap();
            fs::write(dist.join("index.html"), format!("<script src=/{}></script>", old[1])).unwrap();
            name_by_content(&dist).unwrap();
            let html = fs::read_to_string(dist.join("index.html")).unwrap();
            let script = html.trim_start_matches("<script src=/").trim_end_matches("></script>").to_owned();
            let text = fs::read_to_string(dist.join(&script)).unwrap();
            let wasm_name = text.trim_start_matches("load('/").trim_end_matches("')").to_owned();
            assert_eq!(fs::read_to_string(dist.join(&wasm_name)).unwrap(), wasm);
            let names: Vec<_> = files(&dist).unwrap();
            assert_eq!(names.len(), 4, "{names:?}");
            for name in [&script, &wasm_name] {
                fs::remove_file(dist.join(name)).unwrap();
            }
            [script, wasm_name]
        };
        let (one, same, other) = (named_for("a"), named_for("a"), named_for("b"));
        fs::remove_dir_all(&dist).unwrap();
        assert_eq!(one, same);
        assert!(one[0] != other[0] && one[1] != other[1], "{one:?} {other:?}");
    }

    #[test]
    fn a_script_has_another_name_when_its_text_changes() {
        let name = |body: &str| extract_scripts(&format!("<script>{body}</script>"), "/").1;
        assert_ne!(name("a()").first().map(|s| s.0.clone()), name("b()").first().map(|s| s.0.clone()));
    }
}
