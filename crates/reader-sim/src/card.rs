/// A test card. The numbers are test numbers: no account stands behind them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// What to call it in a list.
    pub name: &'static str,
    /// Card number.
    pub pan: &'static str,
    /// Expiry, YYMM.
    pub expiry: &'static str,
    /// Name on the card.
    pub holder: &'static str,
    /// The application's name.
    pub label: &'static str,
    /// The application's identifier.
    pub aid: [u8; 7],
    /// Service code; the first digit 2 says that there is a chip (ISO/IEC 7813).
    pub service_code: &'static str,
    /// What the contact chip does; `None` for a card without one.
    pub chip: Option<Chip>,
    /// Whether the PIN is asked for when the chip is read, and which is right.
    pub pin: Option<&'static str>,
    /// Whether it can be tapped.
    pub contactless: bool,
    /// Whether it has a stripe.
    pub stripe: bool,
}

/// What a contact chip does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chip {
    /// Decides as the issuer says.
    Obedient,
    /// Declines although the issuer approved.
    DeclinesAfterIssuer,
    /// Cannot be read.
    Broken,
}

const VISA: [u8; 7] = [0xA0, 0, 0, 0, 0x03, 0x10, 0x10];
const MASTERCARD: [u8; 7] = [0xA0, 0, 0, 0, 0x04, 0x10, 0x10];

const VISA_PIN: Card = Card {
    name: "Visa, chip and PIN 1234",
    pan: "4761739001010010",
    expiry: "2912",
    holder: "VISA ACQUIRER TEST CARD 05",
    label: "VISA ACQUIRER TEST",
    aid: VISA,
    service_code: "201",
    chip: Some(Chip::Obedient),
    pin: Some("1234"),
    contactless: true,
    stripe: true,
};

const MASTERCARD_PIN: Card = Card {
    name: "Mastercard, chip and PIN 73051928",
    pan: "5413330089020011",
    holder: "ANDERSON/MARY",
    label: "MASTERCARD",
    aid: MASTERCARD,
    // Long enough to be searched for: a shorter one stands by chance in any log.
    pin: Some("73051928"),
    ..VISA_PIN
};

const CARDS: [Card; 7] = [
    VISA_PIN,
    MASTERCARD_PIN,
    Card {
        name: "Visa, chip without PIN",
        pan: "4761739001010028",
        holder: "LEE/ALEX",
        label: "VISA CREDIT",
        pin: None,
        ..VISA_PIN
    },
    Card {
        name: "Visa on a phone, tap only",
        pan: "4761739001010119",
        holder: "",
        label: "VISA DEBIT",
        chip: None,
        pin: None,
        stripe: false,
        ..VISA_PIN
    },
    Card {
        name: "Mastercard, stripe only",
        pan: "5413330089010434",
        holder: "OLD/CARD",
        service_code: "101",
        chip: None,
        pin: None,
        contactless: false,
        ..MASTERCARD_PIN
    },
    Card {
        name: "Visa, chip declines after the bank approved",
        pan: "4761739001010135",
        holder: "STUBBORN/CHIP",
        chip: Some(Chip::DeclinesAfterIssuer),
        pin: None,
        contactless: false,
        ..VISA_PIN
    },
    Card {
        name: "Mastercard, broken chip, swipe instead",
        pan: "5413330089099049",
        holder: "WORN/CHIP",
        chip: Some(Chip::Broken),
        pin: None,
        contactless: false,
        ..MASTERCARD_PIN
    },
];

/// The cards to choose from.
pub const fn cards() -> &'static [Card] {
    &CARDS
}

impl Card {
    /// First six and last four digits with this mask between them.
    pub(crate) fn masked(&self, mask: char) -> String {
        let last = self.pan.len().saturating_sub(4);
        let digit = |(at, digit)| if at < 6 || at >= last { digit } else { mask };
        self.pan.chars().enumerate().map(digit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_have_their_check_digit() {
        for card in cards() {
            let digits = card.pan.bytes().rev().map(|digit| u32::from(digit - b'0'));
            let sum: u32 = digits
                .enumerate()
                .map(|(at, digit)| match (at % 2, digit * 2) {
                    (0, _) => digit,
                    (_, twice) => twice / 10 + twice % 10,
                })
                .sum();
            assert_eq!(sum % 10, 0, "{}", card.name);
        }
    }

    #[test]
    fn names_and_numbers_are_distinct() {
        for (at, card) in cards().iter().enumerate() {
            assert!(cards()[..at].iter().all(|other| other.name != card.name && other.pan != card.pan));
        }
    }
}
