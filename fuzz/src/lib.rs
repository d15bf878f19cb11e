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
    /// The most heap that it may hold at a time for an input of [`MAX_INPUT`] bytes, its own answers included, in bytes.
    pub heap: u64,
}

const KB: u64 = 1024;

/// Every target, one line each.
pub const TARGETS: &[Target] = &[
    Target { name: "tlv", run: tlv::objects, heap: 256 * KB },
    Target { name: "issuer_answer", run: reader::issuer_answer, heap: 64 * KB },
    Target { name: "miura_frames", run: reader::miura::frames, heap: 128 * KB },
    Target { name: "miura_messages", run: reader::miura::messages, heap: 64 * KB },
    Target { name: "miura_driver", run: reader::miura::driver, heap: 256 * KB },
    Target { name: "miura_emulator", run: reader::miura::emulator, heap: 256 * KB },
    Target { name: "magtek_v5_reports", run: reader::magtek_v5::reports, heap: 64 * KB },
    Target { name: "magtek_v5_driver", run: reader::magtek_v5::driver, heap: 256 * KB },
    Target { name: "magtek_v5_emulator", run: reader::magtek_v5::emulator, heap: 256 * KB },
    Target { name: "magtek_mms_frames", run: reader::magtek_mms::frames, heap: 256 * KB },
    Target { name: "magtek_mms_messages", run: reader::magtek_mms::messages, heap: 64 * KB },
    Target { name: "magtek_mms_driver", run: reader::magtek_mms::driver, heap: 256 * KB },
    Target { name: "magtek_mms_emulator", run: reader::magtek_mms::emulator, heap: 256 * KB },
    Target { name: "paynet_form", run: paynet::form, heap: 512 * KB },
    Target { name: "paynet_amount", run: paynet::amount, heap: 64 * KB },
    Target { name: "paynet_reply", run: paynet::reply, heap: 512 * KB },
    Target { name: "paynet_callback", run: paynet::callback, heap: 512 * KB },
    Target { name: "paynet_authorization", run: paynet::authorization, heap: 256 * KB },
    Target { name: "payment_json", run: json::payment, heap: 1024 * KB },
    Target { name: "gateway_calls", run: gateway::calls, heap: 1024 * KB },
    Target { name: "gateway_cards", run: gateway::cards, heap: 256 * KB },
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
        assert!(used <= self.heap, "{} held {used} bytes for an input of {}", self.name, input.len());
    }
}
