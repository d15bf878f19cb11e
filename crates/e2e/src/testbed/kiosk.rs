//! The policy that a kiosk would have, for as long as a scenario runs.

use crate::folder;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Where Debian's Chromium looks for managed policies.
const FOLDER: &str = "/etc/chromium/policies/managed";
/// Ours alone, so that one that a killed run left behind is overwritten by the next.
const FILE: &str = "mpos-terminal-e2e.json";

/// What `mpos-proxy kiosk-policy` prints for a page's origin.
#[must_use]
pub fn kiosk_policy(origin: &str) -> String {
    print(&["--origin", origin])
}

/// The same for a browser in customers' reach.
#[must_use]
pub fn lockdown_policy(origin: &str) -> String {
    print(&["--origin", origin, "--lockdown"])
}

fn print(arguments: &[&str]) -> String {
    let mut command = Command::new(folder::program("mpos-proxy"));
    command.args(["kiosk-policy", "--platform", "linux", "--browser", "chromium"]).args(arguments);
    let output = command.output().expect("the proxy can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a policy is text")
}

/// The policy, installed.
pub(super) struct PolicyFile(PathBuf);

impl PolicyFile {
    pub(super) fn write(policy: &str) -> Self {
        let path = PathBuf::from(FOLDER).join(FILE);
        let written = fs::create_dir_all(FOLDER).and_then(|()| fs::write(&path, policy));
        written.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        Self(path)
    }
}

impl Drop for PolicyFile {
    fn drop(&mut self) {
        // The next run overwrites it.
        let _ = fs::remove_file(&self.0);
    }
}
