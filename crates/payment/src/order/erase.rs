//! Forgetting the customer of a payment whose money is settled.

use super::Order;
use crate::api::Personal;

/// Fields of the gateway's that tell who the customer is.
const NAME: &str = "cardholder-name";
const NUMBER: [&str; 2] = ["last-four-digits", "emv-pan-sequence-5f34"];

impl Order {
    /// Erases these of the customer's data. Amounts, ids and results stay. `false` where nothing was there, or where the
    /// order is still followed: what is not settled may have to be told from another.
    pub fn erase(&mut self, which: &[Personal]) -> bool {
        if self.is_followed() {
            return false;
        }
        let before = self.clone();
        for personal in which {
            match personal {
                Personal::Names => {
                    self.terms.card.holder = None;
                    self.receipt.remove(NAME);
                }
                Personal::Last4 => {
                    self.terms.card.last4.clear();
                    self.terms.card.first6 = None;
                    self.terms.card.expiry = None;
                    for field in NUMBER {
                        self.receipt.remove(field);
                    }
                }
                Personal::Emails => self.terms.email = None,
            }
        }
        if *self == before {
            return false;
        }
        for personal in which.iter().filter(|personal| !before.erased.contains(personal)) {
            self.erased.push(*personal);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{CardMask, Entry, Kind, Outcome, ReaderName, Terms};
    use crate::money::{Amount, Currency};
    use crate::order::{Event, Rules, Submission};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn order() -> Order {
        let terms = Terms {
            attempt: "AAAAAAAAAAAAAAAAAAAA".parse().unwrap(),
            kind: Kind::Sale,
            amount: Amount::new(1042, Currency::from_code("EUR").unwrap()),
            entry: Entry::Contactless,
            reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
            card: CardMask {
                last4: "0119".into(),
                holder: Some("A TAMM".into()),
                expiry: Some("3012".into()),
                ..CardMask::default()
            },
            description: None,
            email: Some("a@shop.example".into()),
            tip: None,
            reference: None,
        };
        let (mut order, _) = Order::accept(terms, 1);
        order.receipt.insert("cardholder-name".into(), "A TAMM".into());
        order.receipt.insert("last-four-digits".into(), "0119".into());
        order.receipt.insert("processor-rrn".into(), "429716049460".into());
        order
    }

    #[test]
    fn an_open_order_keeps_everything() {
        let mut open = order();
        assert!(!open.erase(&[Personal::Names, Personal::Last4, Personal::Emails]));
        assert_eq!(open, order());
    }

    #[test]
    fn a_settled_order_keeps_amounts_ids_and_results() {
        let (mut order, _) = order().handle(Event::Submitted(Submission::NoConnection), &Rules::default(), 2);
        assert!(order.erase(&[Personal::Names]));
        assert_eq!((order.terms.card.holder.as_deref(), order.terms.card.last4.as_str()), (None, "0119"));
        assert!(order.erase(&[Personal::Names, Personal::Last4, Personal::Emails]));
        assert!(!order.erase(&[Personal::Last4]), "there is nothing left to erase");
        let json = serde_json::to_string(&order).unwrap();
        for gone in ["TAMM", "0119", "3012", "shop.example"] {
            assert!(!json.contains(gone), "{gone} is in {json}");
        }
        assert_eq!(order.erased, [Personal::Names, Personal::Last4, Personal::Emails]);
        assert_eq!(order.receipt["processor-rrn"], "429716049460");
        assert!(matches!(order.state, crate::order::State::Final(Outcome::NotCharged { .. })));
    }
}
