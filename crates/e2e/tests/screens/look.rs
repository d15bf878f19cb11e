//! What is done at a screen: pictures of it, measures, or axe.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use e2e::{Till, until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(10);
const MEASURE: &str = include_str!("measure.js");

/// The windows that pictures are made in: name, width, height, and a picture's pixels for each of the page's.
const PICTURES: [(&str, u32, u32, f32); 3] =
    [("phone", 360, 740, 1.0), ("tablet", 768, 1024, 0.5), ("counter", 1280, 800, 0.5)];
/// The windows that are measured: upright and lying, from what WCAG wants to a large monitor.
const WINDOWS: [(u32, u32); 8] =
    [(320, 640), (360, 740), (740, 360), (768, 1024), (1024, 768), (1280, 800), (1366, 768), (1920, 1080)];
const THEMES: [&str; 2] = ["light", "dark"];
/// Of a picture as WebP.
const QUALITY: u32 = 60;

/// What is done at every screen.
pub(crate) enum Look {
    /// A picture in each size and theme, into this folder.
    Record(PathBuf),
    /// The measures; and this folder has the pictures and its README a word for each.
    Check(PathBuf),
    /// This is axe, and it finds nothing in any theme.
    Axe(String),
}

/// A walk over the screens.
pub(crate) struct Walk {
    look: Look,
    screens: Mutex<BTreeSet<&'static str>>,
    /// Each with where it was found.
    faults: Mutex<BTreeMap<String, Vec<String>>>,
    /// Where the amount stands in a window, and on which screen it was seen there first.
    places: Mutex<BTreeMap<String, (i64, &'static str)>>,
}

impl Walk {
    pub(crate) fn new(look: Look) -> Self {
        Self { look, screens: Mutex::default(), faults: Mutex::default(), places: Mutex::default() }
    }

    /// The screen of this name is there.
    pub(crate) async fn see(&self, till: &Till, name: &'static str) {
        assert!(self.screens.lock().unwrap().insert(name), "{name} is seen twice");
        // A filled button has been pressed by nobody for so long that it may be.
        till.evaluate("await new Promise(settled => setTimeout(settled, 350))", vec![]).await;
        // What counts seconds would be another screen in each picture.
        till.freeze().await;
        match &self.look {
            Look::Record(folder) => {
                fs::create_dir_all(folder.join(name)).unwrap();
                for (window, width, height, scale) in PICTURES {
                    for theme in THEMES {
                        self.show(till, (width, height), theme).await;
                        let clip =
                            json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": scale });
                        let picture = json!({ "format": "webp", "quality": QUALITY, "clip": clip });
                        let picture = till.command("Page.captureScreenshot", &picture).await;
                        let picture = BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
                        fs::write(folder.join(file(name, window, theme)), picture).unwrap();
                    }
                }
            }
            Look::Check(_) => {
                for (width, height) in WINDOWS {
                    self.show(till, (width, height), "light").await;
                    let window = format!("{width} x {height}");
                    self.note(name, &window, till.evaluate(MEASURE, vec![]).await);
                    let place = till.evaluate(PLACE, vec![]).await;
                    self.compare_place(name, window, &place);
                }
            }
            Look::Axe(axe) => {
                till.command("Runtime.evaluate", &json!({ "expression": axe })).await;
                for theme in ["light", "dark", "more contrast", "forced colours"] {
                    self.show(till, (1280, 1000), theme).await;
                    self.note(name, theme, till.evaluate(AXE, vec![json!(theme)]).await);
                }
            }
        }
        till.resize(1280, 1000).await;
        till.evaluate("document.adoptedStyleSheets = []", vec![]).await;
        till.thaw().await;
    }

