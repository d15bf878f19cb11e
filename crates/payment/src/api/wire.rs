//! How the page reads what the proxy says. Views and outcomes are flat records with a tag.

use super::CardMask;
use super::{
    Abandoned, Entry, GiveBackReason, IssuerAnswer, Keying, Kind, Merchant, NotCharged, Notice, Outcome,
    PaymentState, PaymentView, Problem, ReaderName, Reason, Terminal, Terms, TillView,
};
use crate::json::{FromJson, Value, field, field_or_default, readable, record, words};
use std::collections::BTreeMap;

words!(Kind { Sale = "sale", Preauth = "preauth" });
words!(Entry { Chip = "chip", Contactless = "contactless", Swipe = "swipe" });
words!(NotCharged {
    NeverSent = "never_sent",
    NoConnection = "no_connection",
    Refused = "refused",
    TillRefused = "till_refused",
    NeverArrived = "never_arrived",
});
words!(GiveBackReason {
    CardRefused = "card_refused",
    CardLost = "card_lost",
    ChargedLate = "charged_late",
    Staff = "staff",
});
record!(CardMask { last4, first6, scheme, expiry, holder });
record!(ReaderName { family, serial } default { emulated });
record!(Terms { attempt, kind, amount, entry, reader, card, tip, reference, description, email });
record!(IssuerAnswer { response_code, data });
record!(Reason { code, message });
record!(Merchant { name } default { address, tax_id, footer, language });
record!(Notice { id, at, title, text });
record!(Terminal {
    till,
    merchant,
    limit,
    other_limits,
    keying,
    sandbox,
    attended,
    preauth,
    readers,
    version,
    gateway_reachable,
    gate_closing,
    notices,
    operator,
    locked,
});
record!(Problem { code, status, title, cashier, trace_id });

impl FromJson for Keying {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            sums: field(value, "sums")?,
            calculator: field(value, "calculator")?,
            presets: field(value, "presets")?,
            last: field(value, "last")?,
            note: field(value, "note")?,
            reference: field(value, "reference")?,
            tips: field(value, "tips")?,
            check_odd: field(value, "check_odd")?,
        })
    }
}

impl FromJson for PaymentState {
    fn from_json(value: &Value) -> Option<Self> {
        Some(match value.get("state")?.as_str()? {
            "sending" => Self::Sending,
            "searching" => Self::Searching,
            "processing" => Self::Processing {
                unknown: field_or_default(value, "unknown")?,
                online_check: field_or_default(value, "online_check")?,
            },
            "await_card" => Self::AwaitCard { issuer: field(value, "issuer")? },
            "keep_or_give_back" => Self::KeepOrGiveBack,
            "giving_back" => Self::GivingBack { why: field(value, "why")? },
            "final" => Self::Final { outcome: field(value, "outcome")? },
            _ => return None,
        })
    }
}

impl FromJson for Outcome {
    fn from_json(value: &Value) -> Option<Self> {
        Some(match value.get("outcome")?.as_str()? {
            "approved" => Self::Approved { amount: field(value, "amount")? },
            "declined" => Self::Declined(Reason::from_json(value)?),
            "filtered" => Self::Filtered(Reason::from_json(value)?),
            "error" => Self::Error(Reason::from_json(value)?),
            "not_charged" => {
                Self::NotCharged { why: field(value, "why")?, reason: field_or_default(value, "reason")? }
            }
            "given_back" => Self::GivenBack { why: field(value, "why")? },
            _ => return None,
        })
    }
}

readable!(Outcome);

impl FromJson for TillView {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            terms: field(value, "terms")?,
            state: PaymentState::from_json(value)?,
            order_id: field(value, "order_id")?,
            stage: field(value, "stage")?,
            needs_person: field(value, "needs_person")?,
            accepted_at: field(value, "accepted_at")?,
            next_poll_ms: field(value, "next_poll_ms")?,
        })
    }
}

readable!(TillView);

impl FromJson for PaymentView {
    fn from_json(value: &Value) -> Option<Self> {
        let mut receipt = BTreeMap::new();
        for (name, text) in value.get("receipt").and_then(Value::as_object).into_iter().flatten() {
            receipt.insert(name.clone(), text.as_str()?.to_owned());
        }
        Some(Self {
            till: TillView::from_json(value)?,
            receipt,
            operator: field(value, "operator")?,
            later: field_or_default(value, "later")?,
            left: field_or_default(value, "left")?,
            erased: field_or_default(value, "erased")?,
        })
    }
}

readable!(PaymentView);

impl FromJson for Abandoned {
    fn from_json(value: &Value) -> Option<Self> {
        match value.get("abandoned")?.as_str()? {
            "not_charged" => Some(Self::NotCharged),
            "known" => FromJson::from_json(value).map(Self::Known),
            _ => None,
        }
    }
}

readable!(Abandoned);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Amount;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_outcome_reads_what_it_writes() {
        let amount = Amount::new(1, crate::money::Currency::from_code("EUR").unwrap());
        let reason = Reason { code: Some("116".into()), message: None };
        let grounds = [
            NotCharged::NeverSent,
            NotCharged::NoConnection,
            NotCharged::Refused,
            NotCharged::TillRefused,
            NotCharged::NeverArrived,
        ];
        let reasons = [
            GiveBackReason::CardRefused,
            GiveBackReason::CardLost,
            GiveBackReason::ChargedLate,
            GiveBackReason::Staff,
        ];
        let outcomes = [
            Outcome::Approved { amount },
            Outcome::Declined(reason.clone()),
            Outcome::Filtered(Reason::default()),
            Outcome::Error(reason.clone()),
        ]
        .into_iter()
        .chain(grounds.map(|why| Outcome::NotCharged { why, reason: reason.clone() }))
        .chain(reasons.map(|why| Outcome::GivenBack { why }));
        for outcome in outcomes {
            let text = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome, "{text}");
        }
    }

    #[test]
    fn half_an_outcome_is_refused() {
        for text in [
            r#"{"outcome":"approved"}"#,
            r#"{"outcome":"not_charged"}"#,
            r#"{"outcome":"not_charged","why":"staff"}"#,
            r#"{"outcome":"given_back","why":"refused"}"#,
            r#"{"outcome":"paid"}"#,
        ] {
            assert!(serde_json::from_str::<Outcome>(text).is_err(), "{text}");
        }
    }
}
