//! How far an order is (`order-stage`): progress for people and the cue for the EMV advice, never a result.

/// The transaction that a stage belongs to: the part before the first `_` (Payneteasy docs, order stages).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `sale_…`
    Sale,
    /// `auth_…`: a preauth.
    Auth,
    /// `capture_…`
    Capture,
    /// `cancel_…`: a preauth given back.
    Cancel,
    /// `reversal_…`: a sale given back.
    Reversal,
    /// `void_…`
    Void,
    /// Anything else, such as `chargeback_approved`.
    Other,
}

/// A stage, in lower case as responses carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage(String);

impl Stage {
    /// Reads the field's value; the documents list stages in capitals, responses carry them in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The whole stage: `sale_emv_validating`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The transaction it belongs to.
    #[must_use]
    pub fn family(&self) -> Family {
        match self.0.split_once('_').map_or(self.0.as_str(), |(family, _)| family) {
            "sale" => Family::Sale,
            "auth" => Family::Auth,
            "capture" => Family::Capture,
            "cancel" => Family::Cancel,
            "reversal" => Family::Reversal,
            "void" => Family::Void,
            _ => Family::Other,
        }
    }

    /// Whether the gateway waits for the card's second answer and its advice. Documented for `sale_emv_validating`;
    /// that a preauth says `auth_emv_validating` is inferred, so any family's counts.
    #[must_use]
    pub fn is_emv_validating(&self) -> bool {
        self.0.ends_with("_emv_validating")
    }
}
