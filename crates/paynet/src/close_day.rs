//! Closing the day: what is sent, and what the answer says.
//!
//! The documents name the answer's fields in camel case, unlike those of other calls. They do not say which words
//! `status` has, whether there is a `type`, how dates and amounts are written, nor what a request id gets that was used
//! before.

use crate::reply::{self, HttpReply, Refusal, RefusalKind, ReplyError, Spellings};
use crate::{Amount, Dialect, Fields, amount};

/// A request to close the day of an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct CloseDay<'a> {
    /// `day_close_request_id`: 8 to 32 letters and digits, unique.
    pub request_id: &'a str,
    /// The merchant's own totals, for comparison.
    pub totals: Option<DayTotals>,
}

/// The totals of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotals {
    /// Approved sales.
    pub sale: Sum,
    /// Approved reversals.
    pub reversal: Sum,
}

/// How many, and over how much in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Over how much. Written in major units, as amounts of the other calls are; inferred for sums.
    pub amount: Amount,
}

/// The gateway's answer to a request that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayAnswer {
    /// `status`, as written.
    pub status: Option<String>,
    /// `isDayClosing`: the gate is blocked. An answer without it speaks of a gate that is not.
    pub is_day_closing: bool,
    /// `code39`: the bank's result.
    pub code39: Option<String>,
    /// `RRN`: the bank's number of the closing.
    pub rrn: Option<String>,
    /// `gateCloseDate`, as written.
    pub gate_close_date: Option<String>,
    /// `theRequestSerialNumber`.
    pub serial_number: Option<String>,
    /// Every field as received, those above among them.
    pub fields: Fields,
}

/// What an answer of this call has, at least one of them.
const MARKS: [&str; 3] = ["type", "status", "isDayClosing"];
/// Fields that must not be there with two different values.
const DECISIVE: [Spellings; 3] = [
    &MARKS,
    &["code39", "RRN"],
    &["saleApprovedCount", "saleAmount", "reversalApprovedCount", "reversalAmount"],
];

impl DayAnswer {
    /// Whether bank and gateway agree: by the bank's code, or where there is none by the status. The request's serial
    /// number is documented behind the code: an answer without both may have been cut off before the bank's word.
    #[must_use]
    pub fn is_agreed(&self, dialect: &Dialect) -> bool {
        let rules = &dialect.close_day;
        match (&self.code39, &self.status) {
            (Some(code), _) => rules.good_codes.contains(code),
            (None, Some(status)) => {
                self.serial_number.is_some() && rules.good_statuses.contains(&status.to_lowercase())
            }
            (None, None) => false,
        }
    }

    /// The gateway's totals, in minor units of this exponent: sales, then reversals, each count and sum. `None` unless all
    /// four are there and can be read.
    #[must_use]
    pub fn totals(&self, exponent: u8) -> Option<[(u64, u64); 2]> {
        let count = |name| self.fields.get(name)?.parse().ok();
        let sum = |name| amount::parse(self.fields.get(name)?, exponent).ok();
        Some([
            (count("saleApprovedCount")?, sum("saleAmount")?),
            (count("reversalApprovedCount")?, sum("reversalAmount")?),
        ])
    }
}

impl Refusal {
    /// Whether a closing was refused because its id was used before: then the day was closed under it.
    #[must_use]
    pub fn is_closed_before(&self, dialect: &Dialect) -> bool {
        let text = dialect.close_day.duplicate_text.to_lowercase();
        let says_so = !text.is_empty() && self.message.to_lowercase().contains(&text);
        self.kind == RefusalKind::Validation && says_so
    }
}

/// The answer to close day.
///
/// # Errors
/// [`ReplyError`]; whether the gateway acted is open unless it is a refusal of the request itself.
pub fn read(reply: &HttpReply<'_>, dialect: &Dialect) -> Result<DayAnswer, ReplyError> {
    let fields = reply::whole(reply, dialect, &MARKS, &DECISIVE)?;
    let kind = fields.get("type").unwrap_or_default().to_ascii_lowercase();
    if matches!(kind.as_str(), "validation-error" | "error") {
        return Err(reply::refused(&kind, &fields));
    }
    let text = |name| fields.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let (status, closing) = (text("status"), text("isDayClosing"));
    if status.is_none() && closing.is_none() {
        return Err(ReplyError::Malformed("status"));
    }
    let is_day_closing = match closing.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("true") => true,
        Some("false") | None => false,
        Some(_) => return Err(ReplyError::Malformed("isDayClosing")),
    };
    Ok(DayAnswer {
        status,
        is_day_closing,
        code39: text("code39"),
        rrn: text("RRN"),
        gate_close_date: text("gateCloseDate"),
        serial_number: text("theRequestSerialNumber"),
        fields,
    })
}
