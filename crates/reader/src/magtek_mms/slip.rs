//! SLIP frames (MT-MMS "How to Use SLIP Format"): `C0 | direction | length | message | C0`.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::framing::{Direction, FrameError, MAX_MESSAGE};

const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;

/// Direction and length.
const HEADER: usize = 5;

const fn direction_byte(direction: Direction) -> u8 {
    match direction {
        Direction::ToReader => 0x00,
        Direction::FromReader => 0x02,
    }
}

pub(super) fn encode(direction: Direction, message: &[u8]) -> Vec<u8> {
    let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut frame = vec![END];
    for byte in [&[direction_byte(direction)][..], &len.to_be_bytes(), message].concat() {
        match byte {
            END => frame.extend([ESCAPE, ESCAPED_END]),
            ESCAPE => frame.extend([ESCAPE, ESCAPED_ESCAPE]),
            other => frame.push(other),
        }
    }
    frame.push(END);
    frame
}

/// Finds frames in the bytes of a line.
pub(super) struct Slip {
    from: Direction,
    /// `None` before the first delimiter.
    frame: Option<Zeroizing<Vec<u8>>>,
    escaped: bool,
}

impl Slip {
    pub(super) fn new(from: Direction) -> Self {
        Self { from, frame: None, escaped: false }
    }

    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        done: &mut VecDeque<Zeroizing<Vec<u8>>>,
    ) -> Result<(), FrameError> {
        for byte in bytes {
            let escaped = std::mem::take(&mut self.escaped);
            let byte = match *byte {
                ESCAPED_END if escaped => END,
                ESCAPED_ESCAPE if escaped => ESCAPE,
                _ if escaped => return Err(FrameError::Escape),
                END => {
                    // One delimiter may both end a frame and begin the next.
                    if let Some(frame) = self.frame.replace(Zeroizing::default())
                        && !frame.is_empty()
                    {
                        done.push_back(self.message(&frame)?);
                    }
                    continue;
                }
                ESCAPE => {
                    self.escaped = true;
                    continue;
                }
                other => other,
            };
            let frame = self.frame.as_mut().ok_or(FrameError::Outside)?;
            if frame.len() == HEADER + MAX_MESSAGE {
                return Err(FrameError::TooLong);
            }
            frame.push(byte);
        }
        Ok(())
    }

    fn message(&self, frame: &[u8]) -> Result<Zeroizing<Vec<u8>>, FrameError> {
        let ([info, len @ ..], message) = frame.split_first_chunk::<HEADER>().ok_or(FrameError::Length)?;
        if *info != direction_byte(self.from) {
            return Err(FrameError::FrameType(*info));
        }
        let len = usize::try_from(u32::from_be_bytes(*len)).unwrap_or(usize::MAX);
        if len != message.len() {
            return Err(FrameError::Length);
        }
        Ok(message.to_vec().into())
    }
}
