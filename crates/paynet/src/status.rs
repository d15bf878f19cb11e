//! What the gateway says about the money.

/// `status` of an order's latest transaction (Payneteasy docs, statuses). Only this decides; a stage never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Success. Final.
    Approved,
    /// Refused by issuer or acquirer. Final.
    Declined,
    /// Refused by fraud control. Final.
    Filtered,
    /// Refused because something went wrong. Final.
    Error,
    /// Ask again.
    Processing,
    /// The gateway does not know yet. The documents' table calls it not final.
    Unknown,
    /// A word that is not documented, as received. Never final.
    Other(String),
}

impl Status {
    /// Reads the field's value; case and surrounding white space do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "approved" => Self::Approved,
            "declined" => Self::Declined,
            "filtered" => Self::Filtered,
            "error" => Self::Error,
            "processing" => Self::Processing,
            "unknown" => Self::Unknown,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Filtered => "filtered",
            Self::Error => "error",
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::Other(word) => word,
        }
    }

    /// Whether the transaction will not change any more.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Approved | Self::Declined | Self::Filtered | Self::Error)
    }
}
