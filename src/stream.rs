//! A browser's stream of bytes, such as a serial port's or an answer's.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Readable;
    /// Locks it.
    #[wasm_bindgen(method, js_name = getReader)]
    pub(crate) fn get_reader(this: &Readable) -> Reader;

    #[derive(Clone)]
    pub(crate) type Reader;
    #[wasm_bindgen(method)]
    fn read(this: &Reader) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn cancel(this: &Reader) -> Promise;
    #[wasm_bindgen(method, js_name = releaseLock)]
    pub(crate) fn release_lock(this: &Reader);

    type Chunk;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Chunk) -> bool;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> Uint8Array;
}

impl Reader {
    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&self) -> Result<Option<Vec<u8>>, JsValue> {
        let chunk: Chunk = JsFuture::from(self.read()).await?.unchecked_into();
        Ok((!chunk.done()).then(|| chunk.value().to_vec()))
    }
}
