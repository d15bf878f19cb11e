//! What the browser does for the page beside showing it: `public/shell.js`, which is smaller there than here.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The version of this page, as `0.1.0+3fa9c2d`: the package's, and what the build's files hash to.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn version() -> String;

    /// The code of the page's language.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn language() -> String;

    /// The texts of the language of this code, which is the chosen one from then on; of the one that was chosen before if there is
    /// no code. Amounts and moments have its marks as soon as they are there.
    #[wasm_bindgen(js_namespace = shell)]
    pub(crate) fn texts(code: &str) -> Promise;

    /// What a receipt says in the language of this code. The page goes on in its own.
    #[wasm_bindgen(js_namespace = shell, js_name = receiptTexts)]
    pub fn receipt_texts(code: &str) -> Promise;

    /// An amount in major units, as `1250.00`, with the marks of the page's language and so many digits behind the point.
    #[wasm_bindgen(js_namespace = shell)]
    pub(crate) fn figures(major: &str, digits: u8) -> String;

    /// A moment in Unix milliseconds as the page's language writes it, in the till's zone: date and time each as `Intl` knows their
    /// styles (`short`, `medium`, `long`, `full`), or left out.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn moment(at: f64, date: &str, time: &str) -> String;

    /// Names the page, as tabs, windows and screen readers do.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn entitle(title: &str);

    /// Says a text aloud, by the browser's voice for the page's language, instead of what it is saying.
    #[wasm_bindgen(js_namespace = shell)]
    pub(crate) fn speak(text: &str);

    /// Keeps the screen awake while a payment is open.
    #[wasm_bindgen(js_namespace = shell, js_name = keepAwake)]
    pub(crate) fn keep_awake(open: bool);

    /// Whether another version of the page has been loaded and waits for its turn.
    #[wasm_bindgen(js_namespace = shell, js_name = updateWaits)]
    pub fn update_waits() -> bool;

    /// Gives that version its turn and starts the page anew, unless a payment is open by then.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn update();

    /// Asks whether to install the page as an app.
    #[wasm_bindgen(js_namespace = shell)]
    pub(crate) fn install();
}
