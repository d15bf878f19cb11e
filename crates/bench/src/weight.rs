//! What a page weighs.

use anyhow::Result;
use std::fs;
use std::path::Path;

/// What a first visit asks for, as `cargo xtask build` weighs it.
const KINDS: [&str; 5] = ["html", "js", "wasm", "css", "webmanifest"];

/// Bytes that a first visit downloads of a built page in this folder, not of those in folders below it.
pub(crate) fn first_visit(page: &Path) -> Result<f64> {
    let mut bytes = 0.0;
    for file in fs::read_dir(page)? {
        let path = file?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if KINDS.contains(&kind) {
            let packed = path.with_extension(format!("{kind}.br"));
            // What does not become smaller is not packed.
            let sent = if packed.exists() { packed } else { path };
            bytes += f64::from(u32::try_from(fs::metadata(sent)?.len())?);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::first_visit;
    use std::fs;

    #[test]
    fn a_first_visit_gets_packed_files_and_no_pictures_or_other_pages() {
        let page = std::env::temp_dir().join(format!("bench-weight-{}", std::process::id()));
        fs::create_dir_all(page.join("office")).unwrap();
        for (name, bytes) in [
            ("index.html", 100),
            ("index.html.br", 40),
            ("index.html.gz", 50),
            ("start.js", 7),
            ("icon.png", 1_000),
            ("office/index.html", 1_000),
        ] {
            fs::write(page.join(name), vec![0; bytes]).unwrap();
        }
        let weight = first_visit(&page).unwrap();
        fs::remove_dir_all(&page).unwrap();
        assert_eq!(weight.to_bits(), 47.0_f64.to_bits());
    }
}
