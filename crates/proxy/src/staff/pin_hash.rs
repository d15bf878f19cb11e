use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use payment::pin::Pin;
use std::fmt;

/// Argon2id as OWASP's cheat sheet on storing passwords asks for at least: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Of nobody's PIN: checked where a name is nobody's, so that this takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of a PIN, as a PHC string: algorithm, parameters, a salt of its own, and the hash.
///
/// A PIN has so few values that whoever holds the database finds it in hours; against that nothing helps but to keep the
/// file. Against whoever stands at the till the lock-out helps.
#[derive(Clone, PartialEq, Eq)]
pub struct PinHash(String);

/// The machine could not hash: it has no randomness or no memory left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN could not be hashed")]
pub struct CannotHash;

impl PinHash {
    /// Hashes a PIN. Takes tens of milliseconds.
    ///
    /// # Errors
    /// [`CannotHash`]
    pub fn of(pin: &Pin) -> Result<Self, CannotHash> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| CannotHash)?;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| CannotHash)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon2.hash_password_with_salt(pin.expose().as_bytes(), &salt);
        hash.map(|hash| Self(hash.to_string())).map_err(|_| CannotHash)
    }

    /// A hash that was stored.
    #[must_use]
    pub fn stored(phc: String) -> Self {
        Self(phc)
    }

    /// A hash that fits no PIN.
    #[must_use]
    pub fn nobodys() -> Self {
        Self(NOBODY.to_owned())
    }

    /// Whether it is this PIN's, compared in constant time. Takes tens of milliseconds, by the parameters in the hash.
    #[must_use]
    pub fn is_of(&self, pin: &Pin) -> bool {
        Argon2::default().verify_password(pin.expose().as_bytes(), self.0.as_str()).is_ok()
    }

    /// To be stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(digits: &str) -> Pin {
        Pin::new(digits.to_owned()).unwrap()
    }

    #[test]
    fn fits_its_own_pin_alone_and_says_how_it_was_made() {
        let hash = PinHash::of(&pin("258013")).unwrap();
        assert!(hash.is_of(&pin("258013")) && !hash.is_of(&pin("258014")) && !hash.is_of(&pin("2580130")));
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert_ne!(hash, PinHash::of(&pin("258013")).unwrap(), "each has a salt of its own");
        assert_eq!(format!("{hash:?}"), "[redacted]");
    }

    #[test]
    fn nobodys_is_as_much_work_and_fits_nothing() {
        let nobody = PinHash::nobodys();
        let parsed = argon2::password_hash::phc::PasswordHash::new(nobody.as_str()).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), MEMORY_KIB);
        assert!(!nobody.is_of(&pin("0000")));
        assert!(!PinHash::stored("half".to_owned()).is_of(&pin("0000")));
    }
}
