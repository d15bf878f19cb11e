//! What the browser does for the page beside showing it: `public/shell.js`, which is smaller there than here.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The version of this page, as `0.1.0+3fa9c2d`: the package's, and what the build's files hash to.
    #[wasm_bindgen(js_namespace = shell)]
    pub fn version() -> String;

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
