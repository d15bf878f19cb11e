use core::fmt;
use core::iter::FusedIterator;

use crate::{Error, ErrorKind, Tag};

/// How deep [`find`] follows nested objects. Reader messages nest three deep; input from outside must not choose the
/// depth of our stack.
pub const MAX_DEPTH: usize = 8;

/// The longest length field: `83` and three bytes.
const MAX_LENGTH_BYTES: usize = 3;

/// One object. Its `Debug` shows tag and length only: values may be card data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// The tag.
    pub tag: Tag,
    /// The value, without tag and length.
    pub value: &'a [u8],
    /// The whole object as received: tag, length and value.
    pub raw: &'a [u8],
    value_at: usize,
}

impl<'a> Object<'a> {
    /// Reads the value as a sequence of objects.
    pub fn children(&self) -> Reader<'a> {
        Reader { rest: self.value, at: self.value_at, padded: false }
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{} bytes]", self.tag, self.value.len())
    }
}

/// Reads the objects of a sequence one by one. After the first error it yields nothing more.
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
    padded: bool,
}

/// Reads a sequence of objects that fills `bytes` exactly.
pub fn read(bytes: &[u8]) -> Reader<'_> {
    Reader { rest: bytes, at: 0, padded: false }
}

/// As [`read`], but skips 00 bytes before, between and after objects, which EMV allows and which block ciphers leave
/// behind.
pub fn read_padded(bytes: &[u8]) -> Reader<'_> {
    Reader { rest: bytes, at: 0, padded: true }
}

/// The value of the first object with this tag, at any depth inside constructed objects.
///
/// # Errors
/// When the input cannot be read as far as the object looked for.
pub fn find(bytes: &[u8], tag: Tag) -> Result<Option<&[u8]>, Error> {
    find_in(read(bytes), tag, 1)
}

fn find_in(objects: Reader<'_>, tag: Tag, depth: usize) -> Result<Option<&[u8]>, Error> {
    for object in objects {
        let object = object?;
        if object.tag == tag {
            return Ok(Some(object.value));
        }
        if object.tag.is_constructed() {
            if depth == MAX_DEPTH {
                return Err(Error { at: object.value_at, kind: ErrorKind::Depth });
            }
            if let Some(value) = find_in(object.children(), tag, depth + 1)? {
                return Ok(Some(value));
            }
        }
    }
    Ok(None)
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Object<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.padded {
            let start = self.rest.iter().position(|byte| *byte != 0).unwrap_or(self.rest.len());
            self.rest = self.rest.get(start..).unwrap_or_default();
            self.at += start;
        }
        if self.rest.is_empty() {
            return None;
        }
        let item = parse(self.rest, self.at).map_err(|kind| Error { at: self.at, kind });
        let used = item.as_ref().map_or(self.rest.len(), |object| object.raw.len());
        self.rest = self.rest.get(used..).unwrap_or_default();
        self.at += used;
        Some(item)
    }
}

impl FusedIterator for Reader<'_> {}

fn parse(bytes: &[u8], at: usize) -> Result<Object<'_>, ErrorKind> {
    let (tag, tag_len) = Tag::parse(bytes)?;
    let after_tag = bytes.get(tag_len..).unwrap_or_default();
    let (len, len_len) = parse_length(after_tag)?;
    let after_length = after_tag.get(len_len..).unwrap_or_default();
    let value = after_length.get(..len).ok_or(ErrorKind::Truncated)?;
    let raw = bytes.get(..tag_len + len_len + len).ok_or(ErrorKind::Truncated)?;
    Ok(Object { tag, value, raw, value_at: at + tag_len + len_len })
}

/// The length and the number of bytes that said it.
fn parse_length(bytes: &[u8]) -> Result<(usize, usize), ErrorKind> {
    let first = *bytes.first().ok_or(ErrorKind::Truncated)?;
    let extra = usize::from(first & 0x7F);
    match first {
        0..0x80 => Ok((extra, 1)),
        _ if extra == 0 || extra > MAX_LENGTH_BYTES => Err(ErrorKind::Length),
        _ => {
            let digits = bytes.get(1..=extra).ok_or(ErrorKind::Truncated)?;
            let len = digits.iter().fold(0, |len, digit| len << 8 | usize::from(*digit));
            Ok((len, 1 + extra))
        }
    }
}
