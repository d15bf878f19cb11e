//! A browser's stream of bytes, such as a serial port's or an answer's.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    pub(crate) type Readable;
    /// Locks it.
    #[wasm_bindgen(method, js_name = getReader)]
    pub(crate) fn get_reader(this: &Readable) -> Reader;

    #[derive(Clone)]
    pub(crate) type Reader;
    #[wasm_bindgen(method)]
    pub(crate) fn read(this: &Reader) -> Promise;
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

/// What a read brought; `None` at the end.
pub(crate) fn bytes(read: JsValue) -> Option<Vec<u8>> {
    let chunk: Chunk = read.unchecked_into();
    (!chunk.done()).then(|| chunk.value().to_vec())
}
