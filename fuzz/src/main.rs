//! A target under libFuzzer, which brings `main`. `FUZZ_TARGET` names the target.
#![no_main]
#![allow(clippy::panic, reason = "a target fails its run")]

use fuzz::Target;
use std::sync::OnceLock;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        Target::named(&name).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: {name:?}"))
    });
    target.check(input);
});
