//! What carries a message: packets over HID, SLIP over a serial line.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::packets::{self, Packets};
use super::slip::{self, Slip};
use crate::Link;

/// More than any message of a payment; keeps a broken reader from filling the memory.
pub(super) const MAX_MESSAGE: usize = 32 * 1024;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The host.
    ToReader,
    /// The reader.
    FromReader,
}

/// Why bytes are no frame. There is no way to ask for it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A HID packet of no known type.
    #[error("packet type {0:02X}")]
    PacketType(u8),
    /// A frame is shorter or longer than it says.
    #[error("length")]
    Length,
    /// A packet is not the next one of its message.
    #[error("packet out of sequence")]
    Sequence,
    /// A message is longer than any.
    #[error("message too long")]
    TooLong,
    /// Bytes outside a SLIP frame.
    #[error("bytes outside a frame")]
    Outside,
    /// A SLIP escape that stands for nothing.
    #[error("escape")]
    Escape,
    /// A SLIP frame that the other side cannot have sent.
    #[error("frame type {0:02X}")]
    FrameType(u8),
}

/// The frames of a message: HID reports of 64 bytes each, or the bytes of a serial line.
pub fn encode(link: Link, direction: Direction, message: &[u8]) -> Vec<Vec<u8>> {
    match link {
        Link::Serial => vec![slip::encode(direction, message)],
        Link::Hid { .. } => packets::encode(message),
    }
}

/// Takes reports or bytes as they come and gives whole messages. After an error it gives nothing more.
pub struct Deframer {
    framing: Framing,
    done: VecDeque<Zeroizing<Vec<u8>>>,
    failed: Option<FrameError>,
    failure_told: bool,
}

enum Framing {
    Packets(Packets),
    Slip(Slip),
}

impl Deframer {
    /// For what comes over this link from this side.
    pub fn new(link: Link, from: Direction) -> Self {
        let framing = match link {
            Link::Serial => Framing::Slip(Slip::new(from)),
            Link::Hid { .. } => Framing::Packets(Packets::default()),
        };
        Self { framing, done: VecDeque::new(), failed: None, failure_told: false }
    }

    /// Takes one report, or bytes cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            let pushed = match &mut self.framing {
                Framing::Packets(packets) => packets.push(bytes, &mut self.done),
                Framing::Slip(slip) => slip.push(bytes, &mut self.done),
            };
            self.failed = pushed.err();
        }
    }

    /// The next whole message, or once the error after the last of them.
    pub fn next_message(&mut self) -> Option<Result<Zeroizing<Vec<u8>>, FrameError>> {
        if let Some(message) = self.done.pop_front() {
            return Some(Ok(message));
        }
        let error = self.failed.filter(|_| !self.failure_told)?;
        self.failure_told = true;
        Some(Err(error))
    }
}
