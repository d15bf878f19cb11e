//! A receipt as a picture for the receipt printer. `public/picture.js`, which is smaller there than here, draws it.

use language::Language;
use receipt::{Line, QrPath, Size, raster};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A printer's character is so many dots wide: the picture is as wide as its lines, whatever the paper has beside them.
const DOTS: u32 = 12;

#[wasm_bindgen]
extern "C" {
    type Picture;
    #[wasm_bindgen(constructor)]
    fn new(width: u32, is_right_to_left: bool) -> Picture;
    #[wasm_bindgen(method)]
    fn centred(this: &Picture, text: &str, is_tall: bool);
    #[wasm_bindgen(method)]
    fn pair(this: &Picture, label: &str, value: &str, is_tall: bool);
    #[wasm_bindgen(method)]
    fn rule(this: &Picture);
    #[wasm_bindgen(method)]
    fn blank(this: &Picture);
    #[wasm_bindgen(method)]
    fn sign(this: &Picture, words: &str);
    #[wasm_bindgen(method)]
    fn code(this: &Picture, size: i32, path: &str);
    /// Four bytes each, as `ImageData` has them.
    #[wasm_bindgen(method, catch)]
    fn pixels(this: &Picture) -> Result<Vec<u8>, JsValue>;
}

/// The printer's bytes of these lines in this language, on paper of so many characters; `None` from a browser that cannot draw
/// them.
pub(crate) fn bytes(lines: &[Line], language: Language, columns: u32) -> Option<Vec<u8>> {
    let width = columns * DOTS;
    let picture = Picture::new(width, language.is_right_to_left());
    for line in lines {
        match line {
            Line::Centred(text, size) => picture.centred(text, *size == Size::Tall),
            Line::Pair(label, value, size) => picture.pair(label, value, *size == Size::Tall),
            Line::Rule => picture.rule(),
            Line::Blank => picture.blank(),
            Line::Sign(words) => picture.sign(words),
            Line::Link(link) => {
                if let Some(QrPath { size, path }) = QrPath::of(link) {
                    picture.code(size, &path);
                }
                picture.centred(link, false);
            }
        }
    }
    raster::bytes(usize::try_from(width).ok()?, &picture.pixels().ok()?)
}
