//! The payments as CSV (RFC 4180), for spreadsheets.

use super::{CHUNK, Wanted};
use crate::clock;
use crate::desk::Desk;
use crate::spreadsheet::harmless;
use axum::body::Bytes;
use futures_util::{Stream, stream};
use payment::api::{Entry, Kind, Outcome, PaymentState, PaymentView, Reason};
use payment::money::Currency;
use time::format_description::well_known::Rfc3339;

const HEADINGS: [&str; 17] = [
    "taken at (UTC)",
    "attempt",
    "order",
    "kind",
    "asked",
    "approved",
    "currency",
    "status",
    "code",
    "message",
    "needs a person",
    "operator",
    "card",
    "last four",
    "read by",
    "RRN",
    "auth code",
];

/// All that is wanted, piece by piece: between two pieces others may use the store. A store that fails ends the file in
/// the middle, which the browser reports.
pub(crate) fn rows(
    wanted: Wanted,
    desk: Desk,
    currency: Currency,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let search = wanted.search(currency);
    let begin = (Some(None), true);
    stream::unfold(begin, move |(after, is_first)| {
        let (wanted, desk, search) = (wanted.clone(), desk.clone(), search.clone());
        async move {
            let after = after?;
            let mut text = csv::Writer::from_writer(vec![]);
            if is_first && let Err(error) = text.write_record(HEADINGS) {
                return Some((Err(error.into()), (None, false)));
            }
            let read = wanted.read(&desk, &search, after, CHUNK as usize, |_| true).await;
            let (views, next) = match read {
                Ok(read) => read,
                Err(error) => {
                    tracing::error!(%error, "the store failed");
                    return Some((Err(std::io::Error::other(error)), (None, false)));
                }
            };
            for view in &views {
                if let Err(error) = text.write_record(row(view)) {
                    return Some((Err(error.into()), (None, false)));
                }
            }
            let piece = text.into_inner().map(Bytes::from).map_err(|error| error.into_error());
            Some((piece, (next.map(Some), false)))
        }
    })
}

fn row(view: &PaymentView) -> [String; 17] {
    let terms = &view.terms;
    let (status, approved, reason) = standing(view);
    let receipt = |name: &str| view.receipt.get(name).cloned().unwrap_or_default();
    let texts = [
        clock::utc(view.accepted_at).format(&Rfc3339).unwrap_or_default(),
        terms.attempt.to_string(),
        view.order_id.clone().unwrap_or_default(),
        match terms.kind {
            Kind::Sale => "sale",
            Kind::Preauth => "preauth",
        }
        .to_owned(),
        terms.amount.to_major(),
        approved,
        terms.amount.currency.code().to_owned(),
        status.to_owned(),
        reason.code.unwrap_or_default(),
        reason.message.unwrap_or_default(),
        view.needs_person.clone().unwrap_or_default(),
        view.operator.clone().unwrap_or_default(),
        terms.card.scheme.clone().unwrap_or_default(),
        terms.card.last4.clone(),
        match terms.entry {
            Entry::Chip => "chip",
            Entry::Contactless => "contactless",
            Entry::Swipe => "swipe",
        }
        .to_owned(),
        receipt("processor-rrn"),
        receipt("approval-code"),
    ];
    texts.map(harmless)
}

fn standing(view: &PaymentView) -> (&'static str, String, Reason) {
    let none = Reason::default;
    let PaymentState::Final { outcome } = &view.state else {
        return ("not known yet", String::new(), none());
    };
    match outcome {
        Outcome::Approved { amount } => ("approved", amount.to_major(), none()),
        Outcome::Declined(reason) => ("declined", String::new(), reason.clone()),
        Outcome::Filtered(reason) => ("filtered", String::new(), reason.clone()),
        Outcome::Error(reason) => ("error", String::new(), reason.clone()),
        Outcome::NotCharged { reason, .. } => ("not charged", String::new(), reason.clone()),
        Outcome::GivenBack { .. } => ("given back", String::new(), none()),
    }
}
