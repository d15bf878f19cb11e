//! Where things are: what Cargo and `cargo xtask` built, and what a scenario leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

const ADVICE: &str = "`cargo xtask test e2e` builds it";

/// Cargo's target folder, and below it the one of the profile that this program was built with.
fn profile() -> (PathBuf, PathBuf) {
    let program = std::env::current_exe().expect("a program has a path");
    let mut folders = program.ancestors().skip(1);
    let mut profile = folders.next().expect("a program is in a folder");
    for folder in folders {
        if folder.join("CACHEDIR.TAG").exists() {
            return (folder.to_path_buf(), profile.to_path_buf());
        }
        profile = folder;
    }
    panic!("{} is not in Cargo's target folder", program.display());
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    profile().0
}

/// A program of the workspace, built as this one was.
pub(crate) fn program(name: &str) -> PathBuf {
    built(profile().1.join(name))
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
