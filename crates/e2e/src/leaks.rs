//! What must not be anywhere, and the search for it in all the forms that it may take.

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret, in all its forms.
pub struct Needle {
    name: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

/// A secret found.
#[derive(Debug, PartialEq, Eq)]
pub struct Find {
    /// Which.
    pub secret: String,
    /// In what form.
    pub form: &'static str,
    /// At which byte.
    pub at: usize,
}

impl Needle {
    /// `text` in plain, in hex of both cases, in base64 and base64url, whatever stands before and after it there, and,
    /// if it is digits, packed two to a byte as cards have it.
    #[must_use]
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut forms = vec![
            ("plain", bytes.to_vec()),
            ("hex", hex::encode(bytes).into_bytes()),
            ("hex", hex::encode_upper(bytes).into_bytes()),
        ];
        for before in 0..3 {
            forms.push(("base64", inner_base64(&STANDARD_NO_PAD, bytes, before)));
            forms.push(("base64", inner_base64(&URL_SAFE_NO_PAD, bytes, before)));
        }
        if let Ok(packed) = hex::decode(text) {
            forms.push(("packed", packed));
        }
        Self { name: name.into(), forms }
    }

    /// What a leak of it could look like: its last form, amid other bytes.
    #[must_use]
    pub fn planted(&self) -> Vec<u8> {
        let form = self.forms.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
        [b"\n[", form, b"]\n"].concat()
    }
}

/// What of the base64 of `bytes` is the same whatever follows it, and whatever `before` bytes precede it.
fn inner_base64(engine: &impl base64::Engine, bytes: &[u8], before: usize) -> Vec<u8> {
    let text = engine.encode([&[0; 2][..before], bytes].concat());
    let begin = (before * 8).div_ceil(6);
    let end = (before + bytes.len()) * 8 / 6;
    text.as_bytes()[begin..end].to_vec()
}

/// Every needle that is in `haystack`, once.
#[must_use]
pub fn search(needles: &[Needle], haystack: &[u8]) -> Vec<Find> {
    let find = |needle: &Needle| {
        needle.forms.iter().find_map(|(form, bytes)| {
            let at = memchr::memmem::find(haystack, bytes)?;
            Some(Find { secret: needle.name.clone(), form, at })
        })
    };
    needles.iter().filter_map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn finds_every_form_wherever_it_is() {
        let needles = [Needle::new("number", "4761739001010010")];
        for before in 0..4 {
            for after in 0..4 {
                let text =
                    ["xyz?".get(..before).unwrap(), "4761739001010010", &"~>~"[..after.min(3)]].concat();
                let forms = [
                    text.clone(),
                    hex::encode(&text),
                    hex::encode_upper(&text),
                    STANDARD.encode(&text),
                    URL_SAFE.encode(&text),
                ];
                for form in forms {
                    let found = search(&needles, format!("log: {form}\n").as_bytes());
                    assert_eq!(found.len(), 1, "{form}");
                }
            }
        }
        assert_eq!(search(&needles, b"\0\x47\x61\x73\x90\x01\x01\x00\x10").len(), 1);
    }

    #[test]
    fn finds_nothing_where_nothing_is() {
        let needles = [Needle::new("number", "4761739001010010")];
        assert_eq!(search(&needles, b"476173******0010, 4761739001010011, 476173900101"), []);
    }
}
