//! Where things are: what Cargo and `cargo xtask` built, and what a scenario leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

const ADVICE: &str = "`cargo xtask test e2e` builds it";

/// Cargo's target folder, which this test was built into.
pub(crate) fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    // target/debug/deps/test
    test.ancestors().nth(3).expect("a test is built into target/debug/deps").to_path_buf()
}

/// A program of the workspace.
pub(crate) fn program(name: &str) -> PathBuf {
    built(target().join("debug").join(name))
}

/// The page with the virtual reader.
pub fn page() -> PathBuf {
    built(target().join("page-demo/index.html")).with_file_name("")
}

/// The page as merchants get it.
pub fn release_page() -> PathBuf {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/e2e is in the workspace");
    built(root.join("dist/index.html")).with_file_name("")
}

/// A page with nothing on it, to look at devices from.
pub fn empty_page() -> PathBuf {
    testbed().join("page")
}

/// The testbed's own files.
pub(crate) fn testbed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testbed")
}

fn built(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing; {ADVICE}", path.display());
    path
}

/// An empty folder for what the scenario's processes write.
pub fn scenario(name: &str) -> PathBuf {
    let folder = target().join("e2e").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the last run's files can be removed");
    }
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    folder
}

/// Every file under `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
