//! How an attempt is read out of the journal. What was in memory only is not there.

use super::{Attempt, Card, Draft, End, Followed, NotSent, Sending, State, Unsure};
use crate::json::{FromJson, Value, field, field_or_default, pair, record, variant};

record!(Attempt { draft, state });
record!(Draft { attempt, kind, amount, tip, reference, description, email, paid_at });

impl FromJson for State {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, at) = variant(value)?;
        Some(match name {
            "await_card" => {
                Self::AwaitCard { since: field(at, "since")?, card_seen: field(at, "card_seen")? }
            }
            "cancelling" => Self::Cancelling { since: field(at, "since")?, end: field(at, "end")? },
            "await_acceptance" => Self::AwaitAcceptance(FromJson::from_json(at)?),
            "await_final" => Self::AwaitFinal(FromJson::from_json(at)?),
            "await_card_decision" => Self::AwaitCardDecision(FromJson::from_json(at)?),
            "await_advice" => Self::AwaitAdvice(FromJson::from_json(at)?),
            "unresolved" => {
                let (followed, unsure) = pair(at)?;
                Self::Unresolved(followed, unsure)
            }
            "finished" => {
                let (followed, end) = pair(at)?;
                Self::Finished(followed, end)
            }
            _ => return None,
        })
    }
}

impl FromJson for Sending {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            terms: field(value, "terms")?,
            since: field(value, "since")?,
            card: field(value, "card")?,
            posts: field(value, "posts")?,
            retry_at: field(value, "retry_at")?,
            blob: None,
        })
    }
}

impl FromJson for Followed {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            terms: field(value, "terms")?,
            since: field(value, "since")?,
            view: field(value, "view")?,
            card: field(value, "card")?,
            refusal: field(value, "refusal")?,
            ask_at: None,
            advice: None,
        })
    }
}

impl FromJson for Card {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, at) = variant(value)?;
        Some(match name {
            "not_needed" => Self::NotNeeded,
            "in_reader" => Self::InReader,
            "deciding" => Self::Deciding,
            "decided" => Self::Decided { approved: field(at, "approved")? },
            "lost" => Self::Lost { card_said: field(at, "card_said")?, told: field(at, "told")? },
            _ => return None,
        })
    }
}

impl FromJson for Unsure {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, at) = variant(value)?;
        Some(match name {
            "no_answer" => Self::NoAnswer { sent: field(at, "sent")? },
            "searching" => Self::Searching,
            "slow" => Self::Slow,
            "unknown" => Self::Unknown,
            "online_check" => Self::OnlineCheck,
            "keep_or_give_back" => Self::KeepOrGiveBack,
            "giving_back" => Self::GivingBack,
            "needs_person" => Self::NeedsPerson,
            _ => return None,
        })
    }
}

impl FromJson for End {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, at) = variant(value)?;
        Some(match name {
            "result" => Self::Result(FromJson::from_json(at)?),
            "not_sent" => Self::NotSent(FromJson::from_json(at)?),
            "refused" => Self::Refused(FromJson::from_json(at)?),
            _ => return None,
        })
    }
}

impl FromJson for NotSent {
    fn from_json(value: &Value) -> Option<Self> {
        let (name, at) = variant(value)?;
        Some(match name {
            "cancelled" => Self::Cancelled,
            "no_card" => Self::NoCard,
            "approved_offline" => Self::ApprovedOffline,
            "declined_by_card" => Self::DeclinedByCard,
            "card_taken_out" => Self::CardTakenOut,
            "not_usable" => {
                Self::NotUsable { family: field_or_default(at, "family")?, code: field(at, "code")? }
            }
            "amount_differs" => Self::AmountDiffers,
            "reader_lost" => Self::ReaderLost,
            "battery_low" => Self::BatteryLow,
            "not_secure" => Self::NotSecure,
            "interrupted" => Self::Interrupted,
            _ => return None,
        })
    }
}
