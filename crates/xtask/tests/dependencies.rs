//! The direction of the crates' dependencies: primitives, protocols, flow, edges.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What a crate may use of ours. Tests may use more: they stand outside.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("language", &[]),
    ("tlv", &[]),
    ("dukpt", &[]),
    ("payment", &[]),
    ("reader", &["tlv"]),
    ("paynet", &[]),
    ("receipt", &["language", "payment"]),
    ("reader-sim", &["reader", "tlv", "dukpt"]),
    ("gateway-sim", &["paynet", "tlv", "dukpt"]),
    // Of reader the proxy wants the table of families only: their names and USB ids for a kiosk's policy.
    ("proxy", &["language", "payment", "paynet", "reader", "receipt"]),
    // reader-sim only under the feature `demo`: see the second test.
    ("mpos-terminal", &["language", "payment", "reader", "reader-sim"]),
    ("office", &["language", "mpos-terminal", "payment", "receipt"]),
    ("xtask", &["language"]),
    ("sim", &["payment", "paynet", "proxy"]),
    ("bench", &["payment", "paynet", "proxy", "e2e"]),
    ("bare-page", &[]),
    ("fuzz", &["tlv", "dukpt", "payment", "reader", "paynet", "reader-sim", "gateway-sim"]),
    (
        "e2e",
        &["language", "tlv", "dukpt", "payment", "reader", "paynet", "reader-sim", "gateway-sim", "proxy"],
    ),
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir("../..").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn our_crates_depend_one_way() {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() >= 10, "metadata lists the workspace");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let allowed =
            allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the table: where does it stand?"));
        let used: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            // Ours come by path; null is an ordinary dependency, the others are `dev` and `build`.
            .filter(|dependency| dependency["path"].is_string() && dependency["kind"].is_null())
            .map(|dependency| dependency["name"].as_str().unwrap())
            .collect();
        for other in used {
            assert!(allowed.contains(&other), "{name} may not know {other}");
        }
    }
}

#[test]
fn the_release_page_has_no_simulator() {
    let tree = |features: &[&str]| {
        let arguments = ["tree", "--package", "mpos-terminal", "--target", "wasm32-unknown-unknown"];
        let format = ["--edges", "normal", "--prefix", "none", "--format", "{lib}"];
        cargo(&[&arguments[..], &format, features].concat())
    };
    let (release, demo) = (tree(&[]), tree(&["--features", "demo"]));
    assert!(demo.lines().any(|name| name == "dukpt"), "the demo page has the virtual reader:\n{demo}");
    for simulator in ["dukpt", "reader_sim", "gateway_sim"] {
        assert!(!release.lines().any(|name| name == simulator), "the release page contains {simulator}");
    }
    assert!(!demo.lines().any(|name| name == "clap"), "the demo page contains the simulator's program");
}
