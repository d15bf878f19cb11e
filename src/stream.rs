//! A browser's stream of bytes, such as a serial port's or an answer's.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// Bytes to read.
    pub type Readable;
    /// Locks it.
    #[wasm_bindgen(method, js_name = getReader)]
    pub fn get_reader(this: &Readable) -> Reader;

    /// Whoever has locked it to read.
    #[derive(Clone)]
    pub type Reader;
    /// The next [`bytes`], or why there are none any more.
    #[wasm_bindgen(method)]
    pub fn read(this: &Reader) -> Promise;
    /// Ends the stream, and a read that is under way.
    #[wasm_bindgen(method)]
    pub fn cancel(this: &Reader) -> Promise;
    /// Lets others lock it.
    #[wasm_bindgen(method, js_name = releaseLock)]
    pub fn release_lock(this: &Reader);

    /// Bytes to write.
    pub type Writable;
    /// Locks it.
    #[wasm_bindgen(method, js_name = getWriter)]
    pub fn get_writer(this: &Writable) -> Writer;

    /// Whoever has locked it to write.
    pub type Writer;
    /// Settles once they are taken.
    #[wasm_bindgen(method)]
    pub fn write(this: &Writer, bytes: &Uint8Array) -> Promise;
    /// Lets others lock it.
    #[wasm_bindgen(method, js_name = releaseLock)]
    pub fn release_lock(this: &Writer);

    type Chunk;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Chunk) -> bool;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> Uint8Array;
}

/// What a read brought; `None` at the end.
#[must_use]
pub fn bytes(read: JsValue) -> Option<Vec<u8>> {
    let chunk: Chunk = read.unchecked_into();
    (!chunk.done()).then(|| chunk.value().to_vec())
}
