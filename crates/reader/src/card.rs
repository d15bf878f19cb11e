use core::fmt;

use zeroize::{Zeroize, Zeroizing};

/// How the card came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Contact chip. Only this one takes the issuer's answer back to the card.
    Chip,
    /// Contactless.
    Contactless,
    /// Magnetic stripe.
    Swipe,
}

/// Data that only the gateway can read, as the gateway wants it. Overwritten when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedData(Vec<u8>);

impl EncryptedData {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As the gateway's `encrypted-data` field: upper-case hex, overwritten when dropped.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode_upper(&self.0))
    }
}

impl Drop for EncryptedData {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for EncryptedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptedData([redacted])")
    }
}

/// A card that has been read and is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRead {
    /// How it came in.
    pub entry: Entry,
    /// The gateway's `encrypted-data`.
    pub encrypted: EncryptedData,
    /// What may be shown.
    pub card: MaskedCard,
    /// Whether the cardholder proved himself by PIN (EMV CVM results), as far as the reader says.
    pub pin_entered: bool,
    /// Serial number of the key that encrypted the card data, hex.
    pub ksn: Option<String>,
}

/// The most that is ever shown or stored of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaskedCard {
    /// The first six digits.
    pub first6: Option<String>,
    /// The last four digits.
    pub last4: Option<String>,
    /// Whose card it is, by its first digits.
    pub scheme: Option<Scheme>,
    /// Expiry as YYMM.
    pub expiry: Option<String>,
    /// Name on the card.
    pub cardholder: Option<String>,
}

/// The reader showed more of a card number than its first six and last four digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClearPan;

impl MaskedCard {
    /// Takes a masked card number in which everything but a digit is mask.
    pub(crate) fn set_pan(&mut self, masked: &str) -> Result<(), ClearPan> {
        let digits = |text: Option<&str>| {
            text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
        };
        let middle = masked.get(6..masked.len().saturating_sub(4));
        if masked.len() < 13 || middle.is_none_or(|middle| middle.bytes().any(|byte| byte.is_ascii_digit())) {
            return Err(ClearPan);
        }
        self.first6 = digits(masked.get(..6));
        self.last4 = digits(masked.get(masked.len() - 4..));
        self.scheme = self.first6.as_deref().and_then(|first6| Scheme::of(first6.parse().ok()?));
        Ok(())
    }
}

/// Card schemes by their published number ranges (ISO/IEC 7812).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// Maestro.
    Maestro,
    /// American Express.
    Amex,
    /// Mir.
    Mir,
    /// UnionPay.
    UnionPay,
    /// JCB.
    Jcb,
}

impl Scheme {
    pub(crate) fn of(first6: u32) -> Option<Self> {
        match first6 {
            400_000..=499_999 => Some(Self::Visa),
            220_000..=220_499 => Some(Self::Mir),
            222_100..=272_099 | 510_000..=559_999 => Some(Self::Mastercard),
            340_000..=349_999 | 370_000..=379_999 => Some(Self::Amex),
            352_800..=358_999 => Some(Self::Jcb),
            620_000..=629_999 => Some(Self::UnionPay),
            500_000..=509_999 | 560_000..=589_999 | 630_000..=639_999 | 670_000..=679_999 => {
                Some(Self::Maestro)
            }
            _ => None,
        }
    }

    /// The scheme's own spelling of its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visa => "Visa",
            Self::Mastercard => "Mastercard",
            Self::Maestro => "Maestro",
            Self::Amex => "American Express",
            Self::Mir => "Mir",
            Self::UnionPay => "UnionPay",
            Self::Jcb => "JCB",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_masked_number_gives_first_six_and_last_four() {
        let mut card = MaskedCard::default();
        card.set_pan("476173******0010").unwrap();
        assert_eq!((card.first6.as_deref(), card.last4.as_deref()), (Some("476173"), Some("0010")));
        assert_eq!(card.scheme, Some(Scheme::Visa));
    }

    #[test]
    fn a_number_that_shows_more_is_refused() {
        for clear in
            ["4761739001010010", "4761739*****0010", "476173*****10010", "4761730010", "", "47é173******0010"]
        {
            assert_eq!(MaskedCard::default().set_pan(clear), Err(ClearPan), "{clear}");
        }
    }

    #[test]
    fn encrypted_data_does_not_print() {
        assert_eq!(format!("{:?}", EncryptedData::new(vec![0xE4])), "EncryptedData([redacted])");
    }
}
