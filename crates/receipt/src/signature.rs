/// Whether the customer has to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Yes.
    Needed,
    /// No.
    NotNeeded,
    /// The payment is not approved: there is nothing to sign.
    WrongState,
    /// The card's word on it cannot be read.
    Unreadable,
}

/// The cardholder verification methods that ask for a signature: PIN by the card and signature, enciphered PIN by the
/// card and signature, signature (EMV book 3, annex C3).
const SIGNED: [u8; 3] = [0x03, 0x05, 0x1E];
/// Those that ask for a PIN.
const PIN: [u8; 5] = [0x01, 0x02, 0x03, 0x04, 0x05];
/// "Failed" in the third byte of the results (EMV book 4, annex A4).
const FAILED: u8 = 0x01;

/// The vendor client's rule (`shouldGetSignature`), by the results of the cardholder's verification, tag 9F34 as hex:
/// only of an approved payment; without the tag yes; else by the first byte without its upper two bits.
#[must_use]
pub fn signature(approved: bool, cvm: Option<&str>) -> Signature {
    if !approved {
        return Signature::WrongState;
    }
    match cvm.unwrap_or_default() {
        "" => Signature::Needed,
        cvm => match byte(cvm, 0) {
            Some(method) if SIGNED.contains(&(method & 0x3F)) => Signature::Needed,
            Some(_) => Signature::NotNeeded,
            None => Signature::Unreadable,
        },
    }
}

/// Whether the customer entered a PIN and it was not refused.
pub(crate) fn pin_entered(cvm: Option<&str>) -> bool {
    let cvm = cvm.unwrap_or_default();
    byte(cvm, 0).is_some_and(|method| PIN.contains(&(method & 0x3F))) && byte(cvm, 2) != Some(FAILED)
}

fn byte(hex: &str, at: usize) -> Option<u8> {
    let digits = hex.get(at * 2..at * 2 + 2)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendor_s_rule_word_for_word() {
        for (cvm, expected) in [
            (None, Signature::Needed),
            (Some(""), Signature::Needed),
            (Some("1E0300"), Signature::Needed),
            (Some("5E0300"), Signature::Needed),
            (Some("030302"), Signature::Needed),
            (Some("450302"), Signature::Needed),
            (Some("440302"), Signature::NotNeeded),
            (Some("020302"), Signature::NotNeeded),
            (Some("1F0302"), Signature::NotNeeded),
            (Some("3F0000"), Signature::NotNeeded),
            (Some("1"), Signature::Unreadable),
            (Some("zz0302"), Signature::Unreadable),
            (Some("+30302"), Signature::Unreadable),
            (Some("ä"), Signature::Unreadable),
        ] {
            assert_eq!(signature(true, cvm), expected, "{cvm:?}");
            assert_eq!(signature(false, cvm), Signature::WrongState);
        }
    }

    #[test]
    fn every_method_asks_as_the_vendor_s_mask_does() {
        for method in 0..=255_u8 {
            let asked = 0x4000_0028_u64 >> (method & 0x3F) & 1 == 1;
            let expected = if asked { Signature::Needed } else { Signature::NotNeeded };
            assert_eq!(signature(true, Some(&format!("{method:02X}0000"))), expected);
        }
    }

    #[test]
    fn a_pin_counts_unless_it_was_refused() {
        assert!(pin_entered(Some("440302")));
        assert!(pin_entered(Some("420300")));
        assert!(!pin_entered(Some("410301")));
        assert!(!pin_entered(Some("1F0302")));
        assert!(!pin_entered(None));
    }
}
