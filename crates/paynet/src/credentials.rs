//! Who the merchant is, and the key that proves it.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

/// Merchant login: the OAuth consumer key and the `login` parameter. Not secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Login(String);

impl Login {
    /// The login as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Login {
    type Error = CredentialsError;

    fn try_from(text: String) -> Result<Self, CredentialsError> {
        usable(&text).then_some(Self(text)).ok_or(CredentialsError::Login)
    }
}

/// Merchant control key. Prints as `[redacted]`, is overwritten when dropped and can only be used, not shown:
/// nothing outside this crate reads it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct ControlKey(Zeroizing<String>);

impl ControlKey {
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ControlKey {
    type Error = CredentialsError;

    fn try_from(text: String) -> Result<Self, CredentialsError> {
        let text = Zeroizing::new(text);
        if usable(&text) { Ok(Self(text)) } else { Err(CredentialsError::ControlKey) }
    }
}

impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The configured login or key cannot be one. The value is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Empty, or with white space or control characters.
    #[error("configuration: the merchant login is empty or contains white space")]
    Login,
    /// Empty, or with white space or control characters (a line end of the key's file, for one).
    #[error("configuration: the merchant control key is empty or contains white space")]
    ControlKey,
}

fn usable(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
