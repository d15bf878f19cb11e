//! Fuzz targets: what comes from outside is decoded here from bytes that nobody meant well with.
//!
//! A target is a plain function of bytes and one line in [`TARGETS`], with its first inputs in `corpus/NAME/`. The
//! same functions run twice: under libFuzzer, which looks for inputs that reach new code (`cargo xtask fuzz`), and as
//! ordinary tests, over the corpus and 100 000 inputs made from it (`tests/targets.rs`).
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target fails its run"
)]

mod gateway;
mod json;
mod mutant;
mod paynet;
mod reader;
mod script;
mod tlv;
mod trace;

pub use mutant::Mutants;

/// The longest input, in bytes: several messages, or some hundred steps of a script.
pub const MAX_INPUT: usize = 2048;

/// What is fed to one decoder.
#[derive(Debug)]
pub struct Target {
    /// Its name, and its corpus folder's.
    pub name: &'static str,
    /// Decodes; panics where something does not hold.
    pub run: fn(&[u8]),
    /// The most heap that it may hold at a time for an input of no bytes, its own answers included, in bytes: what it
    /// sets up, and what may pile up in a script.
    pub heap: u64,
    /// And for each byte of the input.
    pub heap_per_byte: u64,
}

impl Target {
    const fn new(name: &'static str, run: fn(&[u8]), heap: u64, heap_per_byte: u64) -> Self {
        Self { name, run, heap, heap_per_byte }
    }
}

const KB: u64 = 1024;

/// Every target, one line each, with its heap. A decoder's is in proportion to its input; the densest one there is fills
/// about two thirds: two bytes are a whole TLV object or form field, which is 48 bytes in a list, and a list that grows is
/// there twice. A script chooses known messages and has them repeated, so its limit is one for all lengths.
pub const TARGETS: &[Target] = &[
    Target::new("tlv", tlv::objects, 4 * KB, 48),
    Target::new("issuer_answer", reader::issuer_answer, 4 * KB, 48),
    Target::new("miura_frames", reader::miura::frames, 128 * KB, 0),
    Target::new("miura_messages", reader::miura::messages, 4 * KB, 8),
    Target::new("miura_driver", reader::miura::driver, 256 * KB, 0),
    Target::new("miura_emulator", reader::miura::emulator, 256 * KB, 0),
    Target::new("magtek_v5_reports", reader::magtek_v5::reports, 32 * KB, 8),
    Target::new("magtek_v5_driver", reader::magtek_v5::driver, 256 * KB, 0),
    Target::new("magtek_v5_emulator", reader::magtek_v5::emulator, 256 * KB, 0),
    Target::new("magtek_mms_frames", reader::magtek_mms::frames, 256 * KB, 0),
    Target::new("magtek_mms_messages", reader::magtek_mms::messages, 4 * KB, 8),
    Target::new("magtek_mms_driver", reader::magtek_mms::driver, 256 * KB, 0),
    Target::new("magtek_mms_emulator", reader::magtek_mms::emulator, 256 * KB, 0),
    Target::new("paynet_form", paynet::form, 4 * KB, 96),
    Target::new("paynet_amount", paynet::amount, 16 * KB, 8),
    Target::new("paynet_reply", paynet::reply, 8 * KB, 96),
    Target::new("paynet_close_day", paynet::close_day, 8 * KB, 96),
    Target::new("paynet_callback", paynet::callback, 8 * KB, 192),
    Target::new("paynet_report", paynet::report, 16 * KB, 192),
    Target::new("paynet_authorization", paynet::authorization, 16 * KB, 128),
    Target::new("payment_json", json::payment, 8 * KB, 256),
    Target::new("traceparent", trace::traceparent, 4 * KB, 8),
    Target::new("gateway_calls", gateway::calls, 256 * KB, 0),
    Target::new("gateway_cards", gateway::cards, 128 * KB, 64),
];

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Runs it on this input.
    ///
    /// # Panics
    /// When something does not hold, or it held more memory than it may.
    pub fn check(&self, input: &[u8]) {
        let used = allocation_counter::measure(|| (self.run)(input)).bytes_max;
        let len = u64::try_from(input.len()).unwrap_or(u64::MAX);
        let allowed = self.heap + self.heap_per_byte * len;
        assert!(used <= allowed, "{} held {used} bytes for an input of {len}", self.name);
    }
}
