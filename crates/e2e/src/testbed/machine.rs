//! What the testbed needs of the machine.

use crate::folder;
use crate::till::is_root;
use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// The system's interpreter: only this one finds Debian's `python3-gi`.
pub(super) const PYTHON: &str = "/usr/bin/python3";

/// Held by whoever has the emulated devices and the policy file.
const LOCK: &str = "/run/mpos-terminal-testbed.lock";

/// Fails unless everything is there.
pub(super) fn check() {
    assert!(
        is_root(),
        "emulated USB readers need root, for Chromium's policy file; type: sudo --preserve-env=PATH,HOME cargo xtask e2e readers"
    );
    let imports = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev";
    let has = |program: &str, argument: &str| {
        let run = Command::new(program).args([argument, imports]).output();
        run.is_ok_and(|output| output.status.success())
    };
    let mut missing = Vec::new();
    if !has(PYTHON, "-c") {
        missing.extend(["umockdev", "gir1.2-umockdev-1.0", "python3-gi"]);
    }
    if Command::new("gcc").arg("--version").output().is_err() {
        missing.extend(["gcc", "libc6-dev"]);
    }
    assert!(
        missing.is_empty(),
        "missing Debian packages; type: apt-get update && apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
}

/// Waits until no other run on this machine has the testbed. The lock goes with the file handle, however the process
/// ends.
pub(super) fn lock() -> File {
    let file = File::create(LOCK).unwrap_or_else(|error| panic!("cannot write {LOCK}: {error}"));
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            // Not by eprintln, which a test keeps to itself until it fails.
            let _ = writeln!(std::io::stderr(), "another run has the emulated USB readers; waiting for it");
            file.lock().unwrap_or_else(|error| panic!("cannot lock {LOCK}: {error}"));
        }
        Err(TryLockError::Error(error)) => panic!("cannot lock {LOCK}: {error}"),
    }
    file
}

/// What goes before every library of a process that shall see the devices, built where it is missing or old.
pub(super) fn preload() -> String {
    let source = folder::testbed().join("umockdev-atfork.c");
    let shim = folder::target().join("umockdev-atfork.so");
    let age = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if age(&shim) < age(&source) {
        let mut gcc = Command::new("gcc");
        gcc.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&shim).arg(&source);
        let output = gcc.output().expect("gcc is there");
        assert!(output.status.success(), "gcc: {}", String::from_utf8_lossy(&output.stderr));
    }
    format!("libumockdev-preload.so.0:{}", shim.display())
}
