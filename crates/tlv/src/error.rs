use core::fmt;

/// What is wrong with the bytes, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Offset in the outermost input of the object that cannot be read.
    pub at: usize,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What can be wrong with a TLV object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The input ends inside a tag, a length or a value.
    Truncated,
    /// The tag is longer than four bytes, or is 00.
    Tag,
    /// The length is indefinite or has more than three bytes.
    Length,
    /// Objects are nested more than [`MAX_DEPTH`](crate::MAX_DEPTH) deep.
    Depth,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::Truncated => "input ends inside the object",
            ErrorKind::Tag => "tag is 00 or longer than four bytes",
            ErrorKind::Length => "length is indefinite or longer than three bytes",
            ErrorKind::Depth => "objects are nested too deep",
        };
        write!(f, "TLV at byte {}: {what}", self.at)
    }
}

impl core::error::Error for Error {}
