//! What holds for all bytes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use proptest::prelude::*;
use tlv::{Tag, find, object, read, read_padded, tag};

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for objects in [read(&bytes), read_padded(&bytes)] {
            for object in objects.flatten() {
                let _ = object.children().count();
            }
        }
        let _ = find(&bytes, tag::SRED_DATA);
    }

    #[test]
    fn what_is_written_is_read(values in prop::collection::vec((0x40_u32..0x5F, prop::collection::vec(any::<u8>(), 0..300)), 0..8)) {
        let bytes: Vec<u8> = values.iter().flat_map(|(number, value)| object(Tag::new(*number), value)).collect();
        let back: Vec<_> = read(&bytes).map(|object| object.unwrap()).map(|object| (object.tag, object.value.to_vec())).collect();
        prop_assert_eq!(back, values.into_iter().map(|(number, value)| (Tag::new(number), value)).collect::<Vec<_>>());
    }
}
