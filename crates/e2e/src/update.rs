//! Another version of the page, and what brings a till to offer it.

use crate::{Till, files, scenario, until};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);
/// Nobody has pressed anything for so long.
const IDLE_MS: u64 = 61_000;

/// A copy of a built page that can be replaced by another version. It is not compressed.
#[must_use]
pub fn copy_of_page(built: &Path, name: &str) -> PathBuf {
    let folder = scenario(&format!("{name}-page"));
    for file in files(built) {
        let kind = file.extension().unwrap_or_default();
        if kind != "br" && kind != "gz" {
            let to = folder.join(file.strip_prefix(built).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(file, to).unwrap();
        }
    }
    folder
}

/// Puts another version of the page in the place of this one, with a style sheet of another name, and answers its name.
#[must_use]
pub fn deploy(page: &Path) -> String {
    let html = fs::read_to_string(page.join("index.html")).unwrap();
    let (_, rest) = html.split_once("data-version=").unwrap();
    let old = rest.split(['>', ' ']).next().unwrap();
    let new = format!("{}+0000000", old.split('+').next().unwrap());
    let sheet =
        |file: &PathBuf| file.extension().is_some_and(|kind| kind == "css") && file.parent() == Some(page);
    let old_sheet = files(page).into_iter().find(sheet).expect("the till has a style sheet");
    let old_sheet = old_sheet.file_name().unwrap().to_str().unwrap();
    let new_sheet = "style-0123456789abcdef.css";
    fs::rename(page.join(old_sheet), page.join(new_sheet)).unwrap();
    for file in ["index.html", "office/index.html", "worker.js"] {
        let text = fs::read_to_string(page.join(file)).unwrap();
        fs::write(
            page.join(file),
            text.replace(old, &new).replace(&format!("/{old_sheet}"), &format!("/{new_sheet}")),
        )
        .unwrap();
    }
    new
}

impl Till {
    /// Waits until an expression is `true` in the page.
    pub async fn wait_for(&self, expression: &str) {
        let done = until(LIMIT, async || {
            (self.evaluate(&format!("return {expression}"), vec![]).await == json!(true)).then_some(())
        });
        assert!(done.await.is_some(), "never: {expression}");
    }

    /// Waits until the worker has the page's files and answers for it.
    pub async fn see_kept(&self) {
        self.wait_for("navigator.serviceWorker.controller?.state === 'activated'").await;
    }

    /// The browser looks for another version, as it does by itself each time that the page is opened, and loads it.
    pub async fn see_update_loaded(&self) {
        self.evaluate("await (await navigator.serviceWorker.ready).update()", vec![]).await;
        self.wait_for("(await navigator.serviceWorker.ready).waiting?.state === 'installed'").await;
    }

    /// Nobody touches the till for a minute.
    pub async fn leave_alone(&self) {
        self.leave_alone_for(IDLE_MS).await;
    }

    /// Nobody touches the till for so many milliseconds.
    pub async fn leave_alone_for(&self, ms: u64) {
        self.wait_for("!navigator.userActivation.isActive").await;
        self.advance_clock(ms).await;
    }
}
