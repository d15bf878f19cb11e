use crate::Tag;

/// One object: tag, shortest length, value. A constructed value is the concatenation of its children.
pub fn object(tag: Tag, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 8);
    out.extend_from_slice(tag.bytes());
    let digits = value.len().to_be_bytes();
    let digits = digits.get(digits.iter().take_while(|digit| **digit == 0).count()..).unwrap_or_default();
    match digits {
        [] => out.push(0),
        [short @ 0..0x80] => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(value);
    out
}
