//! BER-TLV.

use tlv::{Reader, find, object, read, read_padded, tag};

/// Reads, writes again, and finds.
pub(crate) fn objects(bytes: &[u8]) {
    let whole: Option<Vec<_>> = read(bytes).collect::<Result<_, _>>().ok();
    if let Some(objects) = &whole {
        let raw: Vec<u8> = objects.iter().flat_map(|object| object.raw.iter().copied()).collect();
        assert_eq!(raw, bytes, "the objects fill the input");
    }
    for object in read_padded(bytes).flatten() {
        let again = self::object(object.tag, object.value);
        assert!(again.len() <= object.raw.len(), "the shortest length");
        let mut back = read(&again).map(|back| back.map(|back| (back.tag, back.value)));
        assert_eq!((back.next(), back.next()), (Some(Ok((object.tag, object.value))), None));
    }
    let first = whole.iter().flatten().next().map_or(tag::SRED_DATA, |object| object.tag);
    if let Ok(Some(value)) = find(bytes, first) {
        assert!(value.len() < bytes.len());
    }
    let _ = find(bytes, tag::PIN_KSN);
    ends(read(bytes));
    ends(read_padded(bytes));
}

/// After an error there is nothing more.
fn ends(mut objects: Reader<'_>) {
    if objects.by_ref().any(|object| object.is_err()) {
        assert_eq!(objects.next(), None);
    }
}
