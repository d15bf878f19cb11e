//! What the reader accepts, refuses and finds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use tlv::{Error, ErrorKind, find, object, read, read_padded, tag};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn kind_of(bytes: &str) -> Error {
    let bytes = hex::decode(bytes.replace(' ', "")).unwrap();
    read(&bytes).find_map(Result::err).expect("an error")
}

#[test]
fn tags_of_one_to_four_bytes() {
    let bytes = hex::decode("5A01119F020122DFAE020133DF8182030144").unwrap();
    let tags: Vec<_> = read(&bytes).map(|object| object.unwrap().tag.to_string()).collect();
    assert_eq!(tags, ["5A", "9F02", "DFAE02", "DF818203"]);
}

#[test]
fn lengths_of_every_form() {
    for len in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
        let written = object(tag::SRED_DATA, &vec![0xAB; len]);
        let mut objects = read(&written);
        let first = objects.next().unwrap().unwrap();
        assert_eq!((first.tag, first.value.len(), first.raw.len()), (tag::SRED_DATA, len, written.len()));
        assert!(objects.next().is_none());
    }
}

#[test]
fn errors_say_where() {
    assert_eq!(kind_of("5A0111 5A"), Error { at: 3, kind: ErrorKind::Truncated });
    assert_eq!(kind_of("5A0111 5A0211"), Error { at: 3, kind: ErrorKind::Truncated });
    assert_eq!(kind_of("5A80"), Error { at: 0, kind: ErrorKind::Length });
    assert_eq!(kind_of("5A84000000 0111"), Error { at: 0, kind: ErrorKind::Length });
    assert_eq!(kind_of("DF81828303 0111"), Error { at: 0, kind: ErrorKind::Tag });
    assert_eq!(kind_of("5A0111 00"), Error { at: 3, kind: ErrorKind::Tag });
}

#[test]
fn nested_errors_count_from_the_outermost_byte() {
    let bytes = hex::decode("E1055A01115A02").unwrap();
    assert_eq!(find(&bytes, tag::VERSION), Err(Error { at: 5, kind: ErrorKind::Truncated }));
}

#[test]
fn the_first_error_ends_the_reading() {
    let mut objects = read(&[0x5A, 0x80, 0x5A, 0x01, 0x11]);
    assert!(objects.next().unwrap().is_err());
    assert!(objects.next().is_none());
}

#[test]
fn padding_only_where_it_was_asked_for() {
    let bytes = [0x00, 0x5A, 0x01, 0x11, 0x00, 0x00, 0x5A, 0x01, 0x22, 0x00];
    assert_eq!(read_padded(&bytes).filter_map(Result::ok).count(), 2);
    assert!(read(&bytes).any(|object| object.is_err()));
}

#[test]
fn nesting_is_followed_as_deep_as_messages_go_and_no_deeper() {
    let mut bytes = object(tag::VERSION, b"1-6");
    for _ in 1..tlv::MAX_DEPTH {
        bytes = object(tag::RESPONSE, &bytes);
    }
    assert_eq!(find(&bytes, tag::VERSION), Ok(Some(&b"1-6"[..])));
    let deeper = object(tag::RESPONSE, &bytes);
    assert_eq!(find(&deeper, tag::VERSION).unwrap_err().kind, ErrorKind::Depth);
}

#[test]
fn debug_shows_no_value() {
    let bytes = object(tag::PAN, &[0x47, 0x61, 0x73]);
    assert_eq!(format!("{:?}", read(&bytes).next().unwrap().unwrap()), "5A[3 bytes]");
}
