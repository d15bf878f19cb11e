//! `NAD | PCB | LEN | INF | LRC`, longer messages chained (MPI API §5).

use std::collections::VecDeque;

use zeroize::Zeroizing;

/// INF has 2 to 254 bytes.
const MIN_INFO: usize = 2;
pub(super) const MAX_INFO: usize = 254;
/// NAD, PCB, LEN and LRC.
const AROUND_INFO: usize = 4;
/// More than any message of the protocol; keeps a broken reader from filling the memory.
const MAX_MESSAGE: usize = 16 * 1024;

const MORE: u8 = 0x01;
const UNSOLICITED: u8 = 0x40;

/// The parts of the device that speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// The PIN entry device.
    Pinpad = 1,
    /// The point-of-sale interface: printer, drawer, scanner.
    PosInterface = 2,
}

/// One whole message, unchained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sent it, or is meant.
    pub node: Node,
    /// Whether the reader sent it unasked.
    pub unsolicited: bool,
    /// The contents; ends with the status word when it comes from the reader.
    pub info: Zeroizing<Vec<u8>>,
}

impl Message {
    /// Bytes on the link, in as few frames as can be.
    pub fn link_len(&self) -> usize {
        self.info.len() + AROUND_INFO * self.info.len().div_ceil(MAX_INFO)
    }
}

/// Why bytes are no frame. There is no way to ask for it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The first byte names no node.
    #[error("node address {0:02X}")]
    Node(u8),
    /// The control byte has unknown bits.
    #[error("control byte {0:02X}")]
    Control(u8),
    /// The length is not 2 to 254.
    #[error("length {0}")]
    Length(u8),
    /// The checksum does not fit.
    #[error("checksum")]
    Checksum,
    /// A chain goes on as another kind of message than it began.
    #[error("chain of mixed messages")]
    Chain,
    /// A chain is longer than any message.
    #[error("message too long")]
    TooLong,
}

/// The frames of a message. `info` has at least two bytes: a command header or a status word.
pub fn encode(message: &Message) -> Vec<u8> {
    let mut rest = message.info.as_slice();
    let mut out = Vec::with_capacity(rest.len() + 8);
    loop {
        // A last frame of one byte is not allowed, so the one before it leaves one more.
        let len = if rest.len() == MAX_INFO + 1 { MAX_INFO - 1 } else { rest.len().min(MAX_INFO) };
        let (info, later) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        let start = out.len();
        let more = if later.is_empty() { 0 } else { MORE };
        let unsolicited = if message.unsolicited { UNSOLICITED } else { 0 };
        out.extend([message.node as u8, more | unsolicited, u8::try_from(info.len()).unwrap_or(u8::MAX)]);
        out.extend_from_slice(info);
        out.push(checksum(out.get(start..).unwrap_or_default()));
        rest = later;
        if rest.is_empty() {
            return out;
        }
    }
}

fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Takes bytes as they come and gives whole messages. After an error it gives nothing more.
#[derive(Default)]
pub struct Deframer {
    frame: Zeroizing<Vec<u8>>,
    chains: [Option<Message>; 2],
    done: VecDeque<Message>,
    failed: Option<FrameError>,
    failure_told: bool,
}

impl Deframer {
    /// Takes bytes, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.failed.is_some() {
                return;
            }
            self.frame.push(*byte);
            self.failed = self.take_frame().err();
        }
    }

    /// The next whole message, or once the error after the last of them.
    pub fn next_message(&mut self) -> Option<Result<Message, FrameError>> {
        if let Some(message) = self.done.pop_front() {
            return Some(Ok(message));
        }
        let error = self.failed.filter(|_| !self.failure_told)?;
        self.failure_told = true;
        Some(Err(error))
    }

    /// Checks what there is of the frame, and takes it once it is whole.
    fn take_frame(&mut self) -> Result<(), FrameError> {
        let (node, control, len) = match *self.frame.as_slice() {
            [node] => return Self::node(node).map(|_| ()),
            [_, control] if control & !(MORE | UNSOLICITED) != 0 => return Err(FrameError::Control(control)),
            [node, control, len, ..] => (Self::node(node)?, control, len),
            _ => return Ok(()),
        };
        if !(MIN_INFO..=MAX_INFO).contains(&usize::from(len)) {
            return Err(FrameError::Length(len));
        }
        let end = 3 + usize::from(len);
        if self.frame.len() <= end {
            return Ok(());
        }
        if checksum(&self.frame) != 0 {
            return Err(FrameError::Checksum);
        }
        let frame = std::mem::take(&mut self.frame);
        let unsolicited = control & UNSOLICITED != 0;
        let [pinpad, interface] = &mut self.chains;
        let chain = if node == Node::Pinpad { pinpad } else { interface };
        let mut message =
            chain.take().unwrap_or_else(|| Message { node, unsolicited, info: Zeroizing::default() });
        if message.unsolicited != unsolicited {
            return Err(FrameError::Chain);
        }
        if message.info.len() + usize::from(len) > MAX_MESSAGE {
            return Err(FrameError::TooLong);
        }
        message.info.extend_from_slice(frame.get(3..end).unwrap_or_default());
        if control & MORE != 0 {
            *chain = Some(message);
        } else {
            self.done.push_back(message);
        }
        Ok(())
    }

    fn node(byte: u8) -> Result<Node, FrameError> {
        match byte {
            1 => Ok(Node::Pinpad),
            2 => Ok(Node::PosInterface),
            other => Err(FrameError::Node(other)),
        }
    }
}
