//! An emulated DynaFlex, DynaFlex II Go (both HID) or DynaProx (HID or serial): see [`reader::magtek_mms`] for the
//! protocol.
//!
//! The DynaFlex has display and keypad, the II Go a battery; the DynaProx reads contactless cards only. Card data is
//! encrypted under the data variant of TDES DUKPT, its MAC under the MAC variant: the reference does not say which
//! CBC-MAC, so it is that of TDES in whole. The tracks of a stripe are encrypted twice, as the reference has it.
//!
//! What the device says when a card is taken out too early is not published: it is "removed", then "failed".
//!
//! Of the faults, there is no checksum: instead a frame says another length than it has.

mod blob;
mod emulator;
mod hand;
mod transaction;

pub use emulator::DynaFlexEmulator;

/// A HID report descriptor with the reports that the reference describes: 64 bytes in, 64 bytes out, no ids. No
/// document shows the device's own.
#[rustfmt::skip]
pub const REPORT_DESCRIPTOR: [u8; 25] = [
    0x06, 0x00, 0xFF, // usage page FF00
    0x09, 0x01, 0xA1, 0x01, // collection
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, // 64 bytes
    0x09, 0x20, 0x81, 0x02, // in
    0x09, 0x20, 0x91, 0x02, // out
    0xC0,
];
