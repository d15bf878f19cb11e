//! Views and outcomes as flat records.
//!
//! Serde reads an internally tagged enum by buffering every value, and compiles each type twice for it. The page
//! would have to download that, so these two are read field by field and put together here.

use super::{GiveBackReason, IssuerAnswer, NotCharged, Outcome, PaymentState, PaymentView, Reason, Terms};
use crate::money::Amount;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A tag whose fields are not all there; whoever wrote the JSON is wrong.
#[derive(Debug, thiserror::Error)]
#[error("a payment's state or outcome lacks a field")]
pub(super) struct Incomplete;

#[derive(Deserialize)]
pub(super) struct View {
    terms: Terms,
    state: StateTag,
    #[serde(default)]
    unknown: bool,
    #[serde(default)]
    online_check: bool,
    issuer: Option<IssuerAnswer>,
    why: Option<GiveBackReason>,
    outcome: Option<Outcome>,
    order_id: Option<String>,
    stage: Option<String>,
    needs_person: Option<String>,
    #[serde(default)]
    receipt: BTreeMap<String, String>,
    accepted_at: u64,
    next_poll_ms: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateTag {
    Sending,
    Searching,
    Processing,
    AwaitCard,
    KeepOrGiveBack,
    GivingBack,
    Final,
}

impl TryFrom<View> for PaymentView {
    type Error = Incomplete;

    fn try_from(view: View) -> Result<Self, Incomplete> {
        let View { unknown, online_check, .. } = view;
        let state = match view.state {
            StateTag::Sending => PaymentState::Sending,
            StateTag::Searching => PaymentState::Searching,
            StateTag::Processing => PaymentState::Processing { unknown, online_check },
            StateTag::AwaitCard => PaymentState::AwaitCard { issuer: view.issuer.ok_or(Incomplete)? },
            StateTag::KeepOrGiveBack => PaymentState::KeepOrGiveBack,
            StateTag::GivingBack => PaymentState::GivingBack { why: view.why.ok_or(Incomplete)? },
            StateTag::Final => PaymentState::Final { outcome: view.outcome.ok_or(Incomplete)? },
        };
        let View { terms, order_id, stage, needs_person, receipt, accepted_at, next_poll_ms, .. } = view;
        Ok(Self { terms, state, order_id, stage, needs_person, receipt, accepted_at, next_poll_ms })
    }
}

#[derive(Deserialize)]
pub(super) struct End {
    outcome: OutcomeTag,
    amount: Option<Amount>,
    code: Option<String>,
    message: Option<String>,
    why: Option<Why>,
    reason: Option<Reason>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeTag {
    Approved,
    Declined,
    Filtered,
    Error,
    NotCharged,
    GivenBack,
}

/// The grounds of [`NotCharged`] and the reasons of [`GiveBackReason`], which share a field's name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NeverSent,
    NoConnection,
    Refused,
    TillRefused,
    NeverArrived,
    CardRefused,
    CardLost,
    ChargedLate,
    Staff,
}

impl TryFrom<End> for Outcome {
    type Error = Incomplete;

    fn try_from(end: End) -> Result<Self, Incomplete> {
        let said = Reason { code: end.code, message: end.message };
        let not_charged = |why| Self::NotCharged { why, reason: end.reason.unwrap_or_default() };
        Ok(match (end.outcome, end.why) {
            (OutcomeTag::Approved, _) => Self::Approved { amount: end.amount.ok_or(Incomplete)? },
            (OutcomeTag::Declined, _) => Self::Declined(said),
            (OutcomeTag::Filtered, _) => Self::Filtered(said),
            (OutcomeTag::Error, _) => Self::Error(said),
            (OutcomeTag::NotCharged, Some(Why::NeverSent)) => not_charged(NotCharged::NeverSent),
            (OutcomeTag::NotCharged, Some(Why::NoConnection)) => not_charged(NotCharged::NoConnection),
            (OutcomeTag::NotCharged, Some(Why::Refused)) => not_charged(NotCharged::Refused),
            (OutcomeTag::NotCharged, Some(Why::TillRefused)) => not_charged(NotCharged::TillRefused),
            (OutcomeTag::NotCharged, Some(Why::NeverArrived)) => not_charged(NotCharged::NeverArrived),
            (OutcomeTag::GivenBack, Some(Why::CardRefused)) => {
                Self::GivenBack { why: GiveBackReason::CardRefused }
            }
            (OutcomeTag::GivenBack, Some(Why::CardLost)) => Self::GivenBack { why: GiveBackReason::CardLost },
            (OutcomeTag::GivenBack, Some(Why::ChargedLate)) => {
                Self::GivenBack { why: GiveBackReason::ChargedLate }
            }
            (OutcomeTag::GivenBack, Some(Why::Staff)) => Self::GivenBack { why: GiveBackReason::Staff },
            (OutcomeTag::NotCharged | OutcomeTag::GivenBack, _) => return Err(Incomplete),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
