//! ISO 9564-1 format 0: a PIN bound to a card number in one block.

use zeroize::Zeroizing;

/// Why a PIN block cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinBlockError {
    /// A PIN has 4 to 12 decimal digits.
    #[error("a PIN has 4 to 12 digits")]
    Pin,
    /// A card number has 13 to 19 decimal digits.
    #[error("a card number has 13 to 19 digits")]
    Pan,
    /// The block belongs to another card number, key or format.
    #[error("not a format 0 block of this card number")]
    Block,
}

/// The clear block: `0`, length, PIN, filled with `F`, exclusive-or the last twelve digits of the card number without
/// its check digit.
///
/// # Errors
/// [`PinBlockError::Pin`] or [`PinBlockError::Pan`].
pub fn encode_pin_block(pin: &str, pan: &str) -> Result<[u8; 8], PinBlockError> {
    if !(4..=12).contains(&pin.len()) || !pin.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(PinBlockError::Pin);
    }
    let text = Zeroizing::new(format!("0{:X}{pin:F<14}", pin.len()));
    let block = u64::from_str_radix(&text, 16).map_err(|_| PinBlockError::Pin)?;
    Ok((block ^ pan_part(pan)?).to_be_bytes())
}

/// The PIN of a clear block.
///
/// # Errors
/// [`PinBlockError::Pan`], or [`PinBlockError::Block`] when the block does not fit the card number.
pub fn decode_pin_block(block: [u8; 8], pan: &str) -> Result<Zeroizing<String>, PinBlockError> {
    let text = Zeroizing::new(format!("{:016X}", u64::from_be_bytes(block) ^ pan_part(pan)?));
    let digits = text
        .strip_prefix('0')
        .and_then(|text| usize::from_str_radix(text.get(..1)?, 16).ok().zip(text.get(1..)))
        .filter(|(len, rest)| rest.bytes().skip(*len).all(|fill| fill == b'F'))
        .and_then(|(len, rest)| rest.get(..len));
    match digits {
        Some(pin) if encode_pin_block(pin, pan).is_ok() => Ok(Zeroizing::new(pin.to_owned())),
        _ => Err(PinBlockError::Block),
    }
}

fn pan_part(pan: &str) -> Result<u64, PinBlockError> {
    if !(13..=19).contains(&pan.len()) || !pan.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(PinBlockError::Pan);
    }
    let digits = pan.get(pan.len() - 13..pan.len() - 1).ok_or(PinBlockError::Pan)?;
    u64::from_str_radix(digits, 16).map_err(|_| PinBlockError::Pan)
}
