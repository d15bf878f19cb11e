//! Lighthouse on the till's start screen, as merchants get it.

use e2e::{Gateway, Habits, Proxy, release_page, scenario};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What has to be 100, of 100.
const WHOLE: [&str; 2] = ["accessibility", "best-practices"];

/// Looks so many times. Performance is printed: it depends on the machine.
pub(crate) fn run(program: &str, runs: usize) -> ExitCode {
    let folder = scenario("lighthouse");
    let (_gateway, proxy) = e2e::block_on(async {
        let gateway = Gateway::start(&folder, None, false).await;
        let proxy = Proxy::start(&gateway, &release_page(), &folder, Habits::default(), None).await;
        (gateway, proxy)
    });
    let reports: Vec<_> = (0..runs).map(|_| look(program, &folder, &proxy.address)).collect();
    let mut faults = 0;
    for report in &reports {
        for category in WHOLE {
            if score(report, category) < 100 {
                faults += 1;
                println!("{category}: {}, for {}", score(report, category), lacking(report, category));
            }
        }
    }
    let median = |category: &str| {
        let mut all: Vec<_> = reports.iter().map(|report| score(report, category)).collect();
        all.sort_unstable();
        all[runs / 2]
    };
    for category in WHOLE.iter().chain(&["performance"]) {
        println!("{category}: {} (median of {runs})", median(category));
    }
    for figure in ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"] {
        let mut all: Vec<_> =
            reports.iter().map(|r| r["audits"][figure]["numericValue"].as_f64().unwrap()).collect();
        all.sort_by(f64::total_cmp);
        println!("{figure}: {:.0} ms (median of {runs})", all[runs / 2]);
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn look(program: &str, folder: &Path, address: &str) -> Value {
    let report = folder.join("report.json");
    let mut lighthouse = Command::new("node");
    lighthouse.arg(program).arg(address).args(["--quiet", "--output=json", "--output-path"]).arg(&report);
    lighthouse
        .args(["--only-categories=performance,accessibility,best-practices", "--no-enable-error-reporting"]);
    // Chromium's own sandbox refuses to start for root.
    lighthouse.arg("--chrome-flags=--headless --no-sandbox --disable-gpu");
    assert!(lighthouse.status().expect("node is installed").success(), "lighthouse failed");
    serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap()
}

#[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, reason = "a score, no money")]
fn score(report: &Value, category: &str) -> i64 {
    let score = report["categories"][category]["score"].as_f64();
    score.map_or(0, |score| (score * 100.0).round() as i64)
}

/// The audits of this category that are not passed.
fn lacking(report: &Value, category: &str) -> String {
    let parts = report["categories"][category]["auditRefs"].as_array().unwrap().iter();
    let ids = parts.filter(|part| part["weight"] != 0).filter_map(|part| part["id"].as_str());
    ids.filter(|id| report["audits"][id]["score"].as_f64().is_some_and(|score| score < 1.0))
        .collect::<Vec<_>>()
        .join(", ")
}
