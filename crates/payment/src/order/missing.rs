use crate::api::LaterKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The fact that is missing, where only a person can settle an order. Printed, it is that in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The card's decision, and a final status after a day.
    CardAndStatus,
    /// The card's decision of a payment that the bank approved: it is to be kept or given back.
    CardsWord,
    /// A final status after 14 days.
    Status,
    /// The end of this transaction after a day.
    EndOf(LaterKind),
    /// Whether this transaction was made, or only an earlier one that looks the same.
    Whether(LaterKind),
    /// How much was approved.
    Amount,
    /// What became of a sale whose order turned up after all.
    Sale,
    /// The money that the bank would not give back.
    BankRefused,
    /// That the gateway takes this transaction, and what it said.
    GatewayRefused(LaterKind, String),
    /// What a program before this one wrote down.
    #[serde(untagged)]
    Told(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CardAndStatus => {
                f.write_str("the card never decided and the gateway has no final status after 24 hours")
            }
            Self::CardsWord => f.write_str("approved without the card's word: to be kept or given back"),
            Self::Status => f.write_str("the gateway has no final status after 14 days"),
            Self::EndOf(kind) => {
                write!(f, "a {} was sent and the gateway shows no end of it after 24 hours", kind.word())
            }
            Self::Whether(kind) => write!(
                f,
                "whether this {} was made, or only an earlier one of the same amount, is not told",
                kind.word()
            ),
            Self::Amount => f.write_str("the gateway reports an approval without a readable amount"),
            Self::Sale => {
                f.write_str("an order reported as not charged exists; what became of the sale is not told")
            }
            Self::BankRefused => f.write_str("the bank refused the return; the money stays charged"),
            Self::GatewayRefused(kind, said) => write!(f, "the gateway refused the {}: {said}", kind.word()),
            Self::Told(fact) => f.write_str(fact),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_is_read_as_it_was_stored_and_so_is_what_was_stored_before() {
        let refused = Missing::GatewayRefused(LaterKind::Return, "no".to_owned());
        for missing in [Missing::Status, Missing::EndOf(LaterKind::Void), refused, Missing::Sale] {
            let stored = serde_json::to_string(&missing).unwrap();
            assert_eq!(serde_json::from_str::<Missing>(&stored).unwrap(), missing, "{stored}");
        }
        let before = "the gateway has no final status after 14 days";
        let told: Missing = serde_json::from_str(&format!("{before:?}")).unwrap();
        assert_eq!((&told, told.to_string().as_str()), (&Missing::Told(before.to_owned()), before));
        assert_eq!(Missing::Status.to_string(), before);
    }
}