    /// Shows the page in a window of this size and in this theme, and waits until it is painted. The virtual reader is no
    /// part of a shop's till: only axe sees it.
    async fn show(&self, till: &Till, (width, height): (u32, u32), theme: &str) {
        till.resize(width, height).await;
        let is = |holds: bool, value: &'static str| if holds { value } else { "" };
        let still = !matches!(self.look, Look::Record(_));
        let features = json!([
            { "name": "prefers-color-scheme", "value": if theme == "dark" { "dark" } else { "light" } },
            { "name": "prefers-contrast", "value": is(theme == "more contrast", "more") },
            { "name": "forced-colors", "value": is(theme == "forced colours", "active") },
            { "name": "prefers-reduced-motion", "value": is(still, "reduce") },
        ]);
        till.command("Emulation.setEmulatedMedia", &json!({ "media": "", "features": features })).await;
        let alone = !matches!(self.look, Look::Axe(_));
        let arguments = vec![json!(width), json!(height), json!(alone)];
        let is_painted = until(LIMIT, async || {
            (till.evaluate(PAINTED, arguments.clone()).await == json!(true)).then_some(())
        });
        assert!(is_painted.await.is_some(), "the window does not become {width} x {height}");
    }

    fn note(&self, name: &str, how: &str, found: Value) {
        let mut faults = self.faults.lock().unwrap();
        for fault in found.as_array().unwrap() {
            faults.entry(fault.as_str().unwrap().to_owned()).or_default().push(format!("{name}, {how}"));
        }
    }

    /// From Pay to the result the amount stays where it is.
    fn compare_place(&self, name: &'static str, window: String, place: &Value) {
        let Some(place) = place.as_i64() else { return };
        let (first, other) = *self.places.lock().unwrap().entry(window.clone()).or_insert((place, name));
        if first != place {
            let fault = format!("the amount stands {} px lower than on {other}", place - first);
            self.note(name, &window, json!([fault]));
        }
    }

    /// How many screens there were, and what is wrong with them.
    pub(crate) fn end(self) -> (usize, Vec<String>) {
        let (screens, faults) = (self.screens.into_inner().unwrap(), self.faults.into_inner().unwrap());
        let found = |(fault, places): (String, Vec<String>)| {
            format!("{fault}\n    on {} and {} more", places[0], places.len() - 1)
        };
        let mut faults: Vec<_> = faults.into_iter().map(found).collect();
        let (Look::Record(folder) | Look::Check(folder)) = &self.look else { return (screens.len(), faults) };
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() && !screens.contains(name.as_str()) {
                faults.push(format!("{name} has pictures and is no screen"));
            }
        }
        if matches!(self.look, Look::Check(_)) {
            let words = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
            let all = screens.iter().flat_map(|name| PICTURES.map(|(window, ..)| (name, window)));
            for (name, window, theme) in
                all.flat_map(|(name, window)| THEMES.map(|theme| (name, window, theme)))
            {
                let picture = file(name, window, theme);
                if !folder.join(&picture).exists() {
                    faults.push(format!("{picture} is missing: `cargo xtask screens` makes it"));
                }
                if !words.contains(&picture) {
                    faults.push(format!("README.md does not show {picture}"));
                }
            }
        }
        (screens.len(), faults)
    }
}

/// Of a picture, in the folder.
fn file(name: &str, window: &str, theme: &str) -> String {
    format!("{name}/{window}-{theme}.webp")
}

/// The page is as large as it should be, and painted.
const PAINTED: &str = "
    const [width, height, alone] = arguments;
    window.alone ??= new CSSStyleSheet();
    window.alone.replaceSync(alone ? '.virtual-reader { display: none !important }' : '');
    document.adoptedStyleSheets = [window.alone];
    if (innerWidth !== width || innerHeight !== height) return false;
    for (const part of [document.documentElement, ...document.querySelectorAll('*')]) part.scrollTo(0, 0);
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ends = document.getAnimations().filter(a => a.effect.getTiming().iterations !== Infinity);
    // One that is called off has ended as well.
    await Promise.allSettled(ends.map(animation => animation.finished));
    return true;";

/// How far below the strip the amount of a payment stands, on the till.
const PLACE: &str = "
    const amount = document.querySelector(
        '.terminal:not(.office) main:not(.flipped) :is(.present, .waiting, .repeated, .result) .amount');
    const main = document.querySelector('main');
    return amount && Math.round(amount.getBoundingClientRect().top - main.getBoundingClientRect().top);";

/// Every rule of axe's, the size of targets with them; where more contrast is asked for, the higher ratio.
const AXE: &str = "
    const rules = { 'target-size': { enabled: true } };
    if (arguments[0] === 'more contrast') rules['color-contrast-enhanced'] = { enabled: true };
    const { violations } = await axe.run(document, { rules, resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(node => `${id}, ${help}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`));";
