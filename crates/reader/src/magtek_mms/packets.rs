//! HID packets of 64 bytes (MT-MMS "How to Send Command Requests Using the USB Connection").

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::framing::{FrameError, MAX_MESSAGE};

/// Bytes of a report.
const LEN: usize = 64;
/// Room in a packet that is a message of its own, or the end of one.
const MAX_LAST: usize = LEN - 2;
/// Room in the first packet of several, and in those between.
const MAX_HEAD: usize = LEN - 5;
const MAX_MIDDLE: usize = LEN - 3;

const SINGLE: u8 = 0x00;
const HEAD: u8 = 0x01;
const MIDDLE: u8 = 0x02;
const TAIL: u8 = 0x03;
const CANCEL: u8 = 0x04;

/// The packets of a message.
pub(super) fn encode(message: &[u8]) -> Vec<Vec<u8>> {
    if message.len() <= MAX_LAST {
        return vec![last(SINGLE, message)];
    }
    let (head, mut rest) = message.split_at_checked(MAX_HEAD).unwrap_or((message, &[]));
    let total = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut packets = vec![[&[HEAD][..], &total.to_be_bytes(), head].concat()];
    let mut number = 0_u16;
    while rest.len() > MAX_LAST {
        let (middle, later) = rest.split_at_checked(MAX_MIDDLE).unwrap_or((rest, &[]));
        number = number.wrapping_add(1);
        packets.push([&[MIDDLE][..], &number.to_be_bytes(), middle].concat());
        rest = later;
    }
    packets.push(last(TAIL, rest));
    packets
}

fn last(kind: u8, part: &[u8]) -> Vec<u8> {
    let mut packet = vec![kind, u8::try_from(part.len()).unwrap_or(u8::MAX)];
    packet.extend_from_slice(part);
    packet.resize(LEN, 0);
    packet
}

/// Puts packets together.
#[derive(Default)]
pub(super) struct Packets(Option<Part>);

/// A message that is not whole yet.
struct Part {
    message: Zeroizing<Vec<u8>>,
    total: usize,
    /// Number of the packet in the middle that came last.
    number: u16,
}

impl Packets {
    pub(super) fn push(
        &mut self,
        packet: &[u8],
        done: &mut VecDeque<Zeroizing<Vec<u8>>>,
    ) -> Result<(), FrameError> {
        let (kind, rest) = packet.split_first().ok_or(FrameError::Length)?;
        match *kind {
            SINGLE if self.0.is_none() => {
                let message = counted(rest)?;
                if message.is_empty() {
                    return Err(FrameError::Length);
                }
                done.push_back(message.to_vec().into());
            }
            HEAD if self.0.is_none() => {
                let (total, head) = rest.split_first_chunk().ok_or(FrameError::Length)?;
                let total = usize::try_from(u32::from_be_bytes(*total)).unwrap_or(usize::MAX);
                match total {
                    0..=MAX_LAST => return Err(FrameError::Length),
                    _ if total > MAX_MESSAGE => return Err(FrameError::TooLong),
                    _ => self.0 = Some(Part { message: head.to_vec().into(), total, number: 0 }),
                }
            }
            MIDDLE => {
                let (number, middle) = rest.split_first_chunk().ok_or(FrameError::Length)?;
                let part = self.0.as_mut().ok_or(FrameError::Sequence)?;
                if part.number.checked_add(1) != Some(u16::from_be_bytes(*number)) {
                    return Err(FrameError::Sequence);
                }
                part.number += 1;
                part.add(middle)?;
            }
            TAIL => {
                let mut part = self.0.take().ok_or(FrameError::Sequence)?;
                part.add(counted(rest)?)?;
                if part.message.len() != part.total {
                    return Err(FrameError::Length);
                }
                done.push_back(part.message);
            }
            CANCEL => self.0 = None,
            SINGLE | HEAD => return Err(FrameError::Sequence),
            other => return Err(FrameError::PacketType(other)),
        }
        Ok(())
    }
}

impl Part {
    fn add(&mut self, part: &[u8]) -> Result<(), FrameError> {
        if part.len() > self.total.saturating_sub(self.message.len()) {
            return Err(FrameError::Length);
        }
        self.message.extend_from_slice(part);
        Ok(())
    }
}

/// The part of a last packet, behind its length.
fn counted(packet: &[u8]) -> Result<&[u8], FrameError> {
    let (len, part) = packet.split_first().ok_or(FrameError::Length)?;
    part.get(..usize::from(*len)).ok_or(FrameError::Length)
}
